//! Circles behind one another that take the same text as the way between them.

use std::collections::{BTreeMap, VecDeque};

use foldhash::{HashMap, HashSet};

use super::attack::Attack;
use super::graph::Graph;
use crate::pcre::automaton::{Budget, Exhausted};

/// A longer chain is cut off: what it costs is beyond all measure.
const LONGEST: usize = 8;

/// Three ways side by side: around the first circle, from it to the second one, and around that.
type Triple = (usize, usize, usize);

/// Two circles.
#[derive(Debug, Clone)]
struct Link {
    first: usize,
    second: usize,
    pump: Vec<u8>,
}

/// The most circles behind one another, and whether everything has been looked at; without pumps if there are none.
pub(super) fn longest_chain(graph: &Graph, budget: &mut Budget) -> (Attack, bool) {
    let (mut links, mut reached) = (Vec::new(), HashMap::default());
    let is_complete = all_links(graph, budget, &mut links, &mut reached).is_ok();
    // A chain that ends in a component is complete before any link begins there.
    links.sort_by_key(|link| graph.component[link.first]);
    let mut chains: Vec<(usize, Option<usize>)> = Vec::new();
    let mut longest: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, link) in links.iter().enumerate() {
        let goes_on = |earlier: &&usize| reached[&links[**earlier].second][link.first];
        let previous = longest.values().filter(goes_on).max_by_key(|earlier| chains[**earlier].0).copied();
        chains.push((previous.map_or(1, |earlier| chains[earlier].0 + 1), previous));
        let best = longest.entry(graph.component[link.second]).or_insert(at);
        if chains[at].0 > chains[*best].0 {
            *best = at;
        }
    }
    let mut here = (0..links.len()).max_by_key(|at| (chains[*at].0, std::cmp::Reverse(*at)));
    let mut order = Vec::new();
    while let Some(at) = here {
        order.push(&links[at]);
        here = chains[at].1;
    }
    order.reverse();
    order.truncate(LONGEST);
    (spell(graph, &order).unwrap_or_default(), is_complete)
}

fn spell(graph: &Graph, chain: &[&Link]) -> Option<Attack> {
    let mut pumps: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (at, link) in chain.iter().enumerate() {
        let fixed = match at.checked_sub(1) {
            None => graph.prefix(link.first)?,
            Some(previous) => graph.path(&[chain[previous].second], |node| node == link.first)?.0,
        };
        pumps.push((fixed, link.pump.clone()));
    }
    Some(Attack { pumps, suffix: Vec::new() })
}

/// One link for every two components that have one, and what can be reached from every node on a circle.
fn all_links(
    graph: &Graph,
    budget: &mut Budget,
    links: &mut Vec<Link>,
    reached: &mut HashMap<usize, Vec<bool>>,
) -> Result<(), Exhausted> {
    let circling: Vec<usize> = (0..graph.len()).filter(|node| graph.is_on_circle(*node)).collect();
    let mut known = HashSet::default();
    for node in &circling {
        reached.insert(*node, reached_from(graph, *node, budget)?);
    }
    for first in &circling {
        for second in circling.iter().filter(|second| reached[first][**second]) {
            let components = (graph.component[*first], graph.component[*second]);
            if components.0 == components.1 || known.contains(&components) {
                continue;
            }
            if let Some(pump) = shared_text(graph, *first, *second, budget)? {
                known.insert(components);
                links.push(Link { first: *first, second: *second, pump });
            }
        }
    }
    Ok(())
}

fn reached_from(graph: &Graph, node: usize, budget: &mut Budget) -> Result<Vec<bool>, Exhausted> {
    let mut reached = vec![false; graph.len()];
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        budget.spend(1)?;
        for edge in &graph.edges[node] {
            if !std::mem::replace(&mut reached[edge.to], true) {
                open.push(edge.to);
            }
        }
    }
    Ok(reached)
}

/// A text that leads from the first node to itself, from the first to the second, and from the second to itself.
fn shared_text(graph: &Graph, first: usize, second: usize, budget: &mut Budget) -> Result<Option<Vec<u8>>, Exhausted> {
    let (start, goal): (Triple, Triple) = ((first, first, second), (first, second, second));
    let mut before: HashMap<Triple, Triple> = HashMap::default();
    let mut open = VecDeque::from([start]);
    while let Some(triple) = open.pop_front() {
        for one in graph.inner(triple.0) {
            for last in graph.inner(triple.2) {
                let label = graph.labels[one.to].and(graph.labels[last.to]);
                budget.spend(1)?;
                if label.is_empty() {
                    continue;
                }
                for middle in &graph.edges[triple.1] {
                    budget.spend(1)?;
                    let next = (one.to, middle.to, last.to);
                    if !label.and(graph.labels[middle.to]).is_empty() && next != start && !before.contains_key(&next) {
                        before.insert(next, triple);
                        open.push_back(next);
                    }
                }
            }
        }
        if before.contains_key(&goal) {
            break;
        }
    }
    if !before.contains_key(&goal) {
        return Ok(None);
    }
    let mut text = Vec::new();
    let mut here = goal;
    while here != start {
        let label = graph.labels[here.0].and(graph.labels[here.1]).and(graph.labels[here.2]);
        text.extend(label.nicest());
        here = before[&here];
    }
    text.reverse();
    Ok(Some(text))
}
