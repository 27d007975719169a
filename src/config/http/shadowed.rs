//! Regex locations that an earlier regex of the same level leaves nothing to do, or less than it looks like.

use std::rc::Rc;

use rustc_hash::FxHashMap;

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

/// Looks at one level after the other. The same expressions stand in many of them, and each is compared with each other once.
#[derive(Debug, Default)]
pub struct Shadows<'c> {
    expressions: FxHashMap<(&'c str, bool), Option<Rc<Expression>>>,
    /// Which sets of paths are taken by which expressions, by their numbers.
    covers: FxHashMap<(usize, usize), bool>,
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
        let mut earlier: Vec<(Location<'c>, Rc<Expression>)> = Vec::new();
        let mut found = Vec::new();
        for location in level.locations() {
            let Modifier::Regex { caseless } = location.modifier else { continue };
            if location.directive.arg_is_open(location.pattern_arg) {
                continue;
            }
            let Some(expression) = self.expression(location.pattern, caseless) else { continue };
            let others = &earlier[earlier.len().saturating_sub(MAX_EARLIER)..];
            let others = others.iter().filter(|(other, _)| !is_same(other, &location));
            let mut cover =
                |set: &Set| others.clone().find(|(_, other)| self.covers(set, &other.whole)).map(|(by, _)| *by);
            if let Some(by) = cover(&expression.whole) {
                found.push(Shadowed { location, by, alternatives: Vec::new() });
            } else {
                let parts = expression.parts.iter().filter_map(|(set, place)| Some((cover(set)?, *place)));
                let (by, parts): (Vec<_>, Vec<_>) = parts.unzip();
                found.extend(by.first().map(|by| Shadowed { location, by: *by, alternatives: parts }));
            }
            earlier.push((location, expression));
        }
        found
    }

    fn expression(&mut self, text: &'c str, caseless: bool) -> Option<Rc<Expression>> {
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
