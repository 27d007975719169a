//! How far a comment of a configuration reaches.

use super::{Reach, Said, begins_line, end_of_line};
use crate::config::Library;
use crate::source::{Source, SourceId, Span};
use crate::syntax::{Node, NodeId, Terminator, Tree};

/// The places of findings that a comment silences, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The comments of a configuration that silence something, in order.
pub(super) fn comments(library: &Library, source: SourceId) -> Vec<(Span, Said, Option<Cover>)> {
    let (tree, text) = (library.tree(source), library.sources().get(source));
    let mut found: Vec<(Span, Said)> = Vec::new();
    found.extend(super::said_in(library, source).into_iter().filter_map(|(span, said)| Some((span, said.ok()?))));
    if found.is_empty() {
        return Vec::new();
    }
    let next_contents = next_contents(tree, text);
    let mut walk = Walk { tree, next: 0, open: Vec::new() };
    let covers = found.into_iter().map(|(span, said)| {
        walk.advance(span.start);
        let index = tree.comments().partition_point(|(start, _)| *start < span.start);
        let cover = cover(&walk, text, span, said.reach, next_contents[index]);
        (span, said, cover)
    });
    covers.collect()
}

/// For every comment, where the next thing begins that is no comment.
fn next_contents(tree: &Tree, text: &Source) -> Vec<u32> {
    let mut next = vec![0; tree.comments().len()];
    for (index, (_, end)) in tree.comments().iter().enumerate().rev() {
        let blanks = text.bytes()[*end as usize..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let at = end + blanks as u32;
        next[index] = match tree.comments().get(index + 1) {
            Some((start, _)) if *start == at => next[index + 1],
            _ => at,
        };
    }
    next
}

fn cover(walk: &Walk<'_>, text: &Source, comment: Span, reach: Reach, next_content: u32) -> Option<Cover> {
    let at = comment.start;
    let (line_start, line_end) = text.line_range(text.line_of(at));
    let line = Cover { start: line_start, end: line_end };
    let next_line = Cover { start: at, end: end_of_line(text, next_content) };
    let is_alone = begins_line(text, at);
    match reach {
        Reach::File => return None,
        Reach::Foreign => return Some(if is_alone { next_line } else { line }),
        Reach::Place => {}
    }
    let around = walk.around();
    let to_the_end_of = |node: &Node| end_of_line(text, node.end);
    // Among the words of a directive, or behind the brace that opens its block.
    if let Some(node) = around.filter(|node| is_in_head(node, text, at)) {
        return Some(Cover { start: line.start.min(node.start), end: to_the_end_of(node) });
    }
    if !is_alone {
        let before = walk.before().filter(|node| node.end <= at && node.end >= line.start && is_simple(node));
        return Some(Cover { start: before.map_or(line.start, |node| line.start.min(node.start)), ..line });
    }
    let following = walk.following().filter(|node| node.parent == walk.open.last().copied());
    Some(Cover { start: at, end: following.map_or(0, to_the_end_of).max(next_line.end) })
}

fn is_simple(node: &Node) -> bool {
    !matches!(node.terminator, Terminator::Block { .. })
}

/// Does a comment in a node stand in front of its body, or right behind the brace that opens it on the same line?
fn is_in_head(node: &Node, text: &Source, at: u32) -> bool {
    match node.terminator {
        Terminator::Block { open, .. } if open < at => {
            text.slice(open + 1, at).iter().all(|byte| matches!(byte, b' ' | b'\t'))
        }
        _ => true,
    }
}

/// Goes through the nodes of a tree from place to place.
struct Walk<'t> {
    tree: &'t Tree,
    /// The first node that begins behind the place.
    next: usize,
    /// The nodes around the place, outermost first.
    open: Vec<NodeId>,
}

impl Walk<'_> {
    /// Goes to a place behind the last one.
    fn advance(&mut self, at: u32) {
        loop {
            while self.open.last().is_some_and(|id| self.tree.node(*id).end <= at) {
                self.open.pop();
            }
            match self.tree.nodes().get(self.next) {
                Some(node) if node.start < at => self.open.push(self.next as NodeId),
                _ => return,
            }
            self.next += 1;
        }
    }

    fn around(&self) -> Option<&Node> {
        self.open.last().map(|id| self.tree.node(*id))
    }

    /// The node that began last.
    fn before(&self) -> Option<&Node> {
        self.tree.nodes().get(self.next.checked_sub(1)?)
    }

    fn following(&self) -> Option<&Node> {
        self.tree.nodes().get(self.next)
    }
}
