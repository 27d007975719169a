use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::http::{Listen, Server};
use crate::config::machine::sockets::Use;
use crate::config::{Directive, Outer};
use crate::diagnostic::{Confidence, Severity, shorten};
use crate::nginx::family::Family;
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "tls-certificate-missing", page: include_str!("../../rules/tls-certificate-missing.md"), check };

/// From this release on, nginx looks at stream servers when all are read, as it does in http.
const SHARED_IN_STREAM: Version = Version::new(1, 25, 5);

/// A certificate may come from the levels around a fragment.
fn is_whole(check: &Check<'_>) -> bool {
    check.config.outer() == Outer::Nothing
}

fn check(check: &mut Check<'_>) {
    let is_whole = is_whole(check);
    let (config, target) = (check.config, check.target());
    let mut without_key = HashSet::default();
    for server in config.servers() {
        let level = server.directive();
        if level.is_opaque_upward() {
            continue;
        }
        let is_new = |line: &Directive<'_>| without_key.insert(line.order());
        if let Some(line) = level.certificate_without_key().filter(is_new) {
            let finding = check.report(line, "a certificate without a key");
            finding.help("add the `ssl_certificate_key` that belongs to it, at the same level").nginx_rejects =
                is_whole;
        }
        if level.has_certificate() || level.rejects_handshakes() {
            continue;
        }
        let duty = |listen: &'_ Listen| duty(server, listen);
        let worst = server.tls_listens(target).filter_map(|listen| Some((duty(listen)?, listen)));
        if let Some((duty, listen)) = worst.min_by_key(|(duty, _)| *duty) {
            report(check, server, listen, duty);
        }
    }
    check_stream(check);
}

/// Servers of stream, each the first or the default one on a TLS socket.
fn check_stream(check: &mut Check<'_>) {
    let is_whole = is_whole(check);
    for socket in check.config.sockets().into_iter().filter(|socket| socket.key.family() == Family::Stream) {
        let default = socket.uses.iter().find(|found| found.says_default()).unwrap_or(&socket.uses[0]);
        let tls = |found: &&Use<'_>| found.server == default.server && found.protocols().contains(&"ssl");
        let Some(line) = socket.uses.iter().find(tls).and_then(|found| found.listen) else { continue };
        let server = default.server;
        if server.is_opaque_upward() || server.has_certificate() || server.rejects_handshakes() {
            continue;
        }
        let is_old = check.release() < SHARED_IN_STREAM;
        let place = if is_old || server.is_root() { line.verdict_on_head() } else { server.verdict_on_head() };
        let message = format!("no certificate for the TLS listener of `{}`", shorten(&socket.key.display(), 32));
        let finding = check.report_at(line, place, message);
        finding.help("give the server an `ssl_certificate` and an `ssl_certificate_key`").nginx_rejects = is_whole;
    }
}

/// Who has to have a certificate, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Duty {
    /// The default server of a socket.
    Default,
    /// Every server of a socket whose default server turns all other names away.
    BesideRejecting,
    /// Nobody: the default server lends its own.
    Nobody,
}

/// None where the default server lacks one as well: that is the finding then.
fn duty(server: Server<'_>, listen: &Listen) -> Option<Duty> {
    let default = server.directive().config().default_server(&listen.socket)?;
    match default.directive() {
        level if default == server || level.is_opaque_upward() => (default == server).then_some(Duty::Default),
        level if level.has_certificate() => Some(Duty::Nobody),
        level if level.rejects_handshakes() => Some(Duty::BesideRejecting),
        _ => None,
    }
}

fn report<'c>(check: &mut Check<'c>, server: Server<'c>, listen: &Listen, duty: Duty) {
    let Some(line) = listen.directive(check.config) else { return };
    let has_name = server.names().any(|name| !matches!(name, "" | "_"));
    let socket = if has_name { None } else { line.arg(0) };
    let name = shorten(&socket.map_or_else(|| server.display_name(), str::to_owned), 32);
    let default = check.config.default_server(&listen.socket).filter(|default| *default != server);
    let message = format!("no certificate for the TLS listener of `{name}`");
    let is_whole = is_whole(check);
    let finding = check.report(line, message);
    finding.nginx_rejects = is_whole && duty != Duty::Nobody;
    match duty {
        Duty::Nobody => finding
            .severity(Severity::Info)
            .help("give it a certificate; until then visitors get that of another server"),
        _ => finding.help("give the server a certificate, or let it refuse with `ssl_reject_handshake on`"),
    };
    if let Some(default) = default {
        let what = if duty == Duty::Nobody { "its certificate is used" } else { "turns other names away" };
        finding.related(default.directive().head(), what);
    }
    let is_number = listen.socket.port.is_some() || listen.socket.address.starts_with("unix:");
    if !is_number || !server.default_is_certain(listen) {
        finding.confidence(Confidence::Medium);
    }
}
