//! Expressions as sets of texts: which texts match, compared byte by byte with those of other expressions.
//!
//! An [`Automaton`] is exact or is not built at all: back references, calls, conditions, atomic groups, possessive
//! quantifiers, verbs, properties and `(*UTF)` are [`Undecidable`]; anchors, word boundaries and lookarounds are followed.
//! The one exception is the automaton of a group, see [`Automaton::of_group`].
//!
//! Libraries at hand know neither PCRE's `$`, which also holds in front of a final line break, nor lookarounds, nor in
//! which ways a text can be matched; hence automata of our own.

mod alternatives;
mod budget;
mod classes;
mod lazy;
mod product;
mod program;
#[cfg(test)]
mod tests;
mod texts;
mod thread;
mod trace;

use super::ast::Pattern;
use super::lowered::{Piece, lower};
pub use alternatives::{Alternative, alternatives};
pub(super) use budget::{Budget, Exhausted};
pub(super) use classes::Classes;
pub(super) use lazy::{Lazy, StateId};
pub(super) use product::witnesses;
pub(super) use program::{Program, Step, Watch};
pub use texts::{Texts, texts_in};
use thread::Mode;
pub(super) use trace::trace;

/// What a question may cost.
const WORK: usize = 400_000;

/// The answer to the question whether there is a text of some kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// There is: this one, and none is shorter.
    Found(Vec<u8>),
    /// There is none.
    Nothing,
    /// That is not known, or too much to find out.
    Unknown,
}

/// Why an expression has no automaton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecidable {
    /// Between these offsets stands something that no automaton can do, or that is not modelled.
    Construct {
        /// Offset of its first byte.
        start: usize,
        /// Offset behind its last one.
        end: usize,
    },
    /// Something is in it that is not modelled: an atomic group, a possessive quantifier, or `(*UTF)`.
    Unmodelled,
    /// It is too large.
    TooLarge,
}

/// A set of texts.
#[derive(Debug, Clone)]
pub struct Automaton {
    program: Program,
    mode: Mode,
    is_exact: bool,
}

impl Automaton {
    /// The subjects in which the expression matches somewhere.
    pub fn new(pattern: &Pattern) -> Result<Self, Undecidable> {
        Self::watching(pattern, Watch::Nothing)
    }

    /// The subjects in which the expression matches so that what is watched takes a line break.
    pub(super) fn watching(pattern: &Pattern, watch: Watch) -> Result<Self, Undecidable> {
        if pattern.utf {
            return Err(Undecidable::Unmodelled);
        }
        Ok(Self { program: Program::new(&lower(pattern), watch)?, mode: Mode::Search, is_exact: true })
    }

    /// The texts that the group with this number can take, and perhaps some that it cannot: what stands around it is not
    /// looked at. None if there is no such group.
    pub fn of_group(pattern: &Pattern, number: u32) -> Option<Result<Self, Undecidable>> {
        if pattern.utf {
            return Some(Err(Undecidable::Unmodelled));
        }
        let mut bodies = Vec::new();
        bodies_of(&lower(pattern), number, &mut bodies);
        if bodies.is_empty() {
            return None;
        }
        let program = Program::new(&Piece::Choice(bodies), Watch::Nothing);
        Some(program.map(|program| Self { program, mode: Mode::Whole, is_exact: false }))
    }

    /// Is the text in the set? None if that is too much to find out.
    pub fn accepts(&self, text: &[u8]) -> Option<bool> {
        let mut budget = Budget(WORK);
        let mut state = thread::first_state(&self.program, self.mode, &mut budget).ok()?;
        for byte in text {
            state = thread::next_state(&self.program, self.mode, &state, *byte, &mut budget).ok()?;
        }
        Some(state.accepts(&self.program))
    }

    /// Does it consist of nothing but what it should? An automaton of a group may have more.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }
}

/// A shortest text that is in all of `within` and in none of `without`; among several, one that is easy on the eye.
///
/// With one automaton each this is inclusion: nothing is found where everything that `within` has is in `without`. With
/// several in `within`, it says whether they intersect.
pub fn text_in(within: &[&Automaton], without: &[&Automaton]) -> Search {
    let mut found = None;
    let outcome = witnesses(within, without, &mut |text| {
        found = Some(text);
        true
    });
    match (found, outcome) {
        (Some(text), _) if within.iter().all(|automaton| automaton.is_exact) => Search::Found(text),
        (None, Ok(())) if without.iter().all(|automaton| automaton.is_exact) => Search::Nothing,
        _ => Search::Unknown,
    }
}

/// What stands in the groups with this number, without the conditions on what is around.
fn bodies_of(piece: &Piece, number: u32, found: &mut Vec<Piece>) {
    match piece {
        Piece::Capture(this, body) if *this == number => found.push(without_places(body)),
        _ => piece.parts().iter().for_each(|part| bodies_of(part, number, found)),
    }
}

/// The piece with every condition taken for granted, which can but match more.
fn without_places(piece: &Piece) -> Piece {
    let all = |parts: &[Piece]| parts.iter().map(without_places).collect();
    match piece {
        Piece::Place(_) | Piece::Keep | Piece::Look { .. } => Piece::Sequence(Vec::new()),
        Piece::Sequence(parts) => Piece::Sequence(all(parts)),
        Piece::Choice(parts) => Piece::Choice(all(parts)),
        Piece::Repeat { piece, min, max, greed: _ } => Piece::Repeat {
            piece: Box::new(without_places(piece)),
            min: *min,
            max: *max,
            // Giving back what is never given back only makes more texts.
            greed: super::ast::Greed::Greedy,
        },
        Piece::Capture(_, piece) | Piece::Atomic(piece) => without_places(piece),
        Piece::Bytes(_) | Piece::Other { .. } => piece.clone(),
    }
}
