use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::ending::Ending;
use crate::config::http::location::Location;
use crate::config::http::{Listen, Server};
use crate::config::tls::terminator::Terminators;
use crate::diagnostic::{Confidence, shorten};
use crate::nginx::version::Version;
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "auth-basic-over-http", page: include_str!("../../rules/auth-basic-over-http.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    let terminators = Terminators::new(config);
    let mut endings: HashMap<usize, Ending> = HashMap::default();
    let speaks_tls = config.servers().any(|server| server.is_tls(target));
    for line in config.all("auth_basic") {
        let is_on = line.arg(0).is_some_and(|realm| realm != "off" && !is_symbolic(realm));
        if !is_on {
            continue;
        }
        let mut open = servers_of(line).into_iter().filter_map(|server| {
            let level = config.server_of(line).map_or(Some(server.directive()), |_| line.parent())?;
            let is_internal =
                Location::new(level).is_some_and(|location| location.is_internal() || location.is_for_acme());
            let listen = plain_listen(server, target).filter(|_| !terminators.is_in_front_of(server))?;
            let ending = *endings.entry(server.index()).or_insert_with(|| server.ending());
            let is_asked = level == server.directive() || level.best_ending() == ending;
            let is_open = ending == Ending::Answered && is_asked && !may_move_to_tls(level);
            (is_open && !is_internal && !level.has("return")).then_some((server, listen))
        });
        let Some((server, listen)) = open.next() else { continue };
        let name = shorten(&server.display_name(), 30);
        let finding = check.report(line, format!("`{name}` takes passwords over plain HTTP"));
        finding.help("redirect to a TLS server, and ask for the password there");
        if let Some(listen) = listen.directive(config) {
            finding.related(listen.head(), "without TLS");
        }
        // Where nothing speaks TLS, something in front may.
        if !speaks_tls {
            finding.confidence(Confidence::Low);
        }
    }
}

/// The server that the line stands in; outside of servers, those that inherit it.
fn servers_of(line: Directive<'_>) -> Vec<Server<'_>> {
    let config = line.config();
    match config.server_of(line) {
        Some(server) => vec![server],
        None => config.servers().filter(|server| server.directive().value("auth_basic") == Some(line)).collect(),
    }
}

/// A socket of the server that the public reaches without TLS.
fn plain_listen<'c>(server: Server<'c>, target: Option<Version>) -> Option<&'c Listen> {
    server.listens().iter().find(|listen| !listen.socket.is_private() && !server.listen_is_tls(listen, target))
}

/// May a condition, or something unknown, send visitors to TLS before they are asked?
fn may_move_to_tls(level: Directive<'_>) -> bool {
    let around = || std::iter::once(level).chain(level.ancestors());
    around().any(|level| level.is_opaque() || level.has("if") || level.has("rewrite"))
}
