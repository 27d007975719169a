use crate::check::{Check, Rule};
use crate::config::http::location::Location;
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
        if bare.contains('?') || redirect.uses(QUERY) || redirect.target.contains("$arg_") {
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
        finding.fix("use `$request_uri`", Safety::Safe, vec![Edit::replace(place, "$request_uri")]);
    }
}

fn report_rewrite<'c>(check: &mut Check<'c>, redirect: &Redirect<'c>) {
    let length = redirect.target.len();
    let Some(place) = redirect.by.arg_part_span(redirect.argument, length - 1, length) else { return };
    let finding = check.report_at(redirect.by, place, "the `?` at the end makes this redirect lose the query");
    finding.help("take the `?` away: `rewrite` appends the query by itself");
    finding.fix("take the `?` away", Safety::Unsafe, vec![Edit::replace(place, "")]);
}

fn takes_path_along(redirect: &Redirect<'_>) -> bool {
    variables(redirect.path()).any(|(_, name)| PATH.contains(&name) || name == "1")
}

/// Is the variable all that follows the host, and still what the client asked for?
fn is_whole_path(redirect: &Redirect<'_>) -> bool {
    let path = redirect.path();
    let is_alone = redirect.authority().is_some() && PATH.iter().any(|name| path.strip_prefix('$') == Some(name));
    let levels = || redirect.by.ancestors().filter(|level| level.is("server") || level.is("location"));
    let is_internal = levels().filter_map(Location::new).any(|location| location.is_internal());
    is_alone && !is_internal && levels().all(|level| !level.has("rewrite") && !level.is_opaque())
}
