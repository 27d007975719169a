use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety};
use crate::template::certain_end;

pub(super) const RULE: Rule =
    Rule { id: "alias-traversal", page: include_str!("../../rules/alias-traversal.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new).filter(Location::is_prefix) else { continue };
        let target = alias.arg(0).unwrap_or_default();
        let is_open = certain_end(location.pattern).is_some_and(|end| end != '/');
        if !is_open || certain_end(target) != Some('/') || location.is_internal() {
            continue;
        }
        let (path, span) = (location.pattern, location.pattern_span());
        let closed = format!("{path}/");
        let can_close = location.can_become(&closed);
        let found = check.report(alias, format!("`{path}../` leads out of the alias, into the directory above it"));
        found
            .help(format!("end the location with a slash: `{closed}`"))
            .related(span, "no slash here, so `..` may follow");
        if can_close {
            found.fix("end the location with a slash", Safety::Safe, vec![Edit::insert(span.at_end(), "/")]);
        }
    }
}
