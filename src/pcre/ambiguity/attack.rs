//! Texts on which an expression takes long to fail.

use std::collections::VecDeque;

use foldhash::HashSet;

use crate::pcre::automaton::{Automaton, Budget, Classes, Lazy, StateId};
use crate::pcre::lowered::{ByteSet, Piece};

/// What may be spent on the search for an end.
const WORK: usize = 200_000;
/// So often everything is repeated while the end is looked for.
const SAMPLE: usize = 12;
/// The end is tried behind as many repetitions as this.
const TRIED: usize = 30;

/// Texts that do not match, and that get costlier with every repetition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attack {
    /// Fixed texts, each followed by one that is repeated.
    pub pumps: Vec<(Vec<u8>, Vec<u8>)>,
    /// The end, which makes the match fail.
    pub suffix: Vec<u8>,
}

impl Attack {
    /// The text with everything repeated so often.
    pub fn text(&self, times: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for (fixed, pump) in &self.pumps {
            text.extend(fixed);
            text.extend(pump.repeat(times));
        }
        text.extend(&self.suffix);
        text
    }

    /// With an end that makes the match fail; none if none is found.
    pub(super) fn completed(mut self, piece: &Piece, automaton: &Automaton, alphabet: ByteSet) -> Option<Self> {
        let classes = Classes::of(std::iter::once(automaton.program())).within(alphabet);
        let required = last_required(piece).unwrap_or_default();
        // PCRE gives up at once where the last byte that every match needs does not follow.
        let is_there = |text: &[u8]| required.is_empty() || text.iter().any(|byte| required.contains(*byte));
        let mut budget = Budget(WORK);
        let mut lazy = Lazy::new(automaton, &mut budget).ok()?;
        let mut state: StateId = 0;
        for byte in &self.text(SAMPLE) {
            state = lazy.next(state, classes.of_byte(*byte)?, &classes, &mut budget).ok()?;
        }
        let is_there = self.pumps.last().is_some_and(|(_, pump)| is_there(pump));
        let mut seen = HashSet::from_iter([(state, is_there)]);
        let mut open = VecDeque::from([(state, is_there, Vec::new())]);
        while let Some((state, is_there, suffix)) = open.pop_front() {
            if is_there && !lazy.accepts(state) && self.fails_with(&suffix, automaton) {
                self.suffix = suffix;
                return Some(self);
            }
            for class in 0..classes.len() {
                let next = lazy.next(state, class, &classes, &mut budget).ok()?;
                let byte = classes.example(class);
                let is_there = is_there || required.contains(byte);
                if !lazy.is_done(next) && seen.insert((next, is_there)) {
                    open.push_back((next, is_there, suffix.iter().copied().chain([byte]).collect()));
                }
            }
        }
        None
    }

    /// Does no number of repetitions match with this end?
    fn fails_with(&self, suffix: &[u8], automaton: &Automaton) -> bool {
        let whole = Self { pumps: self.pumps.clone(), suffix: suffix.to_vec() };
        (1..=TRIED).step_by(3).all(|times| automaton.accepts(&whole.text(times)) == Some(false))
    }
}

/// The last byte that every match has, in either case.
fn last_required(piece: &Piece) -> Option<ByteSet> {
    match piece {
        Piece::Bytes(set) => {
            let mut bytes = set.iter();
            let first = bytes.next()?;
            let is_letter = bytes.all(|byte| byte.eq_ignore_ascii_case(&first));
            is_letter.then_some(*set)
        }
        Piece::Sequence(parts) => parts.iter().rev().find_map(last_required),
        Piece::Choice(parts) => {
            let last = last_required(parts.first()?)?;
            parts.iter().all(|part| last_required(part) == Some(last)).then_some(last)
        }
        Piece::Repeat { piece, min: 1.., .. } | Piece::Capture(_, piece) => last_required(piece),
        _ => None,
    }
}
