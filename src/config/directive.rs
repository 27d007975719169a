//! A handle to one directive of a configuration: cheap to copy, and the way rules look around.

use super::{Config, Node, Outer};
use crate::nginx::context::Context;
use crate::nginx::directives::Definition;
use crate::source::{Source, SourceId, Span};
use crate::syntax::{Terminator, Text, Tree, Word};
use crate::template;

/// One directive, simple or block; or the level around the entry file ([`Directive::is_root`]).
#[derive(Clone, Copy)]
pub struct Directive<'c> {
    config: &'c Config,
    index: u32,
}

impl<'c> Directive<'c> {
    pub(super) fn new(config: &'c Config, index: u32) -> Self {
        Self { config, index }
    }

    /// The configuration that it belongs to.
    pub fn config(self) -> &'c Config {
        self.config
    }

    /// Its place in nginx's order; 0 is the root.
    pub fn order(self) -> u32 {
        self.index
    }

    /// Is this the level around the entry file rather than a directive?
    pub fn is_root(self) -> bool {
        self.index == 0
    }

    fn data(self) -> &'c Node {
        &self.config.nodes[self.index as usize]
    }

    fn source(self) -> &'c Source {
        self.config.library.sources().get(self.data().source)
    }

    fn tree(self) -> &'c Tree {
        self.config.library.tree(self.data().source)
    }

    fn content(self) -> Text<'c> {
        self.config.library.text_of(self.data().source)
    }

    fn words(self) -> &'c [Word] {
        if self.is_root() { &[] } else { self.tree().words(self.data().node) }
    }

    fn word(self, index: usize) -> Option<&'c str> {
        if self.is_root() { None } else { self.tree().value(self.content(), self.data().node, index) }
    }

    /// Its name, unescaped; empty for the root.
    pub fn name(self) -> &'c str {
        // Entries of maps have no number.
        match self.data().name {
            0 => self.word(0).unwrap_or_default(),
            name => &self.config.names.get(name).text,
        }
    }

    /// Is it without a word (an empty one in quotes is a word)?
    pub fn is_nameless(self) -> bool {
        self.words().is_empty()
    }

    /// Does it have this name, as a directive (an entry of a map has none)?
    pub fn is(self, name: &str) -> bool {
        self.data().name != 0 && self.name() == name
    }

    /// Every definition of its name in nginx and its modules, those of other places and releases among them.
    pub fn namesakes(self) -> &'static [Definition] {
        self.config.names.get(self.data().name).definitions
    }

    /// The argument with this number (from 0), unescaped and without quotes.
    pub fn arg(self, index: usize) -> Option<&'c str> {
        self.word(index + 1)
    }

    /// All arguments.
    pub fn args(self) -> impl DoubleEndedIterator<Item = &'c str> + ExactSizeIterator + Clone {
        let (tree, text, node) = (self.tree(), self.content(), self.data().node);
        (1..self.words().len().max(1)).map(move |index| tree.value(text, node, index).unwrap_or_default())
    }

    /// Does it stand in a template?
    pub fn is_in_template(self) -> bool {
        self.config().library().is_template(self.in_file())
    }

    /// Is there a dollar in its words, its name among them, as they are written or in what they were rendered to?
    pub fn has_dollar(self) -> bool {
        self.words().iter().any(|word| word.has_dollar)
    }

    /// Could a renderer still make something else of this argument?
    pub fn arg_is_open(self, index: usize) -> bool {
        self.arg(index).is_some_and(|value| template::is_open(value, self.is_in_template()))
    }

    /// Is it read as a directive: not an entry of a map, not a placeholder that may be anything?
    pub fn is_read_as_directive(self) -> bool {
        self.data().is_directive
    }

    /// The first directive that reads the same, word for word in the same context; itself if no other comes before it.
    pub(super) fn twin(self) -> Self {
        Self::new(self.config, self.data().twin)
    }

    /// Could a renderer still make something else of its name, or of the key of an entry?
    pub fn name_is_open(self) -> bool {
        match self.data().name {
            0 => template::is_open(self.name(), self.is_in_template()),
            name => match self.config.names.get(name).is_open {
                [false, false] => false,
                is_open => is_open[usize::from(self.is_in_template())],
            },
        }
    }

    /// The place of an argument, quotes included.
    pub fn arg_span(self, index: usize) -> Option<Span> {
        self.words().get(index + 1).map(|word| self.span_of(word))
    }

    /// The place of an argument without its quotes.
    pub fn arg_text_span(self, index: usize) -> Option<Span> {
        self.words().get(index + 1).map(|word| Span::new(self.data().source, word.start, word.end))
    }

    /// The place of a part of an argument, by offsets in its value; the whole argument where escapes move them.
    pub fn arg_part_span(self, index: usize, start: usize, end: usize) -> Option<Span> {
        let word = self.words().get(index + 1)?;
        let is_as_written = self.arg(index).is_some_and(|value| value.len() == (word.end - word.start) as usize);
        let at = |offset: usize| word.start + offset as u32;
        let part = || Span::new(self.data().source, at(start), at(end));
        if is_as_written { Some(part()) } else { self.arg_span(index) }
    }

    /// Is this argument written in quotes?
    pub fn arg_is_quoted(self, index: usize) -> bool {
        self.words().get(index + 1).is_some_and(|word| word.quote.is_some())
    }

    fn span_of(self, word: &Word) -> Span {
        let closed = word.quote.is_some_and(|quote| self.source().bytes().get(word.end as usize) == Some(&quote));
        let before = u32::from(word.quote.is_some());
        Span::new(self.data().source, word.start - before, word.end + u32::from(closed))
    }

    /// The whole directive, its body and its terminator included.
    pub fn span(self) -> Span {
        if self.is_root() {
            return Span::new(self.data().source, 0, 0);
        }
        let node = self.tree().node(self.data().node);
        Span::new(self.data().source, node.start, node.end)
    }

    /// Name and arguments, without terminator or body.
    pub fn head(self) -> Span {
        match (self.words().first(), self.words().last()) {
            (Some(first), Some(last)) => self.span_of(first).to(self.span_of(last)),
            _ => self.span().at_start(),
        }
    }

    /// The place of its name.
    pub fn name_span(self) -> Span {
        self.words().first().map_or(self.head(), |word| self.span_of(word))
    }

    /// The place of its name without its quotes.
    pub fn name_text_span(self) -> Span {
        let text = |word: &Word| Span::new(self.data().source, word.start, word.end);
        self.words().first().map_or(self.head(), text)
    }

    /// What ends its head, on the line that nginx names: the `;` or the `{`; the end of its last word where both are missing.
    pub fn end_of_head(self) -> Span {
        match self.terminator() {
            Terminator::Semicolon(at) | Terminator::Block { open: at, .. } if !self.is_root() => {
                Span::new(self.data().source, at, at + 1)
            }
            _ => self.head().at_end(),
        }
    }

    /// The text that it stands in.
    pub fn in_file(self) -> SourceId {
        self.data().source
    }

    /// The include directives that lead to it, outermost first.
    pub fn include_chain(self) -> Vec<Span> {
        self.config.include_chain(self.index)
    }

    /// How it ends; the root has a body without braces.
    pub fn terminator(self) -> Terminator {
        if self.is_root() {
            return Terminator::Block { open: 0, close: None };
        }
        self.tree().node(self.data().node).terminator
    }

    /// Does it have a body?
    pub fn is_block(self) -> bool {
        self.data().is_block
    }

    /// The context that its body is read in, if it has one and if it is known.
    pub fn inside(self) -> Option<Context> {
        self.data().inside
    }

    /// The context that it stands in, if that is known.
    pub fn context(self) -> Option<Context> {
        if self.is_root() { None } else { self.config.nodes[self.data().parent as usize].inside }
    }

    /// The block (or the root) that it stands in; none for the root.
    pub fn parent(self) -> Option<Self> {
        (!self.is_root()).then(|| Self::new(self.config, self.data().parent))
    }

    /// The blocks around it, innermost first, the root last.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |directive| directive.parent())
    }

    /// The nearest block around it that has this name.
    pub fn enclosing(self, name: &str) -> Option<Self> {
        self.ancestors().find(|block| block.is(name))
    }

    /// The directives that stand directly in its body, in nginx's order, included ones among them.
    pub fn children(self) -> impl Iterator<Item = Self> + Clone {
        let end = self.data().subtree_end;
        let first = (self.index + 1 < end).then_some(self.index + 1);
        let next = move |index: &u32| Some(self.config.nodes[*index as usize].subtree_end).filter(|next| *next < end);
        std::iter::successors(first, next).map(move |index| Self::new(self.config, index))
    }

    /// The directives behind it in the same block.
    pub fn siblings_behind(self) -> impl Iterator<Item = Self> + Clone {
        let end = self.parent().map_or(0, |parent| parent.data().subtree_end);
        let next = move |index: u32| Some(self.config.nodes[index as usize].subtree_end).filter(|next| *next < end);
        std::iter::successors(next(self.index), move |index| next(*index))
            .map(move |index| Self::new(self.config, index))
    }

    /// Everything in its body, however deep.
    pub fn descendants(self) -> impl Iterator<Item = Self> + Clone {
        (self.index + 1..self.data().subtree_end).map(move |index| Self::new(self.config, index))
    }

    /// The last directive in its body, however deep; itself if there is none.
    pub fn last_inside(self) -> Self {
        Self::new(self.config, self.data().subtree_end - 1)
    }

    /// Does `other` stand somewhere in its body?
    pub fn contains(self, other: Self) -> bool {
        (self.index + 1..self.data().subtree_end).contains(&other.index)
    }

    /// The directives of this name that stand directly in its body.
    pub fn own(self, name: &str) -> impl DoubleEndedIterator<Item = Self> + Clone + use<'c> {
        self.config.own(self.index, name)
    }

    /// Does a directive of this name stand directly in its body?
    pub fn has(self, name: &str) -> bool {
        self.own(name).next().is_some()
    }

    /// May something that is not known stand directly in its body: an include that could not be followed, a placeholder?
    pub fn is_opaque(self) -> bool {
        self.config.opaque.binary_search(&self.index).is_ok() || (self.is_root() && self.config.outer == Outer::Unknown)
    }

    /// May something that is not known stand in its body or in one of the levels around it?
    pub fn is_opaque_upward(self) -> bool {
        self.is_opaque() || self.ancestors().any(Self::is_opaque)
    }
}

impl PartialEq for Directive<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && std::ptr::eq(self.config, other.config)
    }
}

impl Eq for Directive<'_> {}

impl std::fmt::Debug for Directive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let args: Vec<&str> = self.args().collect();
        write!(f, "{} {}", self.name(), args.join(" "))
    }
}
