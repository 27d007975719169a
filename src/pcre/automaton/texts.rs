//! All texts of a set, where there are few.

use super::Automaton;
use super::budget::Exhausted;
use super::product::Product;

/// The texts of a set, if they can be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    /// These and no others, the shortest first. With `in_any_case`, the same texts with other letter case are left out.
    Listed {
        /// The texts.
        texts: Vec<Vec<u8>>,
        /// Are there letters that may be small or capital, and stand here as small ones?
        in_any_case: bool,
    },
    /// There are more than were asked for, or no end of them.
    TooMany,
    /// That is not known, or too much to find out.
    Unknown,
}

/// The texts that are in all of `within` and in none of `without`, if they are `limit` at most. Where `within` has an
/// automaton that is not exact, some of the texts may be none.
pub fn texts_in(within: &[&Automaton], without: &[&Automaton], limit: usize) -> Texts {
    if !without.iter().all(|automaton| automaton.is_exact) {
        return Texts::Unknown;
    }
    let Ok(mut product) = Product::new(within, without) else { return Texts::Unknown };
    let Ok(edges) = all_edges(&mut product) else { return Texts::Unknown };
    let useful = useful_nodes(&product, &edges);
    if !useful[0] {
        return Texts::Listed { texts: Vec::new(), in_any_case: false };
    }
    let Some(counts) = count(&product, &edges, &useful, limit) else { return Texts::TooMany };
    if counts[0] > limit {
        return Texts::TooMany;
    }
    spell(&product, &edges, &useful)
}

/// The nodes behind each node, with the class that leads there.
type Edges = Vec<Vec<(usize, usize)>>;

fn all_edges(product: &mut Product<'_>) -> Result<Edges, Exhausted> {
    let mut edges = Edges::new();
    while edges.len() < product.len() {
        let mut behind = Vec::new();
        for class in 0..product.classes.len() {
            if let Some((next, _)) = product.next(edges.len(), class)? {
                behind.push((class, next));
            }
        }
        edges.push(behind);
    }
    Ok(edges)
}

/// The nodes from which a wanted text can be completed.
fn useful_nodes(product: &Product<'_>, edges: &Edges) -> Vec<bool> {
    let mut before = vec![Vec::new(); edges.len()];
    for (node, behind) in edges.iter().enumerate() {
        behind.iter().for_each(|(_, next)| before[*next].push(node));
    }
    let mut open: Vec<usize> = (0..edges.len()).filter(|node| product.is_wanted(*node)).collect();
    let mut useful = vec![false; edges.len()];
    open.iter().for_each(|node| useful[*node] = true);
    while let Some(node) = open.pop() {
        for previous in &before[node] {
            if !std::mem::replace(&mut useful[*previous], true) {
                open.push(*previous);
            }
        }
    }
    useful
}

/// How many texts there are from each node on, cut off above `limit`; none if there is a circle.
fn count(product: &Product<'_>, edges: &Edges, useful: &[bool], limit: usize) -> Option<Vec<usize>> {
    let behind = |node: usize| edges[node].iter().filter(|(_, next)| useful[*next]);
    let mut missing: Vec<usize> = (0..edges.len()).map(|node| behind(node).count()).collect();
    let mut before = vec![Vec::new(); edges.len()];
    for node in (0..edges.len()).filter(|node| useful[*node]) {
        behind(node).for_each(|(_, next)| before[*next].push(node));
    }
    let mut open: Vec<usize> = (0..edges.len()).filter(|node| useful[*node] && missing[*node] == 0).collect();
    let mut counts = vec![0_usize; edges.len()];
    let mut done = 0;
    while let Some(node) = open.pop() {
        done += 1;
        let further = behind(node).map(|(class, next)| counts[*next].saturating_mul(members(product, *class).0.len()));
        counts[node] = further.fold(usize::from(product.is_wanted(node)), usize::saturating_add).min(limit + 1);
        for previous in &before[node] {
            missing[*previous] -= 1;
            if missing[*previous] == 0 {
                open.push(*previous);
            }
        }
    }
    (done == useful.iter().filter(|useful| **useful).count()).then_some(counts)
}

/// The bytes of a class that texts are spelled with, and whether capital letters are left out.
fn members(product: &Product<'_>, class: usize) -> (Vec<u8>, bool) {
    let set = product.classes.get(class);
    let is_left_out = |byte: u8| byte.is_ascii_uppercase() && set.contains(byte.to_ascii_lowercase());
    (set.iter().filter(|byte| !is_left_out(*byte)).collect(), set.iter().any(is_left_out))
}

/// All texts, of which there are few.
fn spell(product: &Product<'_>, edges: &Edges, useful: &[bool]) -> Texts {
    let mut open = vec![(0, Vec::new())];
    let (mut texts, mut in_any_case) = (Vec::new(), false);
    while let Some((node, text)) = open.pop() {
        for (class, next) in edges[node].iter().filter(|(_, next)| useful[*next]) {
            let (bytes, leaves_out) = members(product, *class);
            in_any_case |= leaves_out;
            for byte in bytes {
                let mut longer = text.clone();
                longer.push(byte);
                open.push((*next, longer));
            }
        }
        if product.is_wanted(node) {
            texts.push(text);
        }
    }
    texts.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    Texts::Listed { texts, in_any_case }
}
