//! All ways through a program at once, one byte after the other.
//!
//! What a way demands of the bytes to come (`$`, `\b`, a lookahead) goes with it until it is met or broken.

use std::cell::RefCell;

use foldhash::HashSet;

use super::budget::{Budget, Exhausted};
use super::program::{Program, Step, Watch};
use crate::pcre::lowered::Place;

/// The subject ends here.
const ENDS: u8 = 1;
/// The subject ends here, or with the line break that comes next.
const ENDS_LINE: u8 = 1 << 1;
/// The subject ends here, or a line break comes next.
const LINE_ENDS: u8 = 1 << 2;
/// A byte of a word comes next.
const WORD: u8 = 1 << 3;
/// None comes next.
const NO_WORD: u8 = 1 << 4;
/// The subject does not end here.
const GOES_ON: u8 = 1 << 5;
/// What is watched has taken a line break. Not a demand.
const SEEN: u8 = 1 << 6;

/// A way through the program, at a step that takes a byte or at an end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Thread {
    at: u32,
    rest: u8,
    duties: Vec<Duty>,
}

/// What must, or must not, match from an earlier place on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Duty {
    negative: bool,
    threads: Vec<Thread>,
}

/// All ways that are open, and the conditions on what stands in front that have begun.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct State {
    pub(super) threads: Vec<Thread>,
    behinds: Vec<Vec<Thread>>,
}

/// What is done with a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It may match anywhere in the subject.
    Search,
    /// It matches all of the subject.
    Whole,
}

/// The place that a way has come to.
struct Here<'p, 'b> {
    program: &'p Program,
    before: Option<u8>,
    behinds: Vec<Vec<Thread>>,
    budget: RefCell<&'b mut Budget>,
}

/// Where bytes are taken next, for one set of ways.
struct Closure<'h, 'p, 'b> {
    here: &'h Here<'p, 'b>,
    seen: HashSet<Thread>,
    open: Vec<Thread>,
    reached: Vec<Thread>,
}

/// The state in front of the first byte.
pub(super) fn first_state(program: &Program, mode: Mode, budget: &mut Budget) -> Result<State, Exhausted> {
    after(program, mode, &State::default(), None, budget)
}

/// The state behind a byte.
pub(super) fn next_state(
    program: &Program,
    mode: Mode,
    state: &State,
    byte: u8,
    budget: &mut Budget,
) -> Result<State, Exhausted> {
    after(program, mode, state, Some(byte), budget)
}

fn after(
    program: &Program,
    mode: Mode,
    state: &State,
    byte: Option<u8>,
    budget: &mut Budget,
) -> Result<State, Exhausted> {
    budget.spend(1 + state.threads.len() + state.behinds.iter().map(Vec::len).sum::<usize>())?;
    let mut here = Here { program, before: byte, behinds: Vec::new(), budget: RefCell::new(budget) };
    let taken = |old: &[Thread], stays: bool| -> Vec<Thread> {
        let take = |byte| old.iter().filter_map(move |thread| thread.take(program, byte, stays));
        byte.into_iter().flat_map(take).collect()
    };
    for (number, body) in program.behinds.iter().enumerate() {
        let mut threads = state.behinds.get(number).map(|old| taken(old, false)).unwrap_or_default();
        threads.push(Thread::at(*body));
        let reached = here.close(threads)?;
        here.behinds.push(reached);
    }
    let is_search = mode == Mode::Search;
    let mut threads = taken(&state.threads, is_search);
    if is_search || byte.is_none() {
        threads.push(Thread::at(program.start));
    }
    let threads = here.close(threads)?;
    Ok(match threads.iter().find(|thread| is_search && thread.is_done(program)) {
        // Whatever follows.
        Some(done) => State { threads: vec![done.clone()], behinds: Vec::new() },
        None => State { threads, behinds: here.behinds },
    })
}

impl State {
    /// Does the program match if the subject ends here?
    pub(super) fn accepts(&self, program: &Program) -> bool {
        self.threads.iter().any(|thread| thread.at as usize == program.end && thread.accepts(program))
    }

    /// Does it match whatever follows?
    pub(super) fn is_done(&self, program: &Program, mode: Mode) -> bool {
        mode == Mode::Search && self.threads.len() == 1 && self.threads[0].is_done(program)
    }
}

impl Thread {
    fn at(step: usize) -> Self {
        Self { at: u32::try_from(step).unwrap_or_default(), rest: 0, duties: Vec::new() }
    }

    fn step<'p>(&self, program: &'p Program) -> &'p Step {
        &program.steps[self.at as usize]
    }

    fn to(&self, step: usize) -> Self {
        Self { at: u32::try_from(step).unwrap_or_default(), rest: self.rest, duties: self.duties.clone() }
    }

    /// A measure of the work that it makes.
    fn weight(&self) -> usize {
        1 + self.duties.iter().flat_map(|duty| &duty.threads).map(Self::weight).sum::<usize>()
    }

    /// Is it at an end with nothing left to demand?
    fn is_met(&self, program: &Program) -> bool {
        matches!(self.step(program), Step::Match) && self.rest & !SEEN == 0 && self.duties.is_empty()
    }

    /// Is it at the end of the program with nothing left to demand?
    fn is_done(&self, program: &Program) -> bool {
        self.at as usize == program.end && self.is_met(program)
    }

    /// Is everything fine if the subject ends here?
    fn accepts(&self, program: &Program) -> bool {
        matches!(self.step(program), Step::Match)
            && self.rest & (WORD | GOES_ON) == 0
            && self.duties.iter().all(|duty| duty.negative != duty.threads.iter().any(|thread| thread.accepts(program)))
    }

    /// Where it is behind this byte; none if it cannot take it. `stays`: a match stays one.
    fn take(&self, program: &Program, byte: u8, stays: bool) -> Option<Self> {
        let mut rest = take_rest(self.rest, byte)?;
        let next = match self.step(program) {
            Step::Byte { set, next, is_watched } if set.contains(byte) => {
                rest |= if *is_watched && byte == b'\n' { SEEN } else { 0 };
                *next
            }
            Step::Match if stays => self.at as usize,
            _ => return None,
        };
        let mut taken = Self { at: u32::try_from(next).ok()?, rest, duties: Vec::new() };
        for duty in &self.duties {
            let threads = duty.threads.iter().filter_map(|thread| thread.take(program, byte, true)).collect();
            // The ways of a condition are closed with those of the program.
            taken.duties.push(Duty { negative: duty.negative, threads });
        }
        Some(taken)
    }
}

/// What is left to demand behind a byte; none if a demand is broken.
fn take_rest(rest: u8, byte: u8) -> Option<u8> {
    let (is_break, is_word) = (byte == b'\n', is_word(byte));
    let is_broken = rest & ENDS != 0
        || (rest & (ENDS_LINE | LINE_ENDS) != 0 && !is_break)
        || (rest & WORD != 0 && !is_word)
        || (rest & NO_WORD != 0 && is_word);
    let ends = if rest & ENDS_LINE != 0 { ENDS } else { 0 };
    (!is_broken).then_some((rest & SEEN) | ends)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Here<'_, '_> {
    /// The steps that take the next byte, and the ends.
    fn close(&self, threads: Vec<Thread>) -> Result<Vec<Thread>, Exhausted> {
        let mut closure = Closure { here: self, seen: HashSet::default(), open: Vec::new(), reached: Vec::new() };
        for thread in threads {
            // Behind a byte, the conditions that go on are not closed yet.
            if let Some(thread) = self.with_closed_duties(thread)? {
                closure.push(thread)?;
            }
        }
        while let Some(thread) = closure.open.pop() {
            closure.follow(thread)?;
        }
        closure.finish()
    }

    fn with_closed_duties(&self, mut thread: Thread) -> Result<Option<Thread>, Exhausted> {
        for duty in std::mem::take(&mut thread.duties) {
            if !self.oblige(&mut thread, duty.negative, self.close(duty.threads)?) {
                return Ok(None);
            }
        }
        Ok(Some(thread))
    }

    /// Adds a duty. False if it cannot be met.
    fn oblige(&self, thread: &mut Thread, negative: bool, threads: Vec<Thread>) -> bool {
        if threads.iter().any(|inner| inner.is_met(self.program)) {
            return !negative;
        }
        if threads.is_empty() {
            return negative;
        }
        let duty = Duty { negative, threads };
        if let Err(place) = thread.duties.binary_search(&duty) {
            thread.duties.insert(place, duty);
        }
        true
    }

    /// What must come next for the condition to hold here; none if it does not.
    fn demand(&self, place: Place) -> Option<u8> {
        let is_behind_word = self.before.is_some_and(is_word);
        let after_word = |other| if other == is_behind_word { NO_WORD } else { WORD };
        match place {
            Place::Start => self.before.is_none().then_some(0),
            Place::LineStart => match self.before {
                None => Some(0),
                Some(before) => (before == b'\n').then_some(GOES_ON),
            },
            Place::End => Some(ENDS),
            Place::EndOrNewline => Some(ENDS_LINE),
            Place::LineEnd => Some(LINE_ENDS),
            Place::WordBoundary => Some(after_word(true)),
            Place::NoWordBoundary => Some(after_word(false)),
            Place::WordStart => (!is_behind_word).then_some(WORD),
            Place::WordEnd => is_behind_word.then_some(NO_WORD),
        }
    }
}

impl Closure<'_, '_, '_> {
    fn push(&mut self, thread: Thread) -> Result<(), Exhausted> {
        self.here.budget.borrow_mut().spend(thread.weight())?;
        if self.seen.insert(thread.clone()) {
            self.open.push(thread);
        }
        Ok(())
    }

    fn follow(&mut self, mut thread: Thread) -> Result<(), Exhausted> {
        let program = self.here.program;
        match thread.step(program) {
            Step::Byte { .. } => self.reached.push(thread),
            Step::Match => {
                let is_unseen = program.watch != Watch::Nothing && thread.rest & SEEN == 0;
                if !is_unseen || thread.at as usize != program.end {
                    self.reached.push(thread);
                }
            }
            Step::Split(nexts) => nexts.iter().try_for_each(|next| self.push(thread.to(*next)))?,
            Step::Round { next, .. } => self.push(thread.to(*next))?,
            Step::Again { back, exit, .. } => {
                [back, exit].into_iter().try_for_each(|next| self.push(thread.to(*next)))?
            }
            Step::Save(slot, next) => {
                let is_opening = matches!(program.watch, Watch::Group(number) if *slot == 2 * number as usize);
                thread.rest &= if is_opening { !SEEN } else { u8::MAX };
                self.push(thread.to(*next))?;
            }
            Step::Place(place, next) => {
                if let Some(demand) = self.here.demand(*place) {
                    thread.rest |= demand;
                    let is_torn = thread.rest & (WORD | GOES_ON) != 0 && thread.rest & ENDS != 0;
                    if !is_torn {
                        self.push(thread.to(*next))?;
                    }
                }
            }
            Step::Look { negative, body, behind, next } => {
                let threads = match behind {
                    Some(number) => self.found_behind(*number),
                    None => self.here.close(vec![Thread::at(*body)])?,
                };
                if self.here.oblige(&mut thread, *negative, threads) {
                    self.push(thread.to(*next))?;
                }
            }
        }
        Ok(())
    }

    /// The ways through a condition on what stands in front that end here.
    fn found_behind(&self, number: usize) -> Vec<Thread> {
        let is_end = |thread: &&Thread| matches!(thread.step(self.here.program), Step::Match);
        self.here.behinds[number].iter().filter(is_end).cloned().collect()
    }

    /// The ways in order, without those that only demand more than another one at the same step.
    fn finish(mut self) -> Result<Vec<Thread>, Exhausted> {
        self.reached.sort_unstable();
        let mut kept: Vec<Thread> = Vec::new();
        for thread in self.reached {
            let is_less = |other: &Thread| {
                other.rest & !thread.rest == 0
                    && (other.rest ^ thread.rest) & SEEN == 0
                    && other.duties.iter().all(|duty| thread.duties.contains(duty))
            };
            let same = kept.iter().rev().take_while(|other| other.at == thread.at);
            self.here.budget.borrow_mut().spend(same.clone().count())?;
            if !same.clone().any(is_less) {
                kept.push(thread);
            }
        }
        Ok(kept)
    }
}
