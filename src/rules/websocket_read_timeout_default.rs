use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::backend::PROXY_HEADERS;
use crate::config::backend::websocket::{Handshake, Handshakes, SpokenHttp, spoken_http};
use crate::config::http::location::Location;
use crate::diagnostic::{Confidence, Edit, Safety};
use crate::nginx::measure::milliseconds;

pub(super) const RULE: Rule = Rule {
    id: "websocket-read-timeout-default",
    page: include_str!("../../rules/websocket-read-timeout-default.md"),
    check,
};

/// What nginx waits without being told, in milliseconds.
const DEFAULT: u64 = 60_000;

fn check(check: &mut Check<'_>) {
    let (mut handshakes, mut seen) = (Handshakes::new(check.config), HashSet::default());
    for found in check.config.backends().header_uses(PROXY_HEADERS) {
        if !matches!(handshakes.of(&found), Handshake::Complete(_)) {
            continue;
        }
        for pass in found.passes.iter().copied() {
            let Some(location) = pass.enclosing("location").and_then(Location::new) else { continue };
            let level = location.directive;
            let is_new = matches!(spoken_http(pass, check.target()), SpokenHttp::New | SpokenHttp::ByRelease);
            let is_dedicated = location.is_socket_endpoint() && !location.is_about_files();
            if !is_new || !is_dedicated || !seen.insert(level.order()) {
                continue;
            }
            let Some(timeout) = level.certain_value("proxy_read_timeout") else { continue };
            let written = timeout.and_then(|timeout| timeout.arg(0));
            // A value that cannot be read is a placeholder, or a mistake of another kind.
            if written.is_some_and(|written| milliseconds(written).is_none_or(|time| time > DEFAULT)) {
                continue;
            }
            let finding = check
                .report(level, format!("idle WebSockets are closed after {}", written.unwrap_or("60s, the default")));
            finding.help("raise `proxy_read_timeout` and `proxy_send_timeout` here, or ping more than once a minute");
            // Somebody may have told the library to ping less often.
            if location.is_pinging_socket_endpoint() {
                finding.confidence(Confidence::Low);
            }
            if let Some(timeout) = timeout {
                finding.related(timeout.head(), "no longer than the default");
            }
            if let Some((place, text)) = level.assignment("proxy_read_timeout", "1h") {
                finding.fix("wait an hour for the next message", Safety::Unsafe, vec![Edit::replace(place, text)]);
            }
        }
    }
}
