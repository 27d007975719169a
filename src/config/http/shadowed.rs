//! Regex locations that an earlier regex of the same level leaves nothing to do, or less than it looks like.

use crate::config::Directive;
use crate::config::http::location::{Location, Modifier};
use crate::pcre;
use crate::pcre::automaton::{Automaton, Search, alternatives, text_in};

/// A location is compared with so many in front of it.
const MAX_EARLIER: usize = 40;

/// A regex location that does not get what its expression promises.
#[derive(Debug)]
pub struct Shadowed<'c> {
    /// The location.
    pub location: Location<'c>,
    /// The first one that takes the paths.
    pub by: Location<'c>,
    /// The alternatives that are never reached, by their place in the expression; none if nothing of it is.
    pub alternatives: Vec<(usize, usize)>,
}

impl<'c> Directive<'c> {
    /// The regex locations of this level that earlier ones of the level take paths away from: all of them, or all of some
    /// alternative. What cannot be decided is left out.
    pub fn shadowed_regexes(self) -> Vec<Shadowed<'c>> {
        let mut earlier: Vec<(Location<'c>, Automaton)> = Vec::new();
        let mut found = Vec::new();
        let Some(path) = pcre::parse("^/", false).ok().and_then(|path| Automaton::new(&path).ok()) else {
            return found;
        };
        for location in self.locations() {
            let Modifier::Regex { caseless } = location.modifier else { continue };
            if location.directive.arg_is_open(location.pattern_arg) {
                continue;
            }
            let Ok(pattern) = pcre::parse(location.pattern, caseless) else { continue };
            let Ok(automaton) = Automaton::new(&pattern) else { continue };
            let others = &earlier[earlier.len().saturating_sub(MAX_EARLIER)..];
            let others = others.iter().filter(|(other, _)| !is_same(other, &location));
            let cover = |set: &Automaton| {
                // Trying one text is cheap, and rules out nearly all of them.
                let Search::Found(sample) = text_in(&[set, &path], &[]) else { return None };
                let covers = |other: &Automaton| {
                    other.accepts(&sample) == Some(true) && text_in(&[set, &path], &[other]) == Search::Nothing
                };
                others.clone().find(|(_, other)| covers(other)).map(|(by, _)| *by)
            };
            if let Some(by) = cover(&automaton) {
                found.push(Shadowed { location, by, alternatives: Vec::new() });
            } else {
                let parts = alternatives(&pattern).into_iter().filter_map(|part| {
                    let by = cover(&Automaton::new(&part.pattern).ok()?)?;
                    Some((by, (part.start, part.end)))
                });
                let (by, parts): (Vec<_>, Vec<_>) = parts.unzip();
                found.extend(by.first().map(|by| Shadowed { location, by: *by, alternatives: parts }));
            }
            earlier.push((location, automaton));
        }
        found
    }
}

/// Is it the same text, included twice, or may a template leave the earlier one out?
fn is_same(earlier: &Location<'_>, location: &Location<'_>) -> bool {
    let library = location.directive.config().library();
    let (earlier, location) = (earlier.directive.head(), location.directive.head());
    earlier == location || !library.comes_with(earlier, location)
}
