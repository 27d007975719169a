//! The tree of one text: flat vectors in source order, so that building, walking and dropping it need no recursion.

/// The number of a node within its tree; nodes are numbered in source order.
pub type NodeId = u32;

/// One directive, simple or block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The enclosing block, if any.
    pub parent: Option<NodeId>,
    /// Behind the last node of this node's body; the next node after it.
    pub subtree_end: NodeId,
    /// The first of its words in the tree's words.
    pub first_word: u32,
    /// How many words it has, its name included; 0 for a block without a name (an error).
    pub word_count: u32,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind its `;` or `}`, or behind the last word where that is missing.
    pub end: u32,
    /// How it ends.
    pub terminator: Terminator,
}

/// How a directive ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminator {
    /// With a `;` at this offset.
    Semicolon(u32),
    /// With a body; offsets of its braces, the closing one missing if the text ends inside.
    Block {
        /// Offset of `{`.
        open: u32,
        /// Offset of `}`.
        close: Option<u32>,
    },
    /// Not at all: the semicolon is missing.
    Missing,
    /// A template's placeholder alone on its line, or a tag between directives: any number of directives may come out of it.
    Placeholder,
}

/// A tag of a template language in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
    /// How it is read.
    pub kind: TagKind,
}

/// How a [`Tag`] is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// As a part of a word; alone on its line, it may be any directives.
    Value,
    /// In front of a directive, as something of its own, from which any directives may come; elsewhere like a value.
    Statement,
    /// Between directives, as the head of a block and its brace: what it defines is used elsewhere.
    Open,
    /// As the brace that ends such a block.
    Close,
    /// As blanks where words end, else like a value.
    Nothing,
}

/// One word of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Offset of the first byte, an opening quote not included.
    pub start: u32,
    /// Offset behind the last byte, a closing quote not included.
    pub end: u32,
    /// The quote that encloses it.
    pub quote: Option<u8>,
    /// Does its value differ from its text?
    pub(super) has_value: bool,
    /// Is there a dollar in its text or in its value?
    pub has_dollar: bool,
}

/// A text that words are cut out of.
#[derive(Debug, Clone, Copy)]
pub enum Text<'t> {
    /// Known to be UTF-8, so that its words need not be looked at again.
    Whole(&'t str),
    /// Perhaps not.
    Bytes(&'t [u8]),
}

impl<'t> Text<'t> {
    fn word(self, Word { start, end, .. }: Word) -> &'t str {
        match self {
            Self::Whole(text) => text.get(start as usize..end as usize),
            Self::Bytes(text) => std::str::from_utf8(&text[start as usize..end as usize]).ok(),
        }
        .unwrap_or_default()
    }
}

impl<'t, T: AsRef<[u8]> + ?Sized> From<&'t T> for Text<'t> {
    fn from(text: &'t T) -> Self {
        Self::Bytes(text.as_ref())
    }
}

/// A parsed text, without the text.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) words: Vec<Word>,
    /// Values of words that differ from their text (escapes, bytes that are not UTF-8), sorted by word.
    pub(super) values: Vec<(u32, Box<str>)>,
    pub(super) comments: Vec<(u32, u32)>,
    pub(super) errors: Vec<super::SyntaxError>,
    pub(super) is_uncertain: bool,
}

impl Tree {
    /// All directives in source order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One directive.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The words of a directive, its name first.
    pub fn words(&self, id: NodeId) -> &[Word] {
        let node = self.node(id);
        &self.words[node.first_word as usize..(node.first_word + node.word_count) as usize]
    }

    /// What nginx makes of a word: unescaped, without quotes; U+FFFD for what is not UTF-8. `text` is the tree's text.
    pub fn value<'t>(&'t self, text: impl Into<Text<'t>>, id: NodeId, index: usize) -> Option<&'t str> {
        let node = self.node(id);
        if index >= node.word_count as usize {
            return None;
        }
        let number = node.first_word + index as u32;
        let word = self.words[number as usize];
        if word.has_value
            && let Ok(found) = self.values.binary_search_by_key(&number, |(number, _)| *number)
        {
            return Some(&self.values[found].1);
        }
        Some(text.into().word(word))
    }

    /// The comments, `#` included, as offsets in source order.
    pub fn comments(&self) -> &[(u32, u32)] {
        &self.comments
    }

    /// What is wrong with the text, in source order of the places that nginx would name.
    pub fn errors(&self) -> &[super::SyntaxError] {
        &self.errors
    }

    /// Keeps those errors only that are the text's own, and not those that its tags cause.
    pub fn retain_errors(&mut self, is_certain: impl FnMut(&super::SyntaxError) -> bool) {
        let before = self.errors.len();
        self.errors.retain(is_certain);
        self.is_uncertain |= self.errors.len() < before;
    }

    /// Were there errors that the tags of a template may have caused? Then nobody knows which blocks there are.
    pub fn is_uncertain(&self) -> bool {
        self.is_uncertain
    }
}
