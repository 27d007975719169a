use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::{Listen, Server};
use crate::diagnostic::{Confidence, Severity, shorten};
use crate::nginx::protocols::possible_defaults;
use crate::nginx::version::Version;

pub(super) const RULE: Rule = Rule {
    id: "tls-protocols-ignored-by-sni",
    page: include_str!("../../rules/tls-protocols-ignored-by-sni.md"),
    check,
};

/// From this release on, each name has its own protocols.
const PROTOCOLS_BY_NAME: Version = Version::new(1, 29, 2);

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    if target.is_some_and(|target| target >= PROTOCOLS_BY_NAME) {
        return;
    }
    for server in config.servers().filter(|server| server.directive().has("ssl_protocols")) {
        let Some(Some(own)) = server.directive().protocols() else { continue };
        let ignored = server.tls_listens(target).filter(|listen| !listen.is_quic(config)).find_map(|listen| {
            let default = config.default_server(&listen.socket).filter(|default| *default != server)?;
            // A server that is not seen may come first.
            let is_sure = !default.directive().parent().is_some_and(Directive::is_opaque);
            let is_default = is_sure || default.default_is_certain_by_word(listen);
            (is_default && differs(default, &own, target)).then_some((listen, default))
        });
        if let Some((listen, default)) = ignored {
            report(check, server, listen, default);
        }
    }
}

/// Is it certain that the default server has another list?
fn differs(default: Server<'_>, own: &[&str], target: Option<Version>) -> bool {
    let level = default.directive();
    match level.protocols() {
        Some(Some(list)) => list != own,
        Some(None) => false,
        None => {
            let is_set_elsewhere = level.is_opaque_upward() || level.limits_protocols_by_command();
            !is_set_elsewhere && possible_defaults(target).into_iter().all(|list| list != own)
        }
    }
}

fn report<'c>(check: &mut Check<'c>, server: Server<'c>, listen: &Listen, default: Server<'c>) {
    let Some(line) = server.directive().own("ssl_protocols").next() else { return };
    let (config, is_known) = (check.config, check.target().is_some());
    let verb = if is_known { "are ignored" } else { "are ignored before nginx 1.29.2" };
    let name = shorten(&server.display_name(), 32);
    let finding = check.report(line, format!("the protocols of `{name}` {verb}"));
    finding.help("set them in `http` or in the default server of the socket, or give this server an own address");
    if !is_known {
        finding.severity(Severity::Info);
    }
    if !server.default_is_certain(listen) {
        finding.confidence(Confidence::Medium);
    }
    let of_default = default.listens().iter().find(|other| other.socket == listen.socket);
    if let Some(of_default) = of_default.and_then(|other| other.directive(config)) {
        finding.related(of_default.head(), "the default server of the socket decides for all names");
    }
    match default.directive().value("ssl_protocols") {
        Some(decides) => finding.related(decides.head(), "this is used"),
        None => finding.related(default.directive().head(), "sets none, so the built-in default is used"),
    };
}
