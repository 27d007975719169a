//! The value that a `map` gives for a text.

use crate::config::Directive;

/// A map of more entries than this is not looked through.
const MAX_ENTRIES: usize = 500;
/// More maps than this are not looked through.
const MAX_MAPS: usize = 200;

/// The map that this variable gets its value from.
pub(super) fn of<'c>(level: Directive<'c>, name: &str) -> Option<Directive<'c>> {
    let is_its_map = |map: &Directive<'_>| {
        let target = map.arg(1).and_then(|target| target.strip_prefix('$'));
        map.is_block() && target.is_some_and(|target| target.eq_ignore_ascii_case(name))
    };
    level.config().all("map").take(MAX_MAPS).find(is_its_map)
}

/// What the map gives for `subject`; none if that is not known.
pub(super) fn value<'c>(map: Directive<'c>, subject: &str) -> Option<&'c str> {
    let is_special = |entry: Directive<'_>| matches!(entry.name(), "hostnames" | "include");
    if map.is_opaque() || map.children().nth(MAX_ENTRIES).is_some() || map.children().any(is_special) {
        return None;
    }
    let key = |entry: &Directive<'c>| entry.name().strip_prefix('\\').unwrap_or(entry.name());
    let is_fixed =
        |entry: &Directive<'c>| !entry.name().starts_with('~') && !matches!(entry.name(), "default" | "volatile");
    let exact = map.children().filter(is_fixed).find(|entry| key(entry).eq_ignore_ascii_case(subject));
    if let Some(entry) = exact {
        return entry.arg(0);
    }
    for entry in map.children().filter(|entry| entry.name().starts_with('~')) {
        let regex = entry.name().trim_start_matches('~');
        let (regex, caseless) = regex.strip_prefix('*').map_or((regex, false), |regex| (regex, true));
        if map.config().pattern(regex, caseless).matches(subject)? {
            return entry.arg(0);
        }
    }
    map.children().find(|entry| entry.name() == "default").map_or(Some(""), |entry| entry.arg(0))
}
