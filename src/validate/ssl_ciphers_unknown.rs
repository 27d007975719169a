use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::nginx::ciphers::is_hopeless;

pub(crate) const RULE: Rule =
    Rule { id: "ssl-ciphers-unknown", page: include_str!("../../rules/ssl-ciphers-unknown.md"), check };

fn check(check: &mut Check<'_>) {
    let mut lines = Vec::new();
    for server in check.config.all("server").filter(|server| server.is_block()) {
        let speaks_tls = server.has_certificate() || server.rejects_handshakes();
        if speaks_tls && let Some(Some(line)) = server.certain_value("ssl_ciphers") {
            lines.push(line);
        }
    }
    lines.sort_by_key(|line| line.order());
    lines.dedup();
    for line in lines {
        if line.arg(0).is_some_and(is_hopeless) && !line.arg_is_open(0) {
            let place = line.arg_span(0).unwrap_or(line.head());
            let finding = report_on_last_line(check, line, place, "no cipher is chosen by this list".to_owned());
            finding.help("names of ciphers have upper-case letters: `HIGH:!aNULL`; or leave the line out");
        }
    }
}
