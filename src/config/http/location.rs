//! Which location answers a path, in nginx's order.

use std::cmp::Ordering;
use std::sync::Arc;

use foldhash::HashMap;

use crate::config::http::Server;
use crate::config::words::pattern::Pattern;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::source::Span;

/// The prefix locations by the level that they stand in and their prefix; the last one of several.
pub(in crate::config) type Prefixes = HashMap<(u32, String), u32>;

/// How a location says what it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// `=`: this path alone.
    Exact,
    /// None: paths that begin so.
    Prefix,
    /// `^~`: paths that begin so, and no regex is tried.
    StopPrefix,
    /// `~` and `~*`: paths that match.
    Regex {
        /// Is it `~*`?
        caseless: bool,
    },
    /// `@`: internal redirects only.
    Named,
}

/// A location with its header taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location<'c> {
    /// The block.
    pub directive: Directive<'c>,
    /// What it does with its pattern.
    pub modifier: Modifier,
    /// The prefix, path, regex or name, without the modifier.
    pub pattern: &'c str,
    /// The number of the argument that the pattern stands in.
    pub pattern_arg: usize,
}

impl<'c> Location<'c> {
    /// Reads the header of a `location` block; none for other directives and for headers that nginx refuses.
    pub fn new(directive: Directive<'c>) -> Option<Self> {
        if !directive.is_block() || !directive.is("location") {
            return None;
        }
        let (first, second) = (directive.arg(0)?, directive.arg(1));
        let (modifier, pattern, pattern_arg) = match second {
            Some(pattern) => (modifier(first)?, pattern, 1),
            None => {
                let (modifier, pattern) = glued(first);
                (modifier, pattern, 0)
            }
        };
        Some(Self { directive, modifier, pattern, pattern_arg })
    }

    /// The place of its pattern, without quotes.
    pub fn pattern_span(&self) -> Span {
        self.directive.arg_text_span(self.pattern_arg).map_or(self.directive.head(), |span| {
            // A modifier may be glued to it.
            let is_glued = span.end - span.start > self.pattern.len() as u32 && self.pattern_arg == 0;
            let glued = if is_glued { span.end - span.start - self.pattern.len() as u32 } else { 0 };
            Span::new(span.source, span.start + glued, span.end)
        })
    }

    /// Can its prefix be written like this: nothing beside it has the same, and all that is nested in it still fits?
    pub fn can_become(&self, prefix: &str) -> bool {
        let config = self.directive.config();
        let level = self.directive.parent().map_or(0, Directive::order);
        let same = config.prefixes.get_or_init(|| prefixes(config)).get(&(level, prefix.to_owned()));
        let is_fixed = |nested: &Location<'_>| nested.is_prefix() || nested.modifier == Modifier::Exact;
        same.is_none_or(|same| *same == self.directive.order())
            && self.directive.locations().filter(is_fixed).all(|nested| nested.pattern.starts_with(prefix))
    }

    /// Is it a plain prefix or one with `^~`?
    pub fn is_prefix(&self) -> bool {
        matches!(self.modifier, Modifier::Prefix | Modifier::StopPrefix)
    }

    /// Is it a regex?
    pub fn is_regex(&self) -> bool {
        matches!(self.modifier, Modifier::Regex { .. })
    }

    /// Its regex, if it is one.
    pub fn regex(&self) -> Option<Arc<Pattern>> {
        match self.modifier {
            Modifier::Regex { caseless } => Some(self.directive.config().pattern(self.pattern, caseless)),
            _ => None,
        }
    }

    /// The location that it is nested in.
    pub fn outer(&self) -> Option<Self> {
        self.directive.parent().and_then(Self::new)
    }

    /// Is a request for it refused unless it comes from inside nginx? `internal` reaches nested locations, too.
    pub fn is_internal(&self) -> bool {
        self.modifier == Modifier::Named
            || self.directive.has("internal")
            || (self.directive.config().all("internal").next().is_some()
                && self.directive.ancestors().any(|level| level.is("location") && level.has("internal")))
    }
}

fn prefixes(config: &Config) -> Prefixes {
    let locations = config.all("location").filter_map(Location::new).filter(Location::is_prefix);
    let key = |location: &Location<'_>| {
        let level = location.directive.parent().map_or(0, Directive::order);
        (level, location.pattern.to_owned())
    };
    locations.map(|location| (key(&location), location.directive.order())).collect()
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "=" => Modifier::Exact,
        "^~" => Modifier::StopPrefix,
        "~" => Modifier::Regex { caseless: false },
        "~*" => Modifier::Regex { caseless: true },
        _ => return None,
    })
}

/// A modifier without a blank behind it.
fn glued(word: &str) -> (Modifier, &str) {
    if word.starts_with('@') {
        return (Modifier::Named, word);
    }
    for mark in ["=", "^~", "~*", "~"] {
        if let (Some(pattern), Some(modifier)) = (word.strip_prefix(mark), modifier(mark)) {
            return (modifier, pattern);
        }
    }
    (Modifier::Prefix, word)
}

impl<'c> Directive<'c> {
    /// The locations that stand directly in this server or location.
    pub fn locations(self) -> impl Iterator<Item = Location<'c>> + Clone + use<'c> {
        self.own("location").filter_map(Location::new)
    }
}

impl<'c> Server<'c> {
    /// All its locations, nested ones included, in nginx's order.
    pub fn all_locations(self) -> impl Iterator<Item = Location<'c>> {
        let is_location = |directive: &Directive<'_>| directive.inside() == Some(Context::Location);
        self.directive().descendants().filter(is_location).filter_map(Location::new)
    }
}

/// What a look-up of a path came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'c> {
    /// This location answers.
    Location(Location<'c>),
    /// None does: the server level itself answers.
    Server,
    /// A regex that cannot be tried may or may not match.
    Unknown,
}

/// The locations of one level, ready for look-ups.
#[derive(Debug)]
pub struct Locations<'c> {
    /// Prefixes and exact paths, sorted by their pattern; of equal ones an exact path comes last.
    fixed: Vec<Location<'c>>,
    regexes: Vec<(Location<'c>, Arc<Pattern>)>,
}

impl<'c> Locations<'c> {
    /// Those that stand directly in `level`.
    pub fn of(level: Directive<'c>) -> Self {
        let (mut fixed, mut regexes) = (Vec::new(), Vec::new());
        for location in level.locations() {
            match location.regex() {
                Some(pattern) => regexes.push((location, pattern)),
                None if location.modifier != Modifier::Named => fixed.push(location),
                None => {}
            }
        }
        fixed.sort_by_key(|location| (location.pattern, location.modifier == Modifier::Exact));
        Self { fixed, regexes }
    }

    /// The regexes in their order.
    pub fn regexes(&self) -> &[(Location<'c>, Arc<Pattern>)] {
        &self.regexes
    }

    /// The prefixes without `^~`, in nginx's order.
    pub fn plain_prefixes(&self) -> Vec<Location<'c>> {
        let is_plain = |location: &&Location<'_>| location.modifier == Modifier::Prefix;
        let mut plain: Vec<_> = self.fixed.iter().filter(is_plain).copied().collect();
        plain.sort_by_key(|location| location.directive.order());
        plain
    }

    /// The exact location of this path, else the one with the longest prefix.
    pub fn longest(&self, path: &str) -> Option<Location<'c>> {
        let mut rest = path;
        loop {
            let behind = self.fixed.partition_point(|location| location.pattern <= rest);
            let candidate = self.fixed[..behind].last()?;
            if rest.starts_with(candidate.pattern) {
                let same = self.fixed[..behind].iter().rev().take_while(|other| other.pattern == candidate.pattern);
                let mut fitting = same.filter(|other| other.modifier != Modifier::Exact || other.pattern == path);
                if let Some(found) = fitting.next() {
                    return Some(*found);
                }
                // Only an exact location of a shorter path has this text; look for shorter ones.
                rest = shorten(candidate.pattern)?;
            } else {
                rest = &rest[..common_prefix(rest, candidate.pattern)];
            }
        }
    }

    /// The first regex that matches; the outer `None` says that it is not known.
    fn first_regex(&self, path: &str) -> Option<Option<Location<'c>>> {
        for (location, pattern) in &self.regexes {
            if pattern.matches(path)? {
                return Some(Some(*location));
            }
        }
        Some(None)
    }
}

/// The text without its last character; none if nothing is left to shorten.
fn shorten(text: &str) -> Option<&str> {
    let (at, _) = text.char_indices().next_back()?;
    Some(&text[..at])
}

fn common_prefix(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a.cmp(b) == Ordering::Equal).count();
    (0..=same).rev().find(|at| a.is_char_boundary(*at)).unwrap_or(0)
}

/// The location of `server` that answers `path` (normalised, without arguments).
pub fn choose<'c>(server: Directive<'c>, path: &str) -> Choice<'c> {
    Chooser::default().choose(server, path)
}

/// Answers many look-ups; the locations of each level are made ready once.
#[derive(Debug, Default)]
pub struct Chooser<'c> {
    levels: HashMap<u32, Locations<'c>>,
}

impl<'c> Chooser<'c> {
    /// The location of `server` that answers `path` (normalised, without arguments).
    pub fn choose(&mut self, server: Directive<'c>, path: &str) -> Choice<'c> {
        let mut from = server;
        let mut chosen = Choice::Server;
        loop {
            match self.choose_from(from, path) {
                (found, None) => return found.map_or(chosen, Choice::Location),
                // A regex was taken: what is nested in it comes next.
                (Some(regex), Some(true)) => {
                    chosen = Choice::Location(regex);
                    from = regex.directive;
                }
                _ => return Choice::Unknown,
            }
        }
    }

    fn level(&mut self, level: Directive<'c>) -> &Locations<'c> {
        self.levels.entry(level.order()).or_insert_with(|| Locations::of(level))
    }

    /// Prefixes inwards, then regexes outwards. Says whether what it found is a regex; `Some(false)` means not known.
    fn choose_from(&mut self, from: Directive<'c>, path: &str) -> (Option<Location<'c>>, Option<bool>) {
        let mut levels = vec![(from, false)];
        let mut best: Option<Location<'c>> = None;
        while let Some((level, stops)) = levels.last_mut() {
            let Some(found) = self.level(*level).longest(path) else { break };
            if found.modifier == Modifier::Exact {
                return (Some(found), None);
            }
            *stops = found.modifier == Modifier::StopPrefix;
            best = Some(found);
            levels.push((found.directive, false));
        }
        for (level, _) in levels.iter().rev().filter(|(_, stops)| !stops) {
            match self.level(*level).first_regex(path) {
                Some(Some(regex)) => return (Some(regex), Some(true)),
                Some(None) => {}
                None => return (None, Some(false)),
            }
        }
        (best, None)
    }
}
