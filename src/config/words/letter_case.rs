//! Variables that are written in more than one way: their names have no letter case.

use foldhash::{HashMap, HashSet};

use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::source::Span;

/// A spelling of a variable's name that differs from the first one.
#[derive(Debug, Clone, Copy)]
pub struct Respelled<'c> {
    /// The directive.
    pub directive: Directive<'c>,
    /// The place of the name.
    pub span: Span,
    /// The name as it is written there, without the dollar.
    pub name: &'c str,
    /// As it is written first.
    pub first: &'c str,
    /// Where that is.
    pub first_span: Span,
}

impl Config {
    /// Every further spelling of a variable, where it is used for the first time. Capital letters alone may be a
    /// placeholder, and so may anything in a template.
    pub fn respelled_variables(&self, release: Version) -> Vec<Respelled<'_>> {
        let mut first: HashMap<String, (&str, Span)> = HashMap::default();
        let (mut seen, mut found) = (HashSet::default(), Vec::new());
        for directive in self.wordings().filter(|directive| !directive.is_in_template()) {
            for (name, span) in mentions(directive, release) {
                let is_capital = !name.bytes().any(|byte| byte.is_ascii_lowercase());
                if is_capital || !seen.insert(name) {
                    continue;
                }
                let (first, first_span) = *first.entry(name.to_ascii_lowercase()).or_insert((name, span));
                if first != name {
                    found.push(Respelled { directive, span, name, first, first_span });
                }
            }
        }
        found
    }
}

/// The names of variables that a directive defines or uses, with their places.
fn mentions(directive: Directive<'_>, release: Version) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let named = directive.defined_variable().into_iter().chain(directive.operand(release));
    for named in named {
        let end = named.start + named.text.len();
        found.extend(named.name().zip(directive.arg_part_span(named.argument, named.start, end)));
    }
    for text in directive.evaluated(release) {
        for variable in text.script.uses.iter().filter(|variable| !variable.is_capture) {
            let (start, end) = (text.start + variable.start, text.start + variable.end);
            found.extend(directive.arg_part_span(text.argument, start, end).map(|span| (variable.name, span)));
        }
    }
    found
}
