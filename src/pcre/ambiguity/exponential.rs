//! Two circles through one node that take the same text.

use std::collections::VecDeque;

use foldhash::HashMap;

use super::attack::Attack;
use super::graph::Graph;
use crate::pcre::automaton::{Budget, Exhausted};

/// Two ways side by side, and whether they have parted.
type Pair = (usize, usize, bool);

/// For every component with two such circles, what leads there and what both of them take.
pub(super) fn find(graph: &Graph, budget: &mut Budget) -> Result<Vec<Attack>, Exhausted> {
    let mut found = Vec::new();
    let mut done = vec![false; graph.len()];
    for node in 0..graph.len() {
        // If there are such circles anywhere in the component, there are some through each of its nodes.
        if std::mem::replace(&mut done[graph.component[node]], true) || !graph.is_on_circle(node) {
            continue;
        }
        if let Some(pump) = two_circles(graph, node, budget)?
            && let Some(prefix) = graph.prefix(node)
        {
            found.push(Attack { pumps: vec![(prefix, pump)], suffix: Vec::new() });
        }
    }
    Ok(found)
}

fn two_circles(graph: &Graph, node: usize, budget: &mut Budget) -> Result<Option<Vec<u8>>, Exhausted> {
    let start: Pair = (node, node, false);
    let mut before: HashMap<Pair, Pair> = HashMap::default();
    let mut open = VecDeque::from([start]);
    while let Some(pair) = open.pop_front() {
        for one in graph.inner(pair.0) {
            for other in graph.inner(pair.1) {
                budget.spend(1)?;
                if graph.labels[one.to].and(graph.labels[other.to]).is_empty() {
                    continue;
                }
                let has_parted = pair.2 || one.to != other.to || one.is_double;
                let next = (one.to.min(other.to), one.to.max(other.to), has_parted);
                if next != start && !before.contains_key(&next) {
                    before.insert(next, pair);
                    open.push_back(next);
                }
            }
        }
        if let Some(text) = before.contains_key(&(node, node, true)).then(|| text(graph, &before, start, node)) {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

fn text(graph: &Graph, before: &HashMap<Pair, Pair>, start: Pair, node: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut here = (node, node, true);
    while here != start {
        text.extend(graph.labels[here.0].and(graph.labels[here.1]).nicest());
        here = before[&here];
    }
    text.reverse();
    text
}
