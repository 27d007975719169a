//! The alternatives of an expression, each as an expression of its own.

use crate::pcre::ast::{Branch, GroupKind, Kind, Node, Pattern};

/// One alternative of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last one.
    pub end: usize,
    /// The expression with this alternative alone. Its groups keep their numbers.
    pub pattern: Pattern,
}

/// The alternatives of `a|b`, or else those of the only group that has any: `\.(css|js)$`. None if there are several such
/// groups, or if the group is repeated or a condition; empty alternatives are left out.
pub fn alternatives(pattern: &Pattern) -> Vec<Alternative> {
    if pattern.branches.len() > 1 {
        let with = |branches| Pattern { branches, ..pattern.clone() };
        return of_branches(&pattern.branches, with);
    }
    let [branch] = pattern.branches.as_slice() else { return Vec::new() };
    let choices = |node: &Node| matches!(&node.kind, Kind::Group(_, branches) if branches.len() > 1);
    let mut places = branch.iter().enumerate().filter(|(_, node)| choices(node)).map(|(at, _)| at);
    let (Some(at), None) = (places.next(), places.next()) else { return Vec::new() };
    let Kind::Group(kind @ (GroupKind::Capture { .. } | GroupKind::Plain(_)), branches) = &branch[at].kind else {
        return Vec::new();
    };
    of_branches(branches, |branches| {
        let mut whole = pattern.clone();
        whole.branches[0][at].kind = Kind::Group(kind.clone(), branches);
        whole
    })
}

fn of_branches(branches: &[Branch], with: impl Fn(Vec<Branch>) -> Pattern) -> Vec<Alternative> {
    let mut found = Vec::new();
    // Flags hold in the alternatives behind, too.
    let mut flags = Branch::new();
    for branch in branches {
        if let (Some(first), Some(last)) = (branch.first(), branch.last()) {
            let alone = flags.iter().chain(branch).cloned().collect();
            found.push(Alternative { start: first.start, end: last.end, pattern: with(vec![alone]) });
        }
        flags.extend(branch.iter().filter(|node| matches!(node.kind, Kind::Flags(_))).cloned());
    }
    found
}
