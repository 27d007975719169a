use crate::check::{Check, Rule};
use crate::config::http::files::looks_like_file;
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "alias-regex-without-capture", page: include_str!("../../rules/alias-regex-without-capture.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new) else { continue };
        let (level, target) = (location.directive, alias.arg(0).unwrap_or_default());
        let is_folder = !is_symbolic(target) && !looks_like_file(target) && target.contains('/');
        let is_used_otherwise = level.has("try_files") || level.has("location") || !level.only_serves_files();
        if !is_folder || !location.takes_names() || is_used_otherwise || level.is_opaque() {
            continue;
        }
        let found =
            check.report(alias, "in a regex location alias is the whole path: every address gives this directory");
        found.related(location.pattern_span(), "the part that this matches is not cut off, and the rest is not added");
        found.help("capture the rest of the path and append it, or use a prefix location");
        if let (true, Some(end)) = (location.is_open_prefix_regex(), alias.arg_text_span(0)) {
            let slash = if target.ends_with('/') { "" } else { "/" };
            let edits = vec![
                Edit::insert(location.pattern_span().at_end(), "(.*)$"),
                Edit::insert(end.at_end(), format!("{slash}$1")),
            ];
            found.fix("capture the rest of the path and append it", Safety::Unsafe, edits);
        }
    }
}
