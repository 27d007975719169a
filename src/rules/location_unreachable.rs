use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::ending::Ending;
use crate::config::http::location::Location;
use crate::diagnostic::{enumerate, shorten};
use crate::nginx::context::Context;

pub(super) const RULE: Rule =
    Rule { id: "location-unreachable", page: include_str!("../../rules/location-unreachable.md"), check };

const LEVELS: &[Context] = &[Context::Server, Context::Location, Context::IfInServer, Context::IfInLocation];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for server in config.servers() {
        check_server(check, server);
    }
    let mut seen = HashSet::default();
    let ends = ["return", "rewrite"].into_iter().flat_map(|name| config.all(name)).filter(|line| line.is_in(LEVELS));
    for level in ends.filter_map(Directive::parent).filter(|level| seen.insert(level.order())) {
        check_steps(check, level);
    }
    let mut seen = HashSet::default();
    let regexes = config.all("location").filter_map(Location::new).filter(Location::is_regex);
    for level in regexes.filter_map(|regex| regex.directive.parent()).filter(|level| seen.insert(level.order())) {
        for (regex, stop) in level.hidden_regexes() {
            let prefix = shorten(stop.pattern, 30);
            let found =
                check.report(regex.directive, format!("no request comes to this regex: `^~ {prefix}` keeps it away"));
            found.related(stop.directive.head(), "no regex beside it is tried below this prefix");
            found.help("move the regex into the prefix location, or take `^~` away");
        }
    }
}

/// Locations behind an answer of the server itself. Those for ACME challenges are the matter of another rule.
fn check_server<'c>(check: &mut Check<'c>, server: Server<'c>) {
    let Some((end, dead)) = server.dead_locations() else { return };
    let is_acme = |location: &Location<'_>| location.pattern.contains("/.well-known");
    let does_more = |location: &&Location<'_>| !is_acme(location) && location.directive.ending() == Ending::Answered;
    let dead: Vec<&Location<'c>> = dead.iter().filter(does_more).collect();
    let Some(first) = dead.first() else { return };
    let names: Vec<String> = dead.iter().map(|location| format!("`{}`", shorten(location.pattern, 20))).collect();
    let names = enumerate(names.iter().map(String::as_str), dead.len(), 30);
    let found = check.report(first.directive, format!("no request comes to {names}: the server itself answers first"));
    found.related(end.head(), format!("`{}` here is run before a location is chosen", end.name()));
    found.help(format!("move the `{}` into `location /`", end.name()));
}

fn check_steps<'c>(check: &mut Check<'c>, level: Directive<'c>) {
    if level.is_opaque() {
        return;
    }
    let Some((end, dead)) = level.dead_end().and_then(|end| Some((end, end.steps_behind().next()?))) else { return };
    let found = check.report(dead, format!("no request comes to this `{}`", dead.name()));
    found.related(end.head(), "every request ends here");
    found.help("these lines are run in the order they are written: move it up, or take it out");
}
