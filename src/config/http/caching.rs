//! How long answers may be kept: what `expires` says, and what `add_header Cache-Control` says beside it.

use std::collections::BTreeMap;

use crate::config::http::headers::HeaderLists;
use crate::config::{Config, Directive};
use crate::nginx::measure::seconds;

/// What nginx sends for `expires max`: ten years.
const MAX: u64 = 315_360_000;

/// A `max-age` that nginx sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// So many seconds.
    Fixed(u64),
    /// As many as are left until a moment.
    Varying,
}

/// Two directives that both send `Cache-Control: max-age`.
#[derive(Debug, Clone, Copy)]
pub struct TwoAges<'c> {
    /// The one that `expires` sends.
    pub expires: (Directive<'c>, Age),
    /// The one of an `add_header` line.
    pub header: (Directive<'c>, u64),
    /// The one of both that stands at the level where they meet; the header's line if both do.
    pub inner: Directive<'c>,
}

impl Config {
    /// Where both are in force, in nginx's order.
    pub fn levels_with_two_ages(&self) -> Vec<TwoAges<'_>> {
        let levels = self.levels_with("expires").into_iter().chain(self.levels_with("add_header"));
        let levels: BTreeMap<u32, Directive<'_>> = levels.map(|level| (level.order(), level)).collect();
        let mut lists = HeaderLists::new(self, "add_header");
        let mut found = Vec::new();
        for level in levels.into_values().filter(|level| !level.is_opaque() && !level.only_fails()) {
            let Some((expires, age)) =
                level.certain_value("expires").flatten().and_then(|line| Some((line, age_of(line)?)))
            else {
                continue;
            };
            let list = lists.of(level);
            let header = list.lines("cache-control").iter().find_map(|line| Some((*line, max_age(line.arg(1)?)?)));
            let Some(header) = header else { continue };
            let mut around = level.ancestors().take_while(|around| !around.contains(header.0));
            if around.any(Directive::is_opaque) {
                continue;
            }
            let is_own = |line: Directive<'_>| line.parent() == Some(level);
            let inner = if is_own(header.0) || !is_own(expires) { header.0 } else { expires };
            // Where neither is its own, the level around it has been told already.
            if is_own(inner) {
                found.push(TwoAges { expires: (expires, age), header, inner });
            }
        }
        found
    }
}

/// The `max-age` of an `expires` line; none where it sends another word, nothing, or what cannot be known.
fn age_of(expires: Directive<'_>) -> Option<Age> {
    match (expires.arg(0)?, expires.arg(1)) {
        ("modified", Some(time)) if !time.starts_with('-') && seconds(time).is_some() => Some(Age::Varying),
        ("max", None) => Some(Age::Fixed(MAX)),
        (moment, None) if moment.starts_with('@') && !moment.contains('$') => Some(Age::Varying),
        (time, None) => seconds(time).map(Age::Fixed),
        _ => None,
    }
}

/// The number behind `max-age=` in a value of Cache-Control.
fn max_age(value: &str) -> Option<u64> {
    let age = |word: &str| {
        let (name, number) = word.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("max-age") { number.trim().trim_matches('"').parse().ok() } else { None }
    };
    value.split(',').find_map(age)
}

#[cfg(test)]
mod tests {
    use super::max_age;

    #[test]
    fn the_age_is_one_word_among_others() {
        assert_eq!(max_age("public, Max-Age=60, immutable"), Some(60));
        assert_eq!(max_age("public, s-maxage=60"), None);
        assert_eq!(max_age("max-age=$ttl"), None);
    }
}
