//! A piece of a client's text that comes through to a text of the configuration, and what it can be.

use std::sync::Arc;

use crate::config::Directive;
use crate::config::words::pattern::Pattern;
use crate::config::words::regexes::Regex;
use crate::nginx::family::Family;
use crate::nginx::script::Use;
use crate::nginx::variables;
use crate::pcre;
use crate::pcre::analysis::{Scope, line_break};
use crate::pcre::automaton::{Automaton, Search, text_in};

/// The path that nginx has decoded and normalised, by the names that it has.
pub const DECODED_PATHS: &[&str] = &["uri", "document_uri", "fastcgi_script_name"];

/// A piece of a client's text in a text of the configuration.
#[derive(Debug, Clone)]
pub struct Inflow<'c> {
    /// Where the variable or group begins in the text: its dollar.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// What stands in front of it and behind it when all copies are written out.
    pub around: (String, String),
    /// Is it written as a number?
    pub is_numbered: bool,
    /// The variable of nginx that has the client's text, in lower case and without dollar.
    pub source: String,
    /// The `set`, the entry of a map or the directive with the expression that hands it on; none if it is used directly.
    pub through: Option<Directive<'c>>,
    pub(super) shape: Shape,
}

/// Which of the client's texts arrive.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// All in which each of these matches.
    Whole(Vec<Arc<Pattern>>),
    /// What this group of the expression takes.
    Group(Arc<Pattern>, u32),
}

impl Inflow<'_> {
    /// Is it the path as nginx has decoded it, or a part of that?
    pub fn is_decoded_path(&self) -> bool {
        DECODED_PATHS.contains(&self.source.as_str())
    }

    /// Is it a group of an expression?
    pub fn is_group(&self) -> bool {
        matches!(self.shape, Shape::Group(..))
    }

    /// Does no expression have a say in it?
    pub fn is_unchecked(&self) -> bool {
        matches!(&self.shape, Shape::Whole(patterns) if patterns.is_empty())
    }

    /// Can it have a line break with more behind it? None if that is not known.
    pub fn line_break(&self) -> Option<bool> {
        match variables::lookup(&self.source, Family::Http)?.may_contain_newline {
            Some(true) => {}
            other => return other,
        }
        match &self.shape {
            Shape::Whole(_) => self.can_have("\\n[^\\n]"),
            Shape::Group(pattern, number) => answer(&line_break(pattern.parsed().ok()?, Scope::Group(*number))),
        }
    }

    /// Can something in it match this expression? None if that is not known.
    pub fn can_have(&self, wanted: &str) -> Option<bool> {
        let wanted = Automaton::new(&pcre::parse(wanted, false).ok()?).ok()?;
        match &self.shape {
            Shape::Whole(patterns) => {
                let patterns: Option<Vec<Automaton>> =
                    patterns.iter().map(|pattern| Automaton::new(pattern.parsed().ok()?).ok()).collect();
                let patterns = patterns?;
                answer(&text_in(&patterns.iter().chain([&wanted]).collect::<Vec<_>>(), &[]))
            }
            Shape::Group(pattern, number) => {
                let group = Automaton::of_group(pattern.parsed().ok()?, *number)?.ok()?;
                // What stands around the group could rule a text out; that is rare enough to take no notice.
                Some(text_in(&[&group, &wanted], &[]) != Search::Nothing)
            }
        }
    }
}

impl<'c> Inflow<'c> {
    pub(super) fn new(source: &str, through: Option<Directive<'c>>, shape: Shape) -> Self {
        let around = (String::new(), String::new());
        Self { start: 0, end: 0, around, is_numbered: false, source: source.to_owned(), through, shape }
    }

    /// The same as a part of this text.
    pub(super) fn placed(mut self, text: &str, used: Use<'_>) -> Self {
        self.around.0.insert_str(0, &text[..used.start]);
        self.around.1.push_str(&text[used.end..]);
        Self { start: used.start, end: used.end, is_numbered: used.is_capture, ..self }
    }

    /// With the texts alone that match a key of a map.
    pub(super) fn restricted(mut self, key: &Regex<'_>) -> Option<Self> {
        match &mut self.shape {
            Shape::Whole(patterns) => patterns.push(key.understood()?),
            Shape::Group(..) => return None,
        }
        Some(self)
    }
}

fn answer(search: &Search) -> Option<bool> {
    match search {
        Search::Found(_) => Some(true),
        Search::Nothing => Some(false),
        Search::Unknown => None,
    }
}
