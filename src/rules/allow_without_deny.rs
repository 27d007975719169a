use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety};
use crate::nginx::context::Context;

pub(super) const RULE: Rule =
    Rule { id: "allow-without-deny", page: include_str!("../../rules/allow-without-deny.md"), check };

/// Where the lists of nginx's own modules stand; others have an `allow` with other words.
const LEVELS: &[Context] = &[Context::Http, Context::Server, Context::Location, Context::Stream, Context::StreamServer];

fn check(check: &mut Check<'_>) {
    for level in check.config.levels_with("allow") {
        let is_meant = level.has("deny") || level.own("allow").any(Directive::allows_everyone);
        let is_any = level.value("satisfy").is_some_and(|satisfy| satisfy.arg(0) == Some("any"));
        let is_known = level.inside().is_some_and(|inside| LEVELS.contains(&inside)) && !level.is_opaque();
        // With `satisfy any`, the list spares its addresses the password.
        if is_meant || !is_known || (is_any && level.asks_who()) {
            continue;
        }
        let Some(last) = level.own("allow").next_back() else { continue };
        let finding = check.report(last, "`allow` alone restricts nobody: all other addresses get in, too");
        finding.help("end the list with `deny all;`");
        if let Some(outer) = level.ancestors().find_map(|level| level.own("deny").next_back()) {
            finding.related(outer.head(), "not in force here: the list here replaces it");
        }
        if last.in_file() == level.in_file() {
            let (place, text) = last.insertion_behind("deny all;");
            finding.fix("turn all others away", Safety::Unsafe, vec![Edit::insert(place, text)]);
        }
    }
}
