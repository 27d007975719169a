use crate::check::{Check, Rule};
use crate::config::Directive;

pub(super) const RULE: Rule =
    Rule { id: "ssl-session-cache-missing", page: include_str!("../../rules/ssl-session-cache-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let mut servers = check.config.tls_servers(check.target()).filter(|server| has_none(*server));
    let Some(first) = servers.next() else { return };
    let more = servers.count();
    let finding = check.report(first, "visitors who come back negotiate TLS from the beginning");
    finding.help("write `ssl_session_cache shared:TLS:10m;`, once for all servers");
    if more > 0 {
        finding.label(format!("so do those of {more} more servers"));
    }
}

/// Is TLS 1.2 spoken, without a cache that all workers share?
fn has_none(server: Directive<'_>) -> bool {
    let is_shared = |line: Directive<'_>| line.args().any(|word| word.starts_with("shared:") || line.arg_is_open(0));
    let is_old = server.protocols().flatten().is_none_or(|protocols| protocols.contains(&"TLSv1.2"));
    let cache = server.certain_value("ssl_session_cache");
    is_old && !server.rejects_handshakes() && cache.is_some_and(|line| !line.is_some_and(is_shared))
}
