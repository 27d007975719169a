use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "geo-split-hostnames", page: include_str!("../../rules/geo-split-hostnames.md"), check };

/// Variables that hold the name of a host that a client asks for. `$server_name` may well be `*.a.test`, as it is written.
const HOSTS: &[&str] = &["host", "http_host", "ssl_preread_server_name", "ssl_server_name"];

fn check(check: &mut Check<'_>) {
    for map in check.config.all("map").filter(|map| map.is_block() && !map.is_opaque()) {
        let source = map.arg(0).unwrap_or_default().trim_start_matches('$').trim_matches(['{', '}']);
        let says_so = map.children().any(|entry| entry.name() == "hostnames" && entry.args().len() == 0);
        let is_about_hosts = HOSTS.iter().any(|host| host.eq_ignore_ascii_case(source));
        let mut keys = map.children().filter(|entry| is_wildcard(*entry));
        let Some(first) = keys.next().filter(|_| is_about_hosts && !says_so) else { continue };
        let message = format!("`{}` never fits: this map compares names letter by letter", shorten(first.name(), 30));
        let finding = check.report_at(first, first.name_span(), message);
        finding.help("write `hostnames;` as a line of the map");
        finding.related(map.head(), "without `hostnames`");
        if let Some(second) = keys.next() {
            finding.related(second.name_span(), "nor does this");
        }
    }
}

/// `*.a.test`, `.a.test`, `a.*`
fn is_wildcard(entry: Directive<'_>) -> bool {
    let key = entry.name();
    let is_name = |rest: &str| !rest.is_empty() && !rest.contains(['*', '/', '$', '{']);
    let behind = key.strip_prefix("*.").or(key.strip_prefix('.')).is_some_and(is_name);
    let before = key.strip_suffix(".*").is_some_and(is_name);
    !entry.name_is_open() && entry.args().len() == 1 && !key.starts_with('~') && (behind || before)
}
