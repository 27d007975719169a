use crate::check::{Check, Rule};
use crate::config::http::files::looks_like_file;
use crate::config::http::location::Location;
use crate::diagnostic::{Confidence, Edit, Safety, shorten};
use crate::template::certain_end;

pub(super) const RULE: Rule =
    Rule { id: "alias-sibling-prefix", page: include_str!("../../rules/alias-sibling-prefix.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new).filter(Location::is_prefix) else { continue };
        let target = alias.arg(0).unwrap_or_default();
        let (path, end) = (location.pattern, certain_end(target));
        let is_open = certain_end(path).is_some_and(|end| end != '/') && end != Some('/');
        let is_one_file = looks_like_file(path) || looks_like_file(target) || is_well_known(path);
        if !is_open || is_one_file || target.is_empty() || location.is_internal() {
            continue;
        }
        let (span, closed) = (location.pattern_span(), format!("{path}/"));
        let can_close = location.can_become(&closed);
        // A site may be called by its bare name, which nginx then redirects to the directory.
        let is_site = ["index", "try_files", "autoindex"].iter().any(|name| location.directive.has(name));
        let safety = if is_site { Safety::Unsafe } else { Safety::Safe };
        let name = shorten(target, 28);
        let found = check.report(alias, format!("all that begins with `{name}` is served, not only the directory"));
        found.related(span, "no slash here, so a longer name may follow");
        match (end, alias.arg_text_span(0)) {
            (Some(_), Some(end)) => {
                found.help(format!("end both with a slash: location `{closed}`, alias `{target}/`"));
                let edits = [span, end].map(|span| Edit::insert(span.at_end(), "/")).to_vec();
                if can_close {
                    found.fix("end the location and the alias with a slash", safety, edits);
                }
            }
            _ => {
                found.help(format!("end the location with a slash, `{closed}`, and the alias with exactly one"));
                found.confidence(Confidence::Medium);
            }
        }
    }
}

/// Documents below this folder are single files, the challenges of ACME aside.
fn is_well_known(path: &str) -> bool {
    path.starts_with("/.well-known/") && !path.ends_with("/acme-challenge")
}
