//! Directives that run on into the next one because their semicolon is missing.

use crate::config::{Config, Directive, Library};
use crate::nginx::context::Context;
use crate::nginx::directives::{self, Kind, Origin};
use crate::source::SourceId;
use crate::syntax::NodeId;

/// Directives whose arguments may be any words, on any number of lines.
const FREE_TEXT: &[&str] = &["log_format", "echo", "perl", "perl_set", "set", "return", "add_header", "sub_filter"];

/// The number of the word (the name is 0) that stands first on its line and is the name of another directive of this place.
pub(in crate::config) fn second_name(
    library: &Library,
    source: SourceId,
    id: NodeId,
    around: Option<Context>,
) -> Option<usize> {
    let tree = library.tree(source);
    let (words, around) = (tree.words(id), around?);
    if words.len() < 3 {
        return None;
    }
    let begins_line = |at: &usize| {
        let gap = library.sources().get(source).slice(words[at - 1].end, words[*at].start);
        gap.contains(&b'\n') && words[*at].quote.is_none()
    };
    // Nearly every directive stands on one line.
    if !(2..words.len()).any(|at| begins_line(&at)) {
        return None;
    }
    let text = library.text_of(source);
    let name = tree.value(text, id, 0)?;
    if FREE_TEXT.contains(&name) || !is_name_here(name, around, words.len()) {
        return None;
    }
    let is_name =
        |at: &usize| tree.value(text, id, *at).is_some_and(|word| is_name_here(word, around, words.len() - at));
    (2..words.len()).filter(begins_line).find(is_name)
}

/// Is this a directive of nginx itself that is allowed here, and are there words for it?
fn is_name_here(name: &str, around: Context, words: usize) -> bool {
    directives::lookup(name).iter().any(|known| {
        let needs_argument = known.arity.most() != Some(0) && !known.arity.takes(0);
        known.origin == Origin::Oss && known.contexts.contains(around) && (words > 1 || !needs_argument)
    })
}

impl Config {
    /// The directives that run on into another one, with the number of the argument (from 0) that is its name.
    pub fn run_ons(&self) -> impl Iterator<Item = (Directive<'_>, usize)> {
        self.run_ons.iter().map(|(index, word)| (Directive::new(self, *index), word - 1))
    }
}

impl Directive<'_> {
    /// Does it have more arguments than nginx takes, or a body that it must not have?
    pub fn has_too_much(self) -> bool {
        let count = self.args().len();
        let Some(context) = self.context() else { return false };
        let mut known =
            directives::lookup(self.name()).iter().filter(|known| known.contexts.contains(context)).peekable();
        let is_too_much = |known: &directives::Definition| {
            known.arity.most().is_some_and(|most| count > most) || (known.kind == Kind::Simple && self.is_block())
        };
        known.peek().is_some() && known.all(is_too_much)
    }
}
