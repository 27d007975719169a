//! The bytes that an expression takes, and which can follow which.

use crate::pcre::automaton::{Budget, Exhausted, Program, Step};
use crate::pcre::lowered::{ByteSet, Piece, Place};

/// Nodes are the places that take a byte. Node 0 takes the bytes in front of a match.
#[derive(Debug)]
pub(super) struct Graph {
    /// What each node takes.
    pub(super) labels: Vec<ByteSet>,
    pub(super) edges: Vec<Vec<Edge>>,
    /// Where a match at the start of the subject can begin.
    pub(super) first: Vec<usize>,
    /// The number of the group of nodes that can all be reached from each other; what is reached from it has larger ones.
    pub(super) component: Vec<usize>,
    /// Are there ways that are left out, because conditions are in them?
    pub(super) is_partial: bool,
}

/// A way from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: usize,
    /// Can this be done in several ways?
    pub(super) is_double: bool,
}

/// Collects the ways that lead from one step to those that take bytes.
struct Ways<'p> {
    program: &'p Program,
    /// By step.
    nodes: Vec<usize>,
    alphabet: ByteSet,
    /// Is this the start of the subject?
    is_start: bool,
    is_partial: bool,
    edges: Vec<Edge>,
}

impl Graph {
    pub(super) fn new(
        piece: &Piece,
        program: &Program,
        alphabet: ByteSet,
        budget: &mut Budget,
    ) -> Result<Self, Exhausted> {
        let (mut nodes, mut labels, mut behind) = (vec![0; program.steps.len()], vec![alphabet], vec![program.start]);
        for (number, step) in program.steps.iter().enumerate() {
            if let Step::Byte { set, next, .. } = step {
                nodes[number] = labels.len();
                labels.push(set.and(alphabet));
                behind.push(*next);
            }
        }
        let mut ways = Ways { program, nodes, alphabet, is_start: true, is_partial: false, edges: Vec::new() };
        ways.from(program.start, budget)?;
        let first = std::mem::take(&mut ways.edges).iter().map(|edge| edge.to).collect();
        ways.is_start = false;
        let mut edges = Vec::new();
        for step in behind {
            ways.from(step, budget)?;
            edges.push(std::mem::take(&mut ways.edges));
        }
        // PCRE tries `.*` at the start of a line only.
        if begins_with_anything(piece) {
            edges[0].clear();
        }
        edges[0].push(Edge { to: 0, is_double: false });
        let component = components(&edges);
        Ok(Self { labels, edges, first, component, is_partial: ways.is_partial })
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Is there a way from the node back to it?
    pub(super) fn is_on_circle(&self, node: usize) -> bool {
        self.edges[node].iter().any(|edge| self.component[edge.to] == self.component[node])
    }

    /// The ways from a node that stay in its component.
    pub(super) fn inner(&self, node: usize) -> impl Iterator<Item = Edge> + Clone {
        let component = self.component[node];
        self.edges[node].iter().copied().filter(move |edge| self.component[edge.to] == component)
    }

    /// A shortest text that leads from one of the nodes to one that is wanted, and that one; without the byte of the first.
    pub(super) fn path(&self, from: &[usize], is_wanted: impl Fn(usize) -> bool) -> Option<(Vec<u8>, usize)> {
        let mut before = vec![None; self.len()];
        let mut open: Vec<usize> = from.to_vec();
        let mut seen = vec![false; self.len()];
        from.iter().for_each(|node| seen[*node] = true);
        let mut at = 0;
        while let Some(node) = open.get(at).copied() {
            at += 1;
            if is_wanted(node) {
                let mut text = Vec::new();
                let mut here = node;
                while let Some(previous) = before[here] {
                    text.extend(self.labels[here].nicest());
                    here = previous;
                }
                text.reverse();
                return Some((text, node));
            }
            for edge in &self.edges[node] {
                if !std::mem::replace(&mut seen[edge.to], true) {
                    before[edge.to] = Some(node);
                    open.push(edge.to);
                }
            }
        }
        None
    }

    /// A shortest text in front of which the first match can be tried so that it comes to this node.
    pub(super) fn prefix(&self, node: usize) -> Option<Vec<u8>> {
        if node == 0 {
            return Some(Vec::new());
        }
        let from_start = self.first.iter().find_map(|first| {
            let (rest, _) = self.path(&[*first], |found| found == node)?;
            Some(self.labels[*first].nicest().into_iter().chain(rest).collect())
        });
        from_start.or_else(|| self.path(&[0], |found| found == node).map(|(text, _)| text))
    }
}

impl Ways<'_> {
    fn from(&mut self, step: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        // With the rounds that have begun on the way, and whether a condition is in it.
        let mut open: Vec<(usize, Vec<usize>, bool)> = vec![(step, Vec::new(), false)];
        while let Some((step, mut rounds, is_left_out)) = open.pop() {
            budget.spend(1 + rounds.len())?;
            match &self.program.steps[step] {
                Step::Match => {}
                Step::Byte { .. } if is_left_out => self.is_partial = true,
                Step::Byte { set, .. } => {
                    if !set.and(self.alphabet).is_empty() {
                        self.add(self.nodes[step]);
                    }
                }
                Step::Split(nexts) => open.extend(nexts.iter().map(|next| (*next, rounds.clone(), is_left_out))),
                Step::Save(_, next) => open.push((*next, rounds, is_left_out)),
                Step::Round { number, next } => {
                    rounds.push(*number);
                    open.push((*next, rounds, is_left_out));
                }
                // A round that takes nothing is the last one.
                Step::Again { number, exit, .. } if rounds.contains(number) => open.push((*exit, rounds, is_left_out)),
                Step::Again { back, .. } => open.push((*back, rounds, is_left_out)),
                Step::Place(Place::Start | Place::LineStart, next) if self.is_start => {
                    open.push((*next, rounds, is_left_out));
                }
                Step::Place(Place::Start, _) => {}
                Step::Place(_, next) | Step::Look { next, .. } => open.push((*next, rounds, true)),
            }
        }
        Ok(())
    }

    fn add(&mut self, to: usize) {
        match self.edges.iter_mut().find(|edge| edge.to == to) {
            Some(edge) => edge.is_double = true,
            None => self.edges.push(Edge { to, is_double: false }),
        }
    }
}

/// Does every alternative begin with `.*`?
fn begins_with_anything(piece: &Piece) -> bool {
    let is_dot = |piece: &Piece| {
        let dot = ByteSet::byte(b'\n').complement();
        matches!(piece, Piece::Bytes(set) if *set == dot || *set == ByteSet::ALL)
    };
    match piece {
        Piece::Sequence(parts) => parts.first().is_some_and(begins_with_anything),
        Piece::Choice(parts) => parts.iter().all(begins_with_anything),
        Piece::Capture(_, piece) => begins_with_anything(piece),
        Piece::Repeat { piece, max: None, .. } => is_dot(piece),
        _ => false,
    }
}

/// Which nodes can be reached from each other: the same number for the same group.
fn components(edges: &[Vec<Edge>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = vec![false; edges.len()];
    for root in 0..edges.len() {
        let mut open = vec![(root, 0)];
        while let Some((node, at)) = open.pop() {
            if at == 0 && std::mem::replace(&mut seen[node], true) {
                continue;
            }
            match edges[node].get(at) {
                Some(edge) => {
                    open.push((node, at + 1));
                    if !seen[edge.to] {
                        open.push((edge.to, 0));
                    }
                }
                None => order.push(node),
            }
        }
    }
    let mut before = vec![Vec::new(); edges.len()];
    for (node, edges) in edges.iter().enumerate() {
        edges.iter().for_each(|edge| before[edge.to].push(node));
    }
    let mut component = vec![usize::MAX; edges.len()];
    let mut count = 0;
    for root in order.into_iter().rev() {
        let mut open = vec![root];
        let is_new = component[root] == usize::MAX;
        while let Some(node) = open.pop() {
            if component[node] == usize::MAX {
                component[node] = count;
                open.extend(&before[node]);
            }
        }
        count += usize::from(is_new);
    }
    component
}
