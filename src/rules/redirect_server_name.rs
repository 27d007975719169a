use foldhash::{HashMap, HashSet};

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::redirect::Redirect;
use crate::config::http::{OwnName, Server};
use crate::diagnostic::{Edit, Safety, Severity, Span, shorten};

pub(super) const RULE: Rule =
    Rule { id: "redirect-server-name", page: include_str!("../../rules/redirect-server-name.md"), check };

fn check(check: &mut Check<'_>) {
    let mut homes: HashMap<u32, bool> = HashMap::default();
    for redirect in check.config.redirects() {
        let place = redirect.authority().and_then(|authority| redirect.variable_in(authority, &["server_name"]));
        let (Some(place), Some(server)) = (place, check.config.server_of(redirect.by)) else { continue };
        match server.own_name() {
            Some(OwnName::Literal(name)) => report_literal(check, &redirect, server, place, name),
            Some(OwnName::FirstOf(name)) => {
                let mut has_home =
                    || *homes.entry(server.directive().order()).or_insert_with(|| is_only_home(server, name));
                let is_choice = is_tested(redirect.by) || (redirect.target.starts_with("https") && has_home());
                if !is_choice {
                    report_first(check, &redirect, server, place, name);
                }
            }
            _ => {}
        }
    }
}

fn report_literal<'c>(check: &mut Check<'c>, redirect: &Redirect<'c>, server: Server<'c>, place: Span, name: &str) {
    let message = match name {
        "" => "this server has no name: the redirect leads to an address without a host".to_owned(),
        _ => format!("`$server_name` is the text `{}` here, and no host has that name", shorten(name, 32)),
    };
    let would_circle = redirect.target.starts_with("https") && server.is_tls(check.target());
    let found = check.report_at(redirect.by, place, message);
    found.help("nginx does not fill in the name that was asked for; that one is `$host`");
    if let Some(line) = server.directive().own("server_name").next() {
        found.related(line.head(), "sent as it is written");
    }
    if !would_circle {
        found.fix("use `$host`", Safety::Safe, vec![Edit::replace(place, "$host")]);
    }
}

fn report_first<'c>(check: &mut Check<'c>, redirect: &Redirect<'c>, server: Server<'c>, place: Span, name: &str) {
    let message = format!("`$server_name` is always `{}`, whichever name was asked for", shorten(name, 36));
    let found = check.report_at(redirect.by, place, message);
    found.severity(Severity::Info).help("write `$host` to keep the name, or the name itself if you want this one");
    if let Some(line) = server.directive().own("server_name").next() {
        found.related(line.head(), "the first of its names counts");
    }
    found.fix("use `$host`", Safety::Unsafe, vec![Edit::replace(place, "$host")]);
}

/// Does a condition on the name lead here?
fn is_tested(by: Directive<'_>) -> bool {
    let names_host = |word: &str| word.contains("host") || word.contains("server_name");
    by.parent().is_some_and(|parent| parent.is("if") && parent.args().any(names_host))
}

/// Is everyone meant to come to the first name, because the server of the destination has none of the others?
fn is_only_home(server: Server<'_>, first: &str) -> bool {
    let home = server.directive().config().server_for(443, first).filter(|home| home.has_name(first));
    home.is_some_and(|home| {
        let names: HashSet<&str> = home.names().collect();
        server.names().filter(|name| *name != first).all(|name| !names.contains(name) && !home.has_name(name))
    })
}
