use crate::check::{Check, Rule};
use crate::config::http::Server;
use crate::config::tls::acme::ExactLocation;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule {
    id: "acme-challenge-exact-location",
    page: include_str!("../../rules/acme-challenge-exact-location.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for ExactLocation { location, instead } in config.servers().filter_map(Server::exact_challenge_location) {
        let level = location.directive;
        let found = check.report(level, "`=` matches only the directory itself, never a token");
        found.help("write `location ^~ /.well-known/acme-challenge/`");
        found.related(instead.head(), "the challenges end up here");
        let fits = level.own("alias").all(|alias| alias.arg(0).is_some_and(|target| target.ends_with('/')));
        let (Some(first), Some(last)) = (level.arg_span(0), level.arg_span(location.pattern_arg)) else { continue };
        let slash = if location.pattern.ends_with('/') { "" } else { "/" };
        let prefix = format!("{}{slash}", location.pattern);
        if fits && location.can_become(&prefix) {
            let edit = Edit::replace(first.to(last), format!("^~ {prefix}"));
            found.fix("match all that begins like this", Safety::Safe, vec![edit]);
        }
    }
}
