use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, Severity};
use crate::template::certain_end;

pub(super) const RULE: Rule =
    Rule { id: "alias-missing-slash", page: include_str!("../../rules/alias-missing-slash.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new).filter(Location::is_prefix) else { continue };
        let target = alias.arg(0).unwrap_or_default();
        let Some(end) = certain_end(target).filter(|end| *end != '/' && location.pattern.ends_with('/')) else {
            continue;
        };
        let path = location.pattern;
        let found = check.report(alias, format!("`{path}x` is looked up as `{target}x`: a slash is missing"));
        found.related(location.pattern_span(), "this text is cut off, its slash included");
        if matches!(end, '-' | '_' | '.' | '=') {
            found.help("add the slash, unless file names are meant to begin like this").severity(Severity::Warning);
        } else if let Some(span) = alias.arg_text_span(0) {
            found.help(format!("end the alias with a slash: `{target}/`"));
            found.fix("end the alias with a slash", Safety::Safe, vec![Edit::insert(span.at_end(), "/")]);
        }
    }
}
