use crate::check::{Check, Rule};
use crate::config::Outer;
use crate::config::http::Server;
use crate::diagnostic::{Confidence, Edit, Safety};
use crate::nginx::protocols::{TLS_1_3, default_protocols};
use crate::nginx::version::Version;

pub(super) const RULE: Rule = Rule {
    id: "tls-default-protocols-legacy",
    page: include_str!("../../rules/tls-default-protocols-legacy.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let Some(target) = check.target() else { return };
    if !default_protocols(target).contains(&"TLSv1") {
        return;
    }
    for server in check.config.servers() {
        let level = server.directive();
        let is_said = level.value("ssl_protocols").is_some() || level.limits_protocols_by_command();
        if !is_said && !level.is_opaque_upward() {
            report(check, server, target);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, server: Server<'c>, target: Version) {
    let config = check.config;
    // The default server of a socket decides for all names on it; QUIC is TLS 1.3 anyway.
    let listens = server.tls_listens(Some(target)).filter(|listen| !listen.is_quic(config));
    let decides = listens.filter(|listen| config.default_server(&listen.socket) == Some(server));
    let listens: Vec<_> = decides.filter_map(|listen| listen.directive(config)).collect();
    let [first, others @ ..] = &listens[..] else { return };
    let list = default_protocols(target).join(", ");
    let message = format!("nginx {target} speaks {list} unless `ssl_protocols` is set");
    let finding = check.report(*first, message);
    finding.help("set `ssl_protocols TLSv1.2 TLSv1.3`; nginx 1.27.3 and newer do so by themselves");
    for listen in others {
        finding.related(listen.head(), "here, too");
    }
    if config.outer() != Outer::Nothing {
        // The main file may set them.
        finding.confidence(Confidence::Medium);
    }
    let line = if target < TLS_1_3 { "ssl_protocols TLSv1.2;" } else { "ssl_protocols TLSv1.2 TLSv1.3;" };
    if let Some((place, text)) = server.directive().place_for_tls().map(|last| last.insertion_behind(line)) {
        finding.fix("set the protocols", Safety::Safe, vec![Edit::insert(place, text)]);
    }
}
