use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::hsts::max_age;
use crate::config::tls::terminator::Terminators;
use crate::diagnostic::Confidence;

pub(super) const RULE: Rule =
    Rule { id: "hsts-over-plain-http", page: include_str!("../../rules/hsts-over-plain-http.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    let mut terminators = None;
    let has_tls = config.servers().any(|server| server.is_tls(target));
    // A value with variables may be empty on plain HTTP.
    let sends = |line: &Directive<'_>| line.hsts_value().and_then(max_age).is_some_and(|age| age != "0");
    let lines = ["add_header", "more_set_headers", "more_add_headers"].into_iter().flat_map(|name| config.all(name));
    for line in lines.filter(sends) {
        let Some(server) = config.server_of(line) else { continue };
        if server.directive().is_opaque() || server.is_tls(target) || server.is_internal() {
            continue;
        }
        if terminators.get_or_insert_with(|| Terminators::new(config)).is_in_front_of(server) {
            continue;
        }
        let finding = check.report(line, "Strict-Transport-Security on a plain HTTP server has no effect");
        finding.help("browsers must ignore it there; send it from the server that speaks TLS");
        if let Some(listen) = server.listens().iter().find_map(|listen| listen.directive(config)) {
            finding.related(listen.head(), "plain HTTP");
        }
        if !is_at_port_80(server) {
            finding.confidence(Confidence::Low);
        } else if !has_tls {
            finding.confidence(Confidence::Medium);
        }
    }
}

/// Do visitors reach this server at the port of plain HTTP alone? Other ports are seen behind proxies that end TLS.
fn is_at_port_80(server: Server<'_>) -> bool {
    server.listens().iter().all(|listen| listen.socket.port == Some(80))
}
