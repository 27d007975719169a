//! Deterministic automata whose states are made when they are come to.

use std::rc::Rc;

use foldhash::HashMap;

use super::budget::{Budget, Exhausted};
use super::classes::Classes;
use super::thread::{Mode, State, first_state, next_state};
use super::{Automaton, Program};

/// No automaton grows beyond this.
const MAX_STATES: usize = 10_000;

/// The number of a state.
pub(in crate::pcre) type StateId = usize;

/// An automaton that is being walked through.
#[derive(Debug)]
pub(in crate::pcre) struct Lazy<'a> {
    program: &'a Program,
    mode: Mode,
    states: Vec<Known>,
    ids: HashMap<Rc<State>, StateId>,
}

#[derive(Debug)]
struct Known {
    state: Rc<State>,
    accepts: bool,
    is_done: bool,
    /// By class; none where it has not been asked for.
    next: Vec<Option<StateId>>,
}

impl<'a> Lazy<'a> {
    /// State 0 is the first one.
    pub(in crate::pcre) fn new(automaton: &'a Automaton, budget: &mut Budget) -> Result<Self, Exhausted> {
        let mut lazy =
            Self { program: &automaton.program, mode: automaton.mode, states: Vec::new(), ids: HashMap::default() };
        lazy.add(first_state(lazy.program, lazy.mode, budget)?);
        Ok(lazy)
    }

    /// The state behind a byte of the class with this number.
    pub(in crate::pcre) fn next(
        &mut self,
        from: StateId,
        class: usize,
        classes: &Classes,
        budget: &mut Budget,
    ) -> Result<StateId, Exhausted> {
        if let Some(known) = self.states[from].next.get(class).copied().flatten() {
            return Ok(known);
        }
        if self.states[from].is_done {
            return Ok(from);
        }
        let state = next_state(self.program, self.mode, &self.states[from].state, classes.example(class), budget)?;
        let to = match self.ids.get(&state) {
            Some(known) => *known,
            None if self.states.len() >= MAX_STATES => return Err(Exhausted),
            None => self.add(state),
        };
        let next = &mut self.states[from].next;
        next.resize(classes.len().max(next.len()), None);
        next[class] = Some(to);
        Ok(to)
    }

    fn add(&mut self, state: State) -> StateId {
        let state = Rc::new(state);
        let id = self.states.len();
        let (accepts, is_done) = (state.accepts(self.program), state.is_done(self.program, self.mode));
        self.ids.insert(Rc::clone(&state), id);
        self.states.push(Known { state, accepts, is_done, next: Vec::new() });
        id
    }

    /// Is a text that ends here in the set?
    pub(in crate::pcre) fn accepts(&self, state: StateId) -> bool {
        self.states[state].accepts
    }

    /// Is every text that goes on from here in the set?
    pub(in crate::pcre) fn is_done(&self, state: StateId) -> bool {
        self.states[state].is_done
    }

    /// Is no text that goes on from here in the set?
    pub(in crate::pcre) fn is_dead(&self, state: StateId) -> bool {
        // A search begins anew at every byte, so only a whole match can have failed for good.
        self.mode == Mode::Whole && self.states[state].state.threads.is_empty()
    }
}
