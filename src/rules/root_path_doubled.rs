use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "root-path-doubled", page: include_str!("../../rules/root-path-doubled.md"), check };

fn check(check: &mut Check<'_>) {
    for root in check.config.all("root") {
        let Some(location) = root.parent().and_then(Location::new) else { continue };
        let Some(doubled) = location.doubled_by(root) else { continue };
        let level = location.directive;
        // A doubled challenge folder is the matter of acme-challenge-root-mismatch.
        let is_moot = is_symbolic(location.pattern) || location.is_for_acme();
        if is_moot
            || level.never_looks_for_files()
            || level.rewrites()
            || level.is_opaque()
            || !level.tries_the_path_only()
        {
            continue;
        }
        let file = format!("{}{}", root.arg(0).unwrap_or_default().trim_end_matches('/'), location.pattern);
        let found = check.report(root, format!("files are looked up in `{}`", shorten(&file, 60)));
        found.related(location.pattern_span(), "root is put in front of the whole path, this included");
        found.help("use the parent directory as root, or alias");
        if let Some(span) = doubled.span.filter(|_| !doubled.rest.is_empty()) {
            found.fix("use the parent directory as root", Safety::Safe, vec![Edit::replace(span, "")]);
        }
    }
}
