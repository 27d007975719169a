use crate::check::{Check, Rule};
use crate::diagnostic::Severity;
use crate::nginx::measure;

pub(super) const RULE: Rule =
    Rule { id: "timeout-extreme", page: include_str!("../../rules/timeout-extreme.md"), check };

/// Milliseconds of an hour.
const HOUR: u64 = 3_600_000;
/// Waiting for visitors.
const FOR_VISITORS: &[&str] = &["client_body_timeout", "client_header_timeout", "keepalive_timeout", "send_timeout"];
/// Waiting for backends.
const FOR_BACKENDS: &[&str] = &[
    "fastcgi_connect_timeout",
    "fastcgi_read_timeout",
    "fastcgi_send_timeout",
    "proxy_connect_timeout",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "scgi_connect_timeout",
    "scgi_read_timeout",
    "scgi_send_timeout",
    "uwsgi_connect_timeout",
    "uwsgi_read_timeout",
    "uwsgi_send_timeout",
];
/// Those with which no request gets through if they are zero.
const FATAL: &[&str] = &["client_header_timeout", "proxy_connect_timeout", "proxy_read_timeout"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let upgrades = config.backends().upgrades();
    for line in FOR_VISITORS.iter().chain(FOR_BACKENDS).flat_map(|name| config.all(name)) {
        let Some(level) = line.parent().filter(|level| !level.is("upstream") && !level.is_opaque_upward()) else {
            continue;
        };
        let Some(time) = line.arg(0).filter(|_| !line.arg_is_open(0)).and_then(measure::milliseconds) else { continue };
        let name = line.name();
        let is_for_visitors = FOR_VISITORS.contains(&name);
        // Who upgrades a connection waits for the backend, and for the visitor while writing.
        let may_be_open = || (!is_for_visitors || name == "send_timeout") && upgrades.obey(line);
        if time == 0 && FATAL.contains(&name) {
            let finding = check.report(line, "zero is no wait at all: every request fails at once");
            finding.severity(Severity::Warning).help("write how long to wait; there is no value for \"for ever\"");
        } else if time == 0 && name != "keepalive_timeout" {
            let finding = check.report(line, "zero is no wait at all: what is not there at once fails");
            finding.help("write how long to wait; there is no value for \"for ever\"");
        } else if time >= HOUR && !line.is_about_long_answers() && !may_be_open() && !level.may_stream() {
            let what = if is_for_visitors { "visitor" } else { "backend" };
            let finding = check.report(line, format!("a {what} that hangs keeps its connections for an hour or more"));
            finding.help("wait for minutes at most; set more in the locations alone that need it");
        }
    }
}
