//! The tree of an expression. Every node knows its bytes in the text.

use super::error::Error;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The alternatives at its outermost level; at least one.
    pub branches: Vec<Branch>,
    /// Does the modifier ask to ignore letter case? `(?i)` inside stands in the tree.
    pub caseless: bool,
    /// Does it begin with `(*UTF)`, so that literals are code points rather than bytes?
    pub utf: bool,
    /// The capturing groups, in the order of their opening parentheses.
    pub groups: Vec<GroupInfo>,
    /// The highest number of a group.
    pub group_count: u32,
    /// What PCRE2 refuses and PCRE1 takes, in the order of the text.
    pub doubts: Vec<Error>,
}

/// What one alternative consists of, in the order of the text. Marks such as `\E` are no nodes.
pub type Branch = Vec<Node>;

/// A capturing group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInfo {
    /// The number by which it is referred to; in `(?|…)` several groups can have the same one.
    pub number: u32,
    /// Its name.
    pub name: Option<String>,
    /// Offset of its opening parenthesis.
    pub start: usize,
    /// Offset behind what opens it: behind `(` or `(?<name>`.
    pub opened: usize,
}

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One byte (one code point with `(*UTF)`), plain or escaped.
    Literal(u32),
    /// `.`
    Dot,
    /// `[…]`
    Class(Class),
    /// `\d \D \s \S \w \W \h \H \v \V \N \R \X \C`, by its letter.
    Shorthand(char),
    /// `\p{…}`, or `\P{…}` if negated.
    Property {
        /// Does it stand for everything else?
        negated: bool,
        /// The name as written.
        name: String,
    },
    /// A place rather than a character.
    Anchor(Anchor),
    /// `\K`: the match begins here.
    Keep,
    /// Anything in parentheses that has a body. The alternatives of a condition follow the condition; where that is an
    /// assertion, it is the first node of the first alternative.
    Group(GroupKind, Vec<Branch>),
    /// `\1`, `\k<name>`: the text that a group has matched.
    BackReference(Reference),
    /// `(?1)`, `(?&name)`, `(?R)` (which is number 0): the group's expression again.
    Call(Reference),
    /// A node that is repeated.
    Repeat {
        /// What is repeated.
        node: Box<Node>,
        /// At least so often.
        min: u32,
        /// At most so often; none if there is no limit.
        max: Option<u32>,
        /// How it is tried.
        greed: Greed,
    },
    /// `(?i)`: flags for the rest of the group.
    Flags(Flags),
    /// `(?C1)`
    Callout,
    /// `(*COMMIT)` and its like, and the settings at the start: `(*UTF)`.
    Verb(String),
    /// `(?#…)`
    Comment,
    /// A construct that is not looked into; nothing is known about it.
    Opaque,
}

/// How a repetition is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greed {
    /// `*`: as often as possible first.
    Greedy,
    /// `*?`: as seldom as possible first.
    Lazy,
    /// `*+`: as often as possible, and nothing is given back.
    Possessive,
}

/// A place in the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// `^`
    Caret,
    /// `$`: the end, or in front of a line break at the end.
    Dollar,
    /// `\A`
    Start,
    /// `\z`
    End,
    /// `\Z`
    EndOrNewline,
    /// `\G`
    MatchStart,
    /// `\b`
    WordBoundary,
    /// `\B`
    NoWordBoundary,
    /// `[[:<:]]`
    WordStart,
    /// `[[:>:]]`
    WordEnd,
}

/// What the parentheses are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupKind {
    /// `(…)`, `(?<name>…)`
    Capture {
        /// Its number.
        number: u32,
        /// Its name.
        name: Option<String>,
    },
    /// `(?:…)`, `(?i:…)`, and `(…)` after `(?n)`
    Plain(Flags),
    /// `(?|…)`: every alternative counts its groups anew.
    BranchReset,
    /// `(?>…)`
    Atomic,
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`
    Look {
        /// Does it look backwards?
        behind: bool,
        /// Must it not match?
        negative: bool,
    },
    /// `(?(condition)…|…)`
    Conditional(Condition),
    /// `(*script_run:…)`
    ScriptRun,
}

/// What a conditional group asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// An assertion, the first node of the first alternative (behind a callout at most).
    Assertion,
    /// Has this group matched?
    Group(Reference),
    /// Is this a call of the expression, or of this one of its groups?
    Recursion(Option<Reference>),
    /// Never: it only defines groups.
    Define,
    /// A release of PCRE2.
    Version,
}

/// A group that is referred to. Relative numbers are absolute here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// By its number.
    Number(u32),
    /// By its name.
    Name(String),
}

/// Letters of flags: `(?^i-s:…)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// Is everything switched off first (`^`)?
    pub reset: bool,
    /// These are switched on.
    pub on: String,
    /// These are switched off.
    pub off: String,
}

/// A set of characters in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Does it stand for everything else?
    pub negated: bool,
    /// Its members.
    pub items: Vec<ClassItem>,
}

/// A part of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassItem {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// What it is.
    pub kind: ClassKind,
}

/// What a part of a set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassKind {
    /// One byte (one code point with `(*UTF)`).
    Literal(u32),
    /// `a-z`
    Range(u32, u32),
    /// `\d` and its like, by its letter.
    Shorthand(char),
    /// `[:alpha:]`
    Posix {
        /// Does it stand for everything else: `[:^alpha:]`?
        negated: bool,
        /// Its name.
        name: String,
    },
    /// `\p{…}`, or `\P{…}` if negated.
    Property {
        /// Does it stand for everything else?
        negated: bool,
        /// The name as written.
        name: String,
    },
}

impl Pattern {
    /// The named groups, with their numbers.
    pub fn group_names(&self) -> impl Iterator<Item = (u32, &str)> {
        self.groups.iter().filter_map(|group| Some((group.number, group.name.as_deref()?)))
    }

    /// Is there anything that was not looked into?
    pub fn is_opaque(&self) -> bool {
        let mut found = false;
        self.visit(&mut |node| found |= node.kind == Kind::Opaque);
        found
    }

    /// Calls `see` with every node in the order of the text, outer ones first.
    pub fn visit<'p>(&'p self, see: &mut dyn FnMut(&'p Node)) {
        self.branches.iter().flatten().for_each(|node| node.visit(see));
    }
}

impl Node {
    /// Calls `see` with this node and with every node in it.
    pub fn visit<'p>(&'p self, see: &mut dyn FnMut(&'p Self)) {
        see(self);
        match &self.kind {
            Kind::Group(_, branches) => branches.iter().flatten().for_each(|node| node.visit(see)),
            Kind::Repeat { node, .. } => node.visit(see),
            _ => {}
        }
    }
}
