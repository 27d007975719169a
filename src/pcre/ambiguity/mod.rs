//! What it costs PCRE to find out that an expression does not match: in how many ways one text can be begun to match.
//!
//! PCRE goes back and tries the next way until none is left, so on a text that does not match, every way counts. Their
//! number grows with the length of the text: not at all, as a power, or exponentially (Weber and Seidl, "On the degree of
//! ambiguity of finite automata", 1991). Two different circles through the same place that take the same text mean the
//! latter; a circle, and another one behind it, that share a text with the way between them mean one power more.
//!
//! Nothing is claimed without an [`Attack`], and none where the end of the attack would let the match succeed. Counted
//! repetitions (`{1,50}`) are limited, however large their number; so they add no power, and nested ones are not known.

mod attack;
mod exponential;
mod graph;
mod polynomial;
#[cfg(test)]
mod tests;

use super::ast::Pattern;
use super::automaton::{Automaton, Budget};
use super::lowered::{ByteSet, Piece, lower};
pub use attack::Attack;
use graph::Graph;

/// What a question may cost.
const WORK: usize = 300_000;

/// So many repetitions have no ways worth counting.
const FEW: u32 = 4;

/// How the work grows with the length of a text that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cost {
    /// With the length: however it is matched, a text can be read in a limited number of ways.
    Linear,
    /// With this power of the length at least, which is 2 or more. Where an expression is not anchored at its start, it is
    /// tried at every place, and that counts.
    Polynomial {
        /// The power.
        degree: usize,
        /// Texts that show it.
        attack: Attack,
    },
    /// Exponentially.
    Exponential {
        /// Texts that show it.
        attack: Attack,
    },
    /// That is not known, or too much to find out.
    Unknown,
}

/// What an expression costs if texts may have these bytes.
pub fn cost(pattern: &Pattern, alphabet: ByteSet) -> Cost {
    let Ok(automaton) = Automaton::new(pattern) else { return Cost::Unknown };
    let mut budget = Budget(WORK);
    let piece = lower(pattern);
    let Ok(graph) = Graph::new(&piece, automaton.program(), alphabet, &mut budget) else { return Cost::Unknown };
    let Ok(circles) = exponential::find(&graph, &mut budget) else { return Cost::Unknown };
    let is_exponential = !circles.is_empty();
    for attack in circles {
        if let Some(attack) = attack.completed(&piece, &automaton, alphabet) {
            return Cost::Exponential { attack };
        }
    }
    let (chain, is_complete) = polynomial::longest_chain(&graph, &mut budget);
    if chain.pumps.is_empty() {
        let is_linear = is_complete && !is_exponential && !graph.is_partial && !piece.has(&is_counted_twice);
        return if is_linear { Cost::Linear } else { Cost::Unknown };
    }
    let degree = chain.pumps.len() + 1;
    chain.completed(&piece, &automaton, alphabet).map_or(Cost::Unknown, |attack| Cost::Polynomial { degree, attack })
}

/// Is it a counted repetition of something that varies in length? Limited as it is, it can have more ways than time allows.
fn is_counted_twice(piece: &Piece) -> bool {
    let varies = |piece: &Piece| matches!(piece, Piece::Repeat { min, max, .. } if *max != Some(*min));
    matches!(piece, Piece::Repeat { piece, max: Some(max), .. } if *max > FEW && piece.has(&varies))
}
