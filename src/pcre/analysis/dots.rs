//! Dots that match any character where, by the look of it, a dot was meant.

use crate::pcre::ast::{Branch, ClassKind, GroupKind, Kind, Node, Pattern};

/// The longest ending of a file's name.
const LONGEST_EXTENSION: usize = 5;

/// A dot that matches any character though a dot was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseDot {
    /// Offset of the dot.
    pub start: usize,
    /// Offset behind it.
    pub end: usize,
    /// Why a dot was meant.
    pub place: DotPlace,
}

/// Where a dot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DotPlace {
    /// Between labels or digits: `example.test`, `v1.0`.
    Between,
    /// In front of an ending: `.php$`, `.(jpg|png)$`.
    Extension,
    /// In front of the name of a hidden file: `/.git`.
    Hidden,
}

/// The dots of an expression that are neither escaped nor repeated and stand where a literal dot makes sense, in the order
/// of the text. That it was meant stays a guess, if a good one.
pub fn loose_dots(pattern: &Pattern) -> Vec<LooseDot> {
    let mut found = Vec::new();
    of_branches(&pattern.branches, None, None, &mut found);
    found.sort_unstable_by_key(|dot| dot.start);
    found
}

/// `before` and `behind` are what stands around the branches.
fn of_branches<'p>(
    branches: &'p [Branch],
    before: Option<&'p Node>,
    behind: Option<&'p [Node]>,
    found: &mut Vec<LooseDot>,
) {
    for branch in branches {
        for (at, node) in branch.iter().enumerate() {
            let previous = if at == 0 { before } else { branch.get(at - 1) };
            let rest = branch.get(at + 1..).filter(|rest| !rest.is_empty()).or(behind).unwrap_or_default();
            if node.kind == Kind::Dot
                && let Some(place) = place(previous, rest)
            {
                found.push(LooseDot { start: node.start, end: node.end, place });
            }
            let repeated = if let Kind::Repeat { node, .. } = &node.kind { node } else { node };
            if let Kind::Group(_, branches) = &repeated.kind {
                of_branches(branches, previous, Some(rest), found);
            }
        }
    }
}

fn place(previous: Option<&Node>, rest: &[Node]) -> Option<DotPlace> {
    let next = rest.first()?;
    // Behind a dot that is escaped, a second one is hardly meant.
    if previous.is_some_and(|node| is_literal(node, |byte| byte == b'.')) {
        return None;
    }
    let is_label_before = previous.is_some_and(|node| is_label(node, Side::Last));
    let is_label_behind = is_label(next, Side::First);
    let is_digits =
        |node: &Node| matches!(without_repeat(node).kind, Kind::Shorthand('d')) || is_literal(node, is_digit);
    if (is_label_before && is_label_behind) || (previous.is_some_and(is_digits) && is_digits(next)) {
        return Some(DotPlace::Between);
    }
    if is_extension(rest) {
        return Some(match previous.is_some_and(|node| is_literal(node, |byte| byte == b'/')) {
            true => DotPlace::Hidden,
            false => DotPlace::Extension,
        });
    }
    let run = label_length(rest);
    let is_slash = previous.is_some_and(|node| is_literal(node, |byte| byte == b'/'));
    if is_slash && run > 1 {
        return Some(DotPlace::Hidden);
    }
    // `[a-z]+.example.test`: more of the kind follows.
    let follows_dot = rest.get(run).is_some_and(|node| node.kind == Kind::Dot || is_literal(node, |byte| byte == b'.'));
    (run > 1 && follows_dot && previous.is_some_and(is_repeated_label)).then_some(DotPlace::Between)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

/// Does it begin or end with a letter or digit of a name, whichever of its alternatives is taken?
fn is_label(node: &Node, side: Side) -> bool {
    match &node.kind {
        Kind::Group(GroupKind::Capture { .. } | GroupKind::Plain(_) | GroupKind::Atomic, branches) => {
            branches.iter().all(|branch| {
                let end = if side == Side::First { branch.first() } else { branch.last() };
                end.is_some_and(|node| is_label(node, side))
            })
        }
        _ => is_literal(node, is_label_byte),
    }
}

fn is_literal(node: &Node, fits: impl Fn(u8) -> bool) -> bool {
    matches!(node.kind, Kind::Literal(code) if u8::try_from(code).is_ok_and(fits))
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn without_repeat(node: &Node) -> &Node {
    if let Kind::Repeat { node, .. } = &node.kind { node } else { node }
}

/// `[a-z0-9-]+`, `\w+`, `.*`, `(.+)`: stands for a label of a name.
fn is_repeated_label(node: &Node) -> bool {
    match &node.kind {
        Kind::Group(GroupKind::Capture { .. } | GroupKind::Plain(_), branches) => {
            matches!(branches.as_slice(), [branch] if matches!(branch.as_slice(), [only] if is_repeated_label(only)))
        }
        Kind::Repeat { node, .. } => match &node.kind {
            Kind::Dot | Kind::Shorthand('w') => true,
            Kind::Class(class) => {
                !class.items.iter().any(|item| item.kind == ClassKind::Literal(u32::from(b'/'))) || class.negated
            }
            _ => false,
        },
        _ => false,
    }
}

/// How many literals of a name come first.
fn label_length(rest: &[Node]) -> usize {
    rest.iter().take_while(|node| is_literal(node, is_label_byte)).count()
}

/// Does nothing follow but the ending of a file's name, or a choice of some?
fn is_extension(rest: &[Node]) -> bool {
    let is_end = |rest: &[Node]| rest.iter().all(|node| matches!(node.kind, Kind::Anchor(_) | Kind::Comment));
    if let Some((Node { kind: Kind::Group(_, branches), .. }, rest)) = rest.split_first() {
        return is_end(rest) && branches.iter().all(|branch| is_ending(branch));
    }
    let run = rest.iter().take_while(|node| is_literal(without_repeat(node), is_label_byte)).count();
    is_ending(&rest[..run]) && is_end(&rest[run..])
}

fn is_ending(nodes: &[Node]) -> bool {
    let is_part = |node: &Node| is_literal(without_repeat(node), |byte| byte.is_ascii_alphanumeric());
    (2..=LONGEST_EXTENSION).contains(&nodes.len()) && nodes.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcre::parse;

    fn of(text: &str) -> Vec<(usize, DotPlace)> {
        loose_dots(&parse(text, false).expect(text)).into_iter().map(|dot| (dot.start, dot.place)).collect()
    }

    #[test]
    fn dots_of_names_are_meant_literally() {
        use DotPlace::{Between, Extension, Hidden};
        for (text, wanted) in [
            ("^www.example.test$", vec![(4, Between), (12, Between)]),
            (r"^www\.example.test$", vec![(13, Between)]),
            ("^/api/v1.0/", vec![(8, Between)]),
            (".php$", vec![(0, Extension)]),
            (r"^/(.*).php$", vec![(6, Extension)]),
            (".(jpe?g|png)$", vec![(0, Extension)]),
            ("(.js|.css)$", vec![(1, Extension), (5, Extension)]),
            ("/.git", vec![(1, Hidden)]),
            ("/.well-known/", vec![(1, Hidden)]),
            ("^(www.)?example.test$", vec![(5, Between), (15, Between)]),
            (r"^[a-z]+.example\.test$", vec![(7, Between)]),
            (r"^10.0.\d+$", vec![(3, Between), (5, Between)]),
            ("^a.(com|org)$", vec![(2, Between)]),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }

    #[test]
    fn other_dots_are_left_alone() {
        for text in [
            "a.*b",
            "a.+b",
            "a.?b",
            "a.{2}b",
            "[.]a",
            r"a\.b",
            "^/.+",
            "/../",
            "^.$",
            "^/.",
            "...",
            "^.a/",
            "(.)",
            r"\.(?:css|.html)$",
        ] {
            assert_eq!(of(text), vec![], "{text}");
        }
    }
}
