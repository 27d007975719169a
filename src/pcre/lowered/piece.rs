//! The tree without flags, names and spellings.

use super::bytes::ByteSet;
use super::sets;
use crate::pcre::ast::{Anchor, Branch, Flags, Greed, GroupKind, Kind, Node, Pattern};

/// Settings and verbs that change nothing about what is matched.
const HARMLESS: &[&str] =
    &["NO_AUTO_POSSESS", "NO_DOTSTAR_ANCHOR", "NO_JIT", "NO_START_OPT", "BSR_ANYCRLF", "BSR_UNICODE", "UTF", "UTF8"];

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pcre) enum Piece {
    /// One of these bytes.
    Bytes(ByteSet),
    /// A condition on the place between two bytes.
    Place(Place),
    /// `\K`
    Keep,
    /// One behind the other; nothing at all if there is none.
    Sequence(Vec<Self>),
    /// One of these, tried in this order.
    Choice(Vec<Self>),
    /// Again and again.
    Repeat { piece: Box<Self>, min: u32, max: Option<u32>, greed: Greed },
    /// What gets into the group with this number.
    Capture(u32, Box<Self>),
    /// `(?>…)`
    Atomic(Box<Self>),
    /// A condition on what stands in front or behind.
    Look { behind: bool, negative: bool, piece: Box<Self> },
    /// Between these offsets stands something that is not looked into.
    Other { start: usize, end: usize },
}

/// A condition on the place between two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pcre) enum Place {
    /// The start of the subject.
    Start,
    /// The start of the subject, or behind a line break that is not its last byte.
    LineStart,
    /// The end of the subject.
    End,
    /// The end of the subject, or in front of its last byte if this is a line break.
    EndOrNewline,
    /// The end of the subject, or in front of a line break.
    LineEnd,
    /// Between a letter and something else.
    WordBoundary,
    /// Anywhere else.
    NoWordBoundary,
    /// In front of a word.
    WordStart,
    /// Behind a word.
    WordEnd,
}

/// The flags that change what is matched.
#[derive(Debug, Clone, Copy)]
struct Modes {
    caseless: bool,
    multiline: bool,
    dotall: bool,
    ungreedy: bool,
}

/// The expression without its flags.
pub(in crate::pcre) fn lower(pattern: &Pattern) -> Piece {
    let modes = Modes { caseless: pattern.caseless, multiline: false, dotall: false, ungreedy: false };
    choice(&pattern.branches, modes)
}

fn choice(branches: &[Branch], mut modes: Modes) -> Piece {
    let mut choices = Vec::new();
    for branch in branches {
        let mut sequence = Vec::new();
        for node in branch {
            match &node.kind {
                // They hold to the end of the group, in the alternatives behind as well.
                Kind::Flags(flags) => modes = modes.with(flags),
                Kind::Callout | Kind::Comment => {}
                Kind::Verb(name) if HARMLESS.contains(&name.as_str()) => {}
                _ => sequence.push(of_node(node, modes)),
            }
        }
        choices.push(one_or(sequence, Piece::Sequence));
    }
    one_or(choices, Piece::Choice)
}

/// The only element, or all of them together.
fn one_or(mut pieces: Vec<Piece>, several: impl Fn(Vec<Piece>) -> Piece) -> Piece {
    if pieces.len() == 1 { pieces.remove(0) } else { several(pieces) }
}

fn of_node(node: &Node, modes: Modes) -> Piece {
    let other = Piece::Other { start: node.start, end: node.end };
    match &node.kind {
        Kind::Literal(code) => Piece::Bytes(sets::of_range(*code, *code, modes.caseless)),
        Kind::Dot if modes.dotall => Piece::Bytes(ByteSet::ALL),
        Kind::Dot => Piece::Bytes(ByteSet::byte(b'\n').complement()),
        Kind::Class(class) => sets::of_class(class, modes.caseless).map_or(other, Piece::Bytes),
        Kind::Shorthand('R') => line_break(),
        Kind::Shorthand(letter) => sets::of_shorthand(*letter).map_or(other, Piece::Bytes),
        Kind::Anchor(anchor) => Piece::Place(place(*anchor, modes.multiline)),
        Kind::Keep => Piece::Keep,
        Kind::Group(kind, branches) => group(kind, branches, modes).unwrap_or(other),
        Kind::Repeat { node, min, max, greed } => {
            let greed = match greed {
                Greed::Greedy if modes.ungreedy => Greed::Lazy,
                Greed::Lazy if modes.ungreedy => Greed::Greedy,
                greed => *greed,
            };
            Piece::Repeat { piece: Box::new(of_node(node, modes)), min: *min, max: *max, greed }
        }
        _ => other,
    }
}

fn group(kind: &GroupKind, branches: &[Branch], modes: Modes) -> Option<Piece> {
    let inside = |modes| Box::new(choice(branches, modes));
    Some(match kind {
        GroupKind::Capture { number, .. } => Piece::Capture(*number, inside(modes)),
        GroupKind::Plain(flags) => *inside(modes.with(flags)),
        GroupKind::BranchReset => *inside(modes),
        GroupKind::Atomic => Piece::Atomic(inside(modes)),
        GroupKind::Look { behind, negative } => {
            Piece::Look { behind: *behind, negative: *negative, piece: inside(modes) }
        }
        GroupKind::Conditional(_) | GroupKind::ScriptRun => return None,
    })
}

fn place(anchor: Anchor, multiline: bool) -> Place {
    match anchor {
        Anchor::Caret if multiline => Place::LineStart,
        Anchor::Dollar if multiline => Place::LineEnd,
        // nginx always begins at the start.
        Anchor::Caret | Anchor::Start | Anchor::MatchStart => Place::Start,
        Anchor::Dollar | Anchor::EndOrNewline => Place::EndOrNewline,
        Anchor::End => Place::End,
        Anchor::WordBoundary => Place::WordBoundary,
        Anchor::NoWordBoundary => Place::NoWordBoundary,
        Anchor::WordStart => Place::WordStart,
        Anchor::WordEnd => Place::WordEnd,
    }
}

/// `\R`
fn line_break() -> Piece {
    let byte = |byte| Piece::Bytes(ByteSet::byte(byte));
    let single = Piece::Bytes(sets::of_shorthand('v').unwrap_or_default());
    Piece::Atomic(Box::new(Piece::Choice(vec![Piece::Sequence(vec![byte(b'\r'), byte(b'\n')]), single])))
}

impl Modes {
    fn with(mut self, flags: &Flags) -> Self {
        if flags.reset {
            self = Self { caseless: false, multiline: false, dotall: false, ..self };
        }
        for (letters, on) in [(&flags.on, true), (&flags.off, false)] {
            for letter in letters.chars() {
                match letter {
                    'i' => self.caseless = on,
                    'm' => self.multiline = on,
                    's' => self.dotall = on,
                    'U' => self.ungreedy = on,
                    _ => {}
                }
            }
        }
        self
    }
}

impl Piece {
    /// The parts that it consists of.
    pub(in crate::pcre) fn parts(&self) -> &[Self] {
        match self {
            Self::Sequence(parts) | Self::Choice(parts) => parts,
            Self::Repeat { piece, .. } | Self::Capture(_, piece) | Self::Atomic(piece) | Self::Look { piece, .. } => {
                std::slice::from_ref(piece)
            }
            Self::Bytes(_) | Self::Place(_) | Self::Keep | Self::Other { .. } => &[],
        }
    }

    /// Is this true of it or of something in it?
    pub(in crate::pcre) fn has(&self, is_wanted: &dyn Fn(&Self) -> bool) -> bool {
        is_wanted(self) || self.parts().iter().any(|part| part.has(is_wanted))
    }

    /// Can it match without taking a byte? True if that is not known.
    pub(in crate::pcre) fn may_be_empty(&self) -> bool {
        match self {
            Self::Bytes(_) => false,
            Self::Sequence(parts) => parts.iter().all(Self::may_be_empty),
            Self::Choice(parts) => parts.iter().any(Self::may_be_empty),
            Self::Repeat { piece, min, .. } => *min == 0 || piece.may_be_empty(),
            Self::Capture(_, piece) | Self::Atomic(piece) => piece.may_be_empty(),
            Self::Place(_) | Self::Keep | Self::Look { .. } | Self::Other { .. } => true,
        }
    }
}
