//! An expression as a list of steps, in the order in which PCRE tries them.

use super::Undecidable;
use crate::pcre::ast::Greed;
use crate::pcre::lowered::{ByteSet, Piece, Place};

/// A longer program is not looked into.
const MAX_STEPS: usize = 2_000;
/// Deeper pieces than this are not looked into, either.
const MAX_DEPTH: usize = 300;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pcre) enum Step {
    /// Takes a byte and goes on. `is_watched`: it is part of what [`Watch`] looks at.
    Byte { set: ByteSet, next: usize, is_watched: bool },
    /// Goes on at any of these, the first one first.
    Split(Vec<usize>),
    /// Goes on where the condition holds.
    Place(Place, usize),
    /// Remembers the place in this slot: two for every group, and those of the whole match first.
    Save(usize, usize),
    /// Goes on if the program from `body` on matches from here on; or, if it is about what stands in front, if that program
    /// (with this number) has found something that ends here.
    Look { negative: bool, body: usize, behind: Option<usize>, next: usize },
    /// The beginning of a round of a loop.
    Round { number: usize, next: usize },
    /// The end of a round: back to the start, which is one of these, or on, if the round has taken nothing.
    Again { number: usize, back: usize, exit: usize },
    /// The end, of the program or of a condition.
    Match,
}

/// Which bytes of a match are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pcre) enum Watch {
    /// None of them.
    Nothing,
    /// Those of the whole match.
    All,
    /// Those in the group with this number.
    Group(u32),
}

/// The steps of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pcre) struct Program {
    pub(in crate::pcre) steps: Vec<Step>,
    pub(in crate::pcre) start: usize,
    /// Where a match is complete.
    pub(in crate::pcre) end: usize,
    /// Where the conditions on what stands in front begin, inner ones first.
    pub(in crate::pcre) behinds: Vec<usize>,
    pub(in crate::pcre) watch: Watch,
    pub(in crate::pcre) loops: usize,
    pub(in crate::pcre) slots: usize,
}

struct Compiler {
    program: Program,
    depth: usize,
    /// How many conditions are around.
    looks: usize,
    /// How many watched groups are around.
    watched: usize,
}

impl Program {
    pub(in crate::pcre) fn new(piece: &Piece, watch: Watch) -> Result<Self, Undecidable> {
        let program =
            Self { steps: vec![Step::Match], start: 0, end: 0, behinds: Vec::new(), watch, loops: 0, slots: 2 };
        let watched = usize::from(watch == Watch::All);
        let mut compiler = Compiler { program, depth: 0, looks: 0, watched };
        let close = compiler.add(Step::Save(1, 0))?;
        let inner = compiler.piece(piece, close)?;
        compiler.program.start = compiler.add(Step::Save(0, inner))?;
        Ok(compiler.program)
    }
}

/// Everything is built from its end on, so that each step knows where to go on.
impl Compiler {
    fn add(&mut self, step: Step) -> Result<usize, Undecidable> {
        if self.program.steps.len() >= MAX_STEPS {
            return Err(Undecidable::TooLarge);
        }
        self.program.steps.push(step);
        Ok(self.program.steps.len() - 1)
    }

    /// The steps of a piece; gives the first one.
    fn piece(&mut self, piece: &Piece, next: usize) -> Result<usize, Undecidable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Undecidable::TooLarge);
        }
        let first = self.steps_of(piece, next)?;
        self.depth -= 1;
        Ok(first)
    }

    fn steps_of(&mut self, piece: &Piece, next: usize) -> Result<usize, Undecidable> {
        match piece {
            Piece::Bytes(set) => {
                let is_watched = self.watched > 0 && self.looks == 0;
                self.add(Step::Byte { set: *set, next, is_watched })
            }
            Piece::Place(place) => self.add(Step::Place(*place, next)),
            Piece::Keep if self.looks > 0 => Err(Undecidable::Unmodelled),
            Piece::Keep => self.add(Step::Save(0, next)),
            Piece::Sequence(parts) => parts.iter().rev().try_fold(next, |next, part| self.piece(part, next)),
            Piece::Choice(parts) => {
                let firsts = parts.iter().map(|part| self.piece(part, next)).collect::<Result<_, _>>()?;
                self.add(Step::Split(firsts))
            }
            Piece::Repeat { greed: Greed::Possessive, .. } | Piece::Atomic(_) => Err(Undecidable::Unmodelled),
            Piece::Repeat { piece, min, max, greed } => self.repeat(piece, *min, *max, *greed == Greed::Lazy, next),
            Piece::Capture(number, piece) => self.capture(*number, piece, next),
            Piece::Look { behind, negative, piece } => self.look(*behind, *negative, piece, next),
            Piece::Other { start, end } => Err(Undecidable::Construct { start: *start, end: *end }),
        }
    }

    fn repeat(
        &mut self,
        piece: &Piece,
        min: u32,
        max: Option<u32>,
        is_lazy: bool,
        next: usize,
    ) -> Result<usize, Undecidable> {
        let mut first = match max {
            None => self.unlimited(piece, is_lazy, next)?,
            Some(max) => {
                let mut first = next;
                for _ in min..max {
                    let more = self.piece(piece, first)?;
                    first = self.add(Step::Split(if is_lazy { vec![next, more] } else { vec![more, next] }))?;
                }
                first
            }
        };
        for _ in 0..min {
            first = self.piece(piece, first)?;
        }
        Ok(first)
    }

    fn unlimited(&mut self, piece: &Piece, is_lazy: bool, next: usize) -> Result<usize, Undecidable> {
        let back = self.add(Step::Match)?;
        let split = |first| Step::Split(if is_lazy { vec![next, first] } else { vec![first, next] });
        if !piece.may_be_empty() {
            let first = self.piece(piece, back)?;
            self.program.steps[back] = split(first);
            return Ok(back);
        }
        let number = self.program.loops;
        self.program.loops += 1;
        let again = self.add(Step::Again { number, back, exit: next })?;
        let first = self.piece(piece, again)?;
        let round = self.add(Step::Round { number, next: first })?;
        self.program.steps[back] = split(round);
        Ok(back)
    }

    fn capture(&mut self, number: u32, piece: &Piece, next: usize) -> Result<usize, Undecidable> {
        let is_watched = self.program.watch == Watch::Group(number);
        if is_watched && self.looks > 0 {
            return Err(Undecidable::Unmodelled);
        }
        self.watched += usize::from(is_watched);
        let slot = 2 * number as usize;
        self.program.slots = self.program.slots.max(slot + 2);
        let close = self.add(Step::Save(slot + 1, next))?;
        let inner = self.piece(piece, close)?;
        self.watched -= usize::from(is_watched);
        self.add(Step::Save(slot, inner))
    }

    fn look(&mut self, behind: bool, negative: bool, piece: &Piece, next: usize) -> Result<usize, Undecidable> {
        self.looks += 1;
        let end = self.add(Step::Match)?;
        let body = self.piece(piece, end)?;
        self.looks -= 1;
        let behind = behind.then(|| {
            self.program.behinds.push(body);
            self.program.behinds.len() - 1
        });
        self.add(Step::Look { negative, body, behind, next })
    }
}
