//! One subject, matched as PCRE does: the first way that works counts.

use super::program::{Program, Step};
use crate::pcre::lowered::Place;

/// More steps than this, and the outcome is not known.
const MAX_STEPS: usize = 20_000;

/// The start and the end of the whole match and of every group that has taken part.
pub(in crate::pcre) type Places = Vec<Option<usize>>;

/// A way that can be gone back to.
#[derive(Debug, Clone)]
struct Way {
    step: usize,
    at: usize,
    places: Places,
    /// Where the current round of each loop has begun.
    rounds: Vec<usize>,
}

/// Matches the program of an expression. The outer `None` says that it is not known, the inner one that
/// there is no match.
pub(in crate::pcre) fn trace(program: &Program, subject: &[u8]) -> Option<Option<Places>> {
    let mut left = MAX_STEPS;
    for start in 0..=subject.len() {
        let first =
            Way { step: program.start, at: start, places: vec![None; program.slots], rounds: vec![0; program.loops] };
        if let Some(places) = from(program, subject, first, None, &mut left)? {
            return Some(Some(places));
        }
    }
    Some(None)
}

/// The first way that leads to an end; `until`, where that end has to be.
fn from(
    program: &Program,
    subject: &[u8],
    first: Way,
    until: Option<usize>,
    left: &mut usize,
) -> Option<Option<Places>> {
    let mut open = vec![first];
    while let Some(mut way) = open.pop() {
        *left = left.checked_sub(1)?;
        match &program.steps[way.step] {
            Step::Match if until.is_some_and(|until| until != way.at) => {}
            Step::Match => return Some(Some(way.places)),
            Step::Byte { set, next, .. } => {
                if subject.get(way.at).is_some_and(|byte| set.contains(*byte)) {
                    (way.step, way.at) = (*next, way.at + 1);
                    open.push(way);
                }
            }
            Step::Split(nexts) => {
                open.extend(nexts.iter().rev().map(|next| Way { step: *next, ..way.clone() }));
            }
            Step::Place(place, next) => {
                if holds(*place, subject, way.at) {
                    way.step = *next;
                    open.push(way);
                }
            }
            Step::Save(slot, next) => {
                way.places[*slot] = Some(way.at);
                way.step = *next;
                open.push(way);
            }
            Step::Round { number, next } => {
                way.rounds[*number] = way.at;
                way.step = *next;
                open.push(way);
            }
            Step::Again { number, back, exit } => {
                way.step = if way.rounds[*number] == way.at { *exit } else { *back };
                open.push(way);
            }
            Step::Look { negative, body, behind, next } => {
                let found = look(program, subject, &way, *body, behind.is_some(), left)?;
                if found.is_some() != *negative {
                    way.places = found.unwrap_or(way.places);
                    way.step = *next;
                    open.push(way);
                }
            }
        }
    }
    Some(None)
}

/// The groups of a condition, if it finds anything that begins at this place, or that ends here if it looks behind.
fn look(
    program: &Program,
    subject: &[u8],
    way: &Way,
    body: usize,
    is_behind: bool,
    left: &mut usize,
) -> Option<Option<Places>> {
    let (starts, until) = if is_behind { (0..=way.at, Some(way.at)) } else { (way.at..=way.at, None) };
    for at in starts {
        if let Some(places) = from(program, subject, Way { step: body, at, ..way.clone() }, until, left)? {
            return Some(Some(places));
        }
    }
    Some(None)
}

fn holds(place: Place, subject: &[u8], at: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = is_word(at.checked_sub(1).and_then(|at| subject.get(at)));
    let behind = is_word(subject.get(at));
    let rest = &subject[at..];
    match place {
        Place::Start => at == 0,
        Place::LineStart => at == 0 || (subject[at - 1] == b'\n' && !rest.is_empty()),
        Place::End => rest.is_empty(),
        Place::EndOrNewline => matches!(rest, [] | [b'\n']),
        Place::LineEnd => matches!(rest, [] | [b'\n', ..]),
        Place::WordBoundary => before != behind,
        Place::NoWordBoundary => before == behind,
        Place::WordStart => !before && behind,
        Place::WordEnd => before && !behind,
    }
}
