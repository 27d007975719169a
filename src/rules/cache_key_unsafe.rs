use crate::check::{Check, Rule};
use crate::config::backend::cache::CachedPass;
use crate::config::http::location::Location;
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "cache-key-unsafe", page: include_str!("../../rules/cache-key-unsafe.md"), check };

fn check(check: &mut Check<'_>) {
    for shared in check.config.shared_cache_keys() {
        let (one, other) = (shorten(&shared.sites.0, 24), shorten(&shared.sites.1, 24));
        let message = format!("`{one}` and `{other}` get each other's pages: the key has no host");
        check.report(shared.key, message).help("begin the key with `$scheme$host`");
    }
    for found in check.config.cached_passes().iter().filter(|found| !is_about_files(found)) {
        let (line, message) = match (found.kept_cookies(), found.untold_identity()) {
            (Some(line), _) => (line, "an answer with a visitor's cookie is kept, and sent to everybody"),
            (None, Some(line)) => (line, "the backend learns who asks, and its answer is kept for everybody"),
            (None, None) => continue,
        };
        let help = format!(
            "keep nothing for visitors with a session: `{}_no_cache`, or make them a part of the key",
            found.family
        );
        check.report(line, message).related(found.zone.head(), "kept here").help(help);
    }
}

/// Are files what it is about, which are the same for everybody?
fn is_about_files(found: &CachedPass<'_>) -> bool {
    found
        .pass
        .ancestors()
        .filter_map(Location::new)
        .any(|location| location.is_about_files() || location.pattern.contains("\\."))
}
