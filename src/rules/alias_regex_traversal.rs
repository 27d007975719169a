use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::location::Location;
use crate::config::words::group::Group;
use crate::config::words::variable::variables;
use crate::diagnostic::{Edit, Safety, Severity, Span};
use crate::template::certain_end;

pub(super) const RULE: Rule =
    Rule { id: "alias-regex-traversal", page: include_str!("../../rules/alias-regex-traversal.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new) else { continue };
        let target = alias.arg(0).unwrap_or_default();
        if !location.is_regex() || location.is_internal() || !target.contains('$') {
            continue;
        }
        for (at, name) in variables(target) {
            let Some(group) = location.group(name) else { continue };
            if report(check, alias, &location, &group, at) {
                break;
            }
        }
    }
}

/// Looks at one capture in the alias, which begins at this byte.
fn report<'c>(check: &mut Check<'c>, alias: Directive<'c>, location: &Location<'c>, group: &Group, at: usize) -> bool {
    let base = &alias.arg(0).unwrap_or_default()[..at];
    let place = group.span.unwrap_or(location.pattern_span());
    match certain_end(base) {
        Some('/') => {
            let Some(path) = group.path_with(location, "../") else { return false };
            let found =
                check.report(alias, format!("`{path}` leads out of `{base}`: the capture may start with `../`"));
            found.related(place, "nothing demands a slash in front of this group");
            found.help("demand the slash outside of the group: `^/files/(.*)$`");
            if let Some(span) = group.span {
                found.fix("demand a slash in front of the group", Safety::Unsafe, vec![Edit::insert(span, "/")]);
            }
        }
        Some(end) if end.is_ascii_alphanumeric() && group.is_behind_slash => {
            let Some(path) = group.path_with(location, "x/") else { return false };
            let found = check.report(alias, format!("`{path}` is looked up as `{base}x/`: a slash is missing"));
            found.severity(Severity::Warning).related(place, "the slash in front of this group is not part of it");
            found.help("write the slash in front of the capture, too");
            let text = alias
                .arg_text_span(0)
                .filter(|text| (text.end - text.start) as usize == alias.arg(0).unwrap_or_default().len());
            if let Some(text) = text {
                let place = Span::new(text.source, text.start + at as u32, text.start + at as u32);
                found.fix("add the slash to the alias", Safety::Unsafe, vec![Edit::insert(place, "/")]);
            }
        }
        _ => return false,
    }
    true
}
