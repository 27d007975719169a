//! Regex locations that an earlier regex of the same level leaves nothing to do, or less than it looks like.

use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;

use crate::config::Directive;
use crate::config::http::location::{Location, Modifier};
use crate::config::words::pattern::Pattern;
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

/// Looks at one level after the other. The same expressions stand in many of them, and each is compared with each other once.
#[derive(Debug, Default)]
pub struct Shadows<'c> {
    expressions: HashMap<(&'c str, bool), Option<Rc<Expression>>>,
    /// Which sets of paths are taken by which expressions, by their numbers.
    covers: HashMap<(usize, usize), bool>,
    /// Paths, whatever they look like.
    path: Option<Automaton>,
    sets: usize,
}

/// An expression, taken apart.
#[derive(Debug)]
struct Expression {
    whole: Set,
    /// Its alternatives, with their places.
    parts: Vec<(Set, (usize, usize))>,
}

/// The paths that an expression or an alternative matches.
#[derive(Debug)]
struct Set {
    number: usize,
    automaton: Automaton,
    /// One of them; none if there is none, or if none is found.
    sample: Option<Vec<u8>>,
}

impl<'c> Shadows<'c> {
    /// Nothing has been looked at yet.
    pub fn new() -> Self {
        let path = pcre::parse("^/", false).ok().and_then(|path| Automaton::new(&path).ok());
        Self { path, ..Self::default() }
    }

    /// The regex locations of this level that earlier ones of the level take paths away from: all of them, or all of some
    /// alternative. What cannot be decided is left out.
    pub fn of(&mut self, level: Directive<'c>) -> Vec<Shadowed<'c>> {
        let mut earlier: Vec<(Location<'c>, Arc<Pattern>)> = Vec::new();
        let mut found = Vec::new();
        for location in level.locations() {
            let Modifier::Regex { caseless } = location.modifier else { continue };
            if location.directive.arg_is_open(location.pattern_arg) {
                continue;
            }
            let pattern = location.directive.config().pattern(location.pattern, caseless);
            // Most begin with another text; those need not be taken apart.
            let may_take = |(other, before): &&(Location<'c>, Arc<Pattern>)| {
                !before.starts_differ(&pattern) && !is_same(other, &location)
            };
            let others = earlier[earlier.len().saturating_sub(MAX_EARLIER)..].iter().filter(may_take);
            let others: Vec<Location<'c>> = others.map(|(other, _)| *other).collect();
            found.extend(self.shadowed(location, &others));
            earlier.push((location, pattern));
        }
        found
    }

    fn shadowed(&mut self, location: Location<'c>, others: &[Location<'c>]) -> Option<Shadowed<'c>> {
        others.first()?;
        let expression = self.expression(location)?;
        let others: Vec<_> = others.iter().filter_map(|other| Some((*other, self.expression(*other)?))).collect();
        let mut cover = |set: &Set| others.iter().find(|(_, other)| self.covers(set, &other.whole)).map(|(by, _)| *by);
        if let Some(by) = cover(&expression.whole) {
            return Some(Shadowed { location, by, alternatives: Vec::new() });
        }
        let parts = expression.parts.iter().filter_map(|(set, place)| Some((cover(set)?, *place)));
        let (by, alternatives): (Vec<_>, Vec<_>) = parts.unzip();
        by.first().map(|by| Shadowed { location, by: *by, alternatives })
    }

    fn expression(&mut self, location: Location<'c>) -> Option<Rc<Expression>> {
        let (text, caseless) = (location.pattern, location.modifier == Modifier::Regex { caseless: true });
        if let Some(known) = self.expressions.get(&(text, caseless)) {
            return known.clone();
        }
        let expression = self.take_apart(text, caseless).map(Rc::new);
        self.expressions.insert((text, caseless), expression.clone());
        expression
    }

    fn take_apart(&mut self, text: &str, caseless: bool) -> Option<Expression> {
        let pattern = pcre::parse(text, caseless).ok()?;
        let whole = self.set(Automaton::new(&pattern).ok()?);
        let parts = alternatives(&pattern).into_iter().filter_map(|part| {
            let automaton = Automaton::new(&part.pattern).ok()?;
            Some((self.set(automaton), (part.start, part.end)))
        });
        Some(Expression { parts: parts.collect(), whole })
    }

    fn set(&mut self, automaton: Automaton) -> Set {
        self.sets += 1;
        let sample = self.path.as_ref().and_then(|path| match text_in(&[&automaton, path], &[]) {
            Search::Found(sample) => Some(sample),
            _ => None,
        });
        Set { number: self.sets, automaton, sample }
    }

    /// Does `other` match all paths of a set?
    fn covers(&mut self, set: &Set, other: &Set) -> bool {
        let (Some(sample), Some(path)) = (&set.sample, &self.path) else { return false };
        *self.covers.entry((set.number, other.number)).or_insert_with(|| {
            // Trying one text is cheap, and rules out nearly all of them.
            other.automaton.accepts(sample) == Some(true)
                && text_in(&[&set.automaton, path], &[&other.automaton]) == Search::Nothing
        })
    }
}

/// Is it the same text, included twice, or may a template leave the earlier one out?
fn is_same(earlier: &Location<'_>, location: &Location<'_>) -> bool {
    let library = location.directive.config().library();
    let (earlier, location) = (earlier.directive.head(), location.directive.head());
    earlier == location || !library.comes_with(earlier, location)
}
