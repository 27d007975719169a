use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{PROXY_HEADERS, is_header};
use crate::config::http::Server;
use crate::config::words::variable::variables;
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "catch-all-missing", page: include_str!("../../rules/catch-all-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for server in config.servers() {
        let default = server.public_listens().find(|listen| server.is_certain_default(&listen.socket));
        // One word alone is a name among containers.
        let is_site = server.names().any(|name| !name.starts_with('~') && (name.contains('.') || is_symbolic(name)));
        let Some((listen, host)) = default.filter(|_| is_site).zip(host_from_client(server)) else { continue };
        let names = server.directive().own("server_name").next().unwrap_or(server.directive());
        let finding = check.report(names, "requests for any other name reach this site, too");
        finding.related(host.head(), "hands the name on that was asked for");
        if let Some(line) = listen.directive(config) {
            finding.related(line.head(), "the default server of this address");
        }
        finding.help("add a default server that answers `return 444;` (for TLS: `ssl_reject_handshake on;` as well)");
    }
}

/// A line of the server that lets its backend see the name that the client sent.
fn host_from_client(server: Server<'_>) -> Option<Directive<'_>> {
    let is_of_client = |line: &Directive<'_>| {
        let value = line.arg(1).unwrap_or_default();
        is_header(*line, "host") && variables(value).any(|(_, name)| matches!(name, "host" | "http_host"))
    };
    let level = server.directive();
    let passes = level.descendants().filter(|line| line.is("proxy_pass"));
    passes
        .filter_map(Directive::parent)
        .find_map(|level| level.effective(PROXY_HEADERS.name).into_iter().find(is_of_client))
}
