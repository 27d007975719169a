use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::location::{Location, Modifier};
use crate::config::http::simulate::{End, Request};
use crate::diagnostic::{Confidence, shorten};

pub(super) const RULE: Rule =
    Rule { id: "error-page-local", page: include_str!("../../rules/error-page-local.md"), check };

/// More pages of one server are not asked for.
const MAX_PAGES: usize = 50;

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let is_local = |page: &Directive<'_>| {
        let target = page.args().next_back().unwrap_or_default();
        target.starts_with('/') && page.is_literal(target) && !target.contains('$')
    };
    let mut tried: HashMap<u32, usize> = HashMap::default();
    let is_among_first = |page: &Directive<'_>| {
        let level = config.server_of(*page).map_or(0, |server| server.directive().order());
        let count = tried.entry(level).or_default();
        *count += 1;
        *count <= MAX_PAGES
    };
    for page in config.all("error_page").filter(is_local).filter(is_among_first) {
        let found = match config.server_of(page) {
            Some(server) => asked_again(page, server),
            None => config.servers().find_map(|server| asked_again(page, server)),
        };
        let Some((location, backend)) = found else { continue };
        let path = shorten(page.args().next_back().unwrap_or_default(), 30);
        let has_failed = page.args().any(is_failure);
        let why = if has_failed { "the backend that has just failed" } else { "the backend, like any other path" };
        let finding = check.report(page, format!("`{path}` is asked from {why}"));
        // With other statuses the backend may well have the page.
        if !has_failed {
            finding.confidence(Confidence::Low);
        }
        finding.related(backend.head(), format!("`{}` has the path of the page, too", shorten(location.pattern, 30)));
        finding.help(format!("add `location = {path} {{ root …; internal; }}`, so that nginx has the page itself"));
    }
}

/// The statuses that nginx gives itself when a backend does not answer.
fn is_failure(arg: &str) -> bool {
    matches!(arg, "502" | "504")
}

/// The location that passes both the requests that fail and the request for the page to a backend.
fn asked_again<'c>(page: Directive<'c>, server: Server<'c>) -> Option<(Location<'c>, Directive<'c>)> {
    let listen = server.listens().iter().find_map(|listen| Some((listen.socket.port?, listen.says_ssl)));
    let (port, tls) = listen?;
    let host = server.names().next().unwrap_or_default().to_owned();
    let path = page.args().next_back()?.split('?').next()?.to_owned();
    let outcomes = server.answer(&Request { tls, host, port, path: path.clone() });
    let [outcome] = &outcomes[..] else { return None };
    let (End::Backend(backend), Some(location)) = (&outcome.end, outcome.location) else { return None };
    let is_general = location.modifier == Modifier::Prefix && location.pattern == "/";
    let is_own = page.parent() == Some(location.directive) && location.is_prefix();
    let is_in_force = || location.directive.effective("error_page").contains(&page);
    let is_certain = !outcome.conditional && !outcome.opaque && outcome.path == path && !server.directive().is_opaque();
    (is_certain && (is_general || is_own) && is_in_force()).then_some((location, *backend))
}
