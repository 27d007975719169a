//! Several automata walked through side by side.

use std::collections::VecDeque;

use foldhash::HashMap;

use super::budget::{Budget, Exhausted};
use super::classes::Classes;
use super::lazy::{Lazy, StateId};
use super::{Automaton, WORK};

/// No more combinations of states than this are looked at.
const MAX_NODES: usize = 20_000;

/// Automata side by side.
pub(super) struct Product<'a> {
    within: Vec<Lazy<'a>>,
    without: Vec<Lazy<'a>>,
    pub(super) classes: Classes,
    budget: Budget,
    nodes: Vec<Node>,
    ids: HashMap<Vec<StateId>, usize>,
}

/// A combination of states that has been come to.
struct Node {
    states: Vec<StateId>,
    /// From which other one, and by which class; none for the first one.
    from: Option<(usize, usize)>,
}

impl<'a> Product<'a> {
    pub(super) fn new(within: &[&'a Automaton], without: &[&'a Automaton]) -> Result<Self, Exhausted> {
        let classes = Classes::of(within.iter().chain(without).map(|automaton| automaton.program()));
        let mut budget = Budget(WORK);
        let mut lazy = |automata: &[&'a Automaton]| -> Result<Vec<_>, Exhausted> {
            automata.iter().map(|automaton| Lazy::new(automaton, &mut budget)).collect()
        };
        let (inner, outer) = (lazy(within)?, lazy(without)?);
        let first = vec![0; within.len() + without.len()];
        let ids = HashMap::from_iter([(first.clone(), 0)]);
        let nodes = vec![Node { states: first, from: None }];
        Ok(Self { within: inner, without: outer, classes, budget, nodes, ids })
    }

    pub(super) fn is_wanted(&self, node: usize) -> bool {
        let (within, without) = self.nodes[node].states.split_at(self.within.len());
        self.within.iter().zip(within).all(|(automaton, state)| automaton.accepts(*state))
            && !self.without.iter().zip(without).any(|(automaton, state)| automaton.accepts(*state))
    }

    /// How many combinations have been come to.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node behind a byte of this class, and whether it is a new one; none if nothing that is wanted can follow there.
    pub(super) fn next(&mut self, node: usize, class: usize) -> Result<Option<(usize, bool)>, Exhausted> {
        let mut states = Vec::with_capacity(self.nodes[node].states.len());
        let (within, without) = self.nodes[node].states.split_at(self.within.len());
        for (automaton, from) in self.within.iter_mut().zip(within) {
            let state = automaton.next(*from, class, &self.classes, &mut self.budget)?;
            if automaton.is_dead(state) {
                return Ok(None);
            }
            states.push(state);
        }
        for (automaton, from) in self.without.iter_mut().zip(without) {
            let state = automaton.next(*from, class, &self.classes, &mut self.budget)?;
            if automaton.is_done(state) {
                return Ok(None);
            }
            states.push(state);
        }
        self.budget.spend(1)?;
        if let Some(known) = self.ids.get(&states) {
            return Ok(Some((*known, false)));
        }
        if self.nodes.len() >= MAX_NODES {
            return Err(Exhausted);
        }
        self.ids.insert(states.clone(), self.nodes.len());
        self.nodes.push(Node { states, from: Some((node, class)) });
        Ok(Some((self.nodes.len() - 1, true)))
    }

    /// A shortest text that leads to a node.
    fn text_to(&self, mut node: usize) -> Vec<u8> {
        let mut text = Vec::new();
        while let Some((from, class)) = self.nodes[node].from {
            text.push(self.classes.example(class));
            node = from;
        }
        text.reverse();
        text
    }
}

/// Shows texts that are in all of `within` and in none of `without`, the shortest first, until `is_enough`. Not every text is
/// shown, but one if there is any.
pub(in crate::pcre) fn witnesses(
    within: &[&Automaton],
    without: &[&Automaton],
    is_enough: &mut dyn FnMut(Vec<u8>) -> bool,
) -> Result<(), Exhausted> {
    let mut product = Product::new(within, without)?;
    let mut open = VecDeque::from([0]);
    while let Some(node) = open.pop_front() {
        if product.is_wanted(node) && is_enough(product.text_to(node)) {
            return Ok(());
        }
        for class in 0..product.classes.len() {
            if let Some((next, true)) = product.next(node, class)? {
                open.push_back(next);
            }
        }
    }
    Ok(())
}
