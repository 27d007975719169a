//! What can be judged when the whole expression is known: are there the groups that it refers to?

use foldhash::HashSet;

use super::ast::{Condition, GroupKind, Kind, Node, Pattern, Reference};
use super::error::{Error, ErrorKind};

/// Fails on references to groups that do not exist, and on conditions with too many alternatives.
pub(super) fn check(pattern: &mut Pattern) -> Result<(), Error> {
    if pattern.is_opaque() {
        return Ok(());
    }
    let names: HashSet<&str> = pattern.group_names().map(|(_, name)| name).collect();
    let exists = |reference: &Reference| match reference {
        Reference::Number(number) => *number <= pattern.group_count,
        Reference::Name(name) => names.contains(name.as_str()),
    };
    let mut wrong = None;
    pattern.visit(&mut |node| {
        if wrong.is_none() {
            wrong = problem(node, &exists);
        }
    });
    let doubts = dangling_digits(pattern);
    pattern.doubts.extend(doubts);
    wrong.map_or(Ok(()), Err)
}

/// `\8` and `\9`, which PCRE1 takes for digits where there are no such groups.
fn dangling_digits(pattern: &Pattern) -> Vec<Error> {
    let mut found = Vec::new();
    pattern.visit(&mut |node| {
        if let Kind::BackReference(Reference::Number(number)) = node.kind
            && is_digit_elsewhere(node, number)
            && number > pattern.group_count
        {
            found.push(Error::new(node.start, node.end, ErrorKind::NoSuchGroup));
        }
    });
    found
}

/// Is it written `\8`, `\90` or the like, without `g`?
fn is_digit_elsewhere(node: &Node, number: u32) -> bool {
    let digits = number.to_string();
    digits.starts_with(['8', '9']) && node.end - node.start == digits.len() + 1
}

fn problem(node: &Node, exists: &dyn Fn(&Reference) -> bool) -> Option<Error> {
    let error = |end: usize, kind| Some(Error::new(node.start, end, kind));
    match &node.kind {
        Kind::BackReference(Reference::Number(number)) if is_digit_elsewhere(node, *number) => None,
        Kind::BackReference(reference) | Kind::Call(reference) if !exists(reference) => {
            error(node.end, ErrorKind::NoSuchGroup)
        }
        Kind::Group(GroupKind::Conditional(condition), branches) => match condition {
            Condition::Group(reference) | Condition::Recursion(Some(reference @ Reference::Name(_)))
                if !exists(reference) =>
            {
                let first = branches.iter().flatten().next().map_or(node.end, |first| first.start);
                error(first, ErrorKind::NoSuchGroup)
            }
            Condition::Define if branches.len() > 1 => error(node.end, ErrorKind::DefineBranches),
            _ if branches.len() > 2 => error(node.end, ErrorKind::ConditionBranches),
            _ => None,
        },
        _ => None,
    }
}
