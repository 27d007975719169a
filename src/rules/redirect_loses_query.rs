use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::redirect::Redirect;
use crate::config::words::variable::variables;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "redirect-loses-query", page: include_str!("../../rules/redirect-loses-query.md"), check };

const PATH: &[&str] = &["uri", "document_uri"];
const QUERY: &[&str] = &["request_uri", "args", "query_string", "is_args"];

fn check(check: &mut Check<'_>) {
    for redirect in check.config.redirects() {
        let bare = redirect.target.trim_end_matches('?');
        if bare.contains('?') || redirect.uses(QUERY) || redirect.target.contains("$arg_") || is_meant(redirect.by) {
            continue;
        }
        match redirect.by.name() {
            "return" if redirect.uses(PATH) => report_return(check, &redirect),
            "rewrite" if bare != redirect.target && redirect.authority().is_some() && takes_path_along(&redirect) => {
                report_rewrite(check, &redirect);
            }
            _ => {}
        }
    }
}

fn report_return<'c>(check: &mut Check<'c>, redirect: &Redirect<'c>) {
    let everything = 0..redirect.target.len();
    let Some(place) = redirect.variable_in(everything, PATH) else { return };
    let finding = check.report_at(redirect.by, place, "`$uri` is the path alone: this redirect loses the query");
    finding.label("decoded, too: `%20` arrives as a blank");
    finding.help("write `$request_uri`, which is all that was asked for, or add `$is_args$args`");
    if is_whole_path(redirect) {
        let safety = if is_as_asked(redirect.by) { Safety::Safe } else { Safety::Unsafe };
        finding.fix("use `$request_uri`", safety, vec![Edit::replace(place, "$request_uri")]);
    }
}

fn report_rewrite<'c>(check: &mut Check<'c>, redirect: &Redirect<'c>) {
    let length = redirect.target.len();
    let Some(place) = redirect.by.arg_part_span(redirect.argument, length - 1, length) else { return };
    let finding = check.report_at(redirect.by, place, "the `?` at the end makes this redirect lose the query");
    finding.help("take the `?` away: `rewrite` appends the query by itself");
    finding.fix("take the `?` away", Safety::Unsafe, vec![Edit::replace(place, "")]);
}

/// Does a condition on the query lead here, so that to lose it is the purpose?
fn is_meant(by: Directive<'_>) -> bool {
    let condition = by.parent().filter(|parent| parent.is("if"));
    let is_query = |(_, name): (usize, &str)| QUERY.contains(&name) || name.starts_with("arg_");
    condition.is_some_and(|condition| condition.args().flat_map(variables).any(is_query))
}

fn takes_path_along(redirect: &Redirect<'_>) -> bool {
    variables(redirect.path()).any(|(_, name)| PATH.contains(&name) || name == "1")
}

/// Is the variable all that follows the host?
fn is_whole_path(redirect: &Redirect<'_>) -> bool {
    redirect.authority().is_some() && PATH.iter().any(|name| redirect.path().strip_prefix('$') == Some(name))
}

/// Is the path still the one that the client asked for? Only before a location is chosen, and before any rewrite.
fn is_as_asked(by: Directive<'_>) -> bool {
    let level = by.parent().filter(|parent| parent.is("if")).and_then(Directive::parent).or(by.parent());
    let rewrites = |level: Directive<'_>| level.has("rewrite") || level.own("if").any(|inner| inner.has("rewrite"));
    level.is_some_and(|level| level.is("server") && !rewrites(level) && !level.is_opaque())
}
