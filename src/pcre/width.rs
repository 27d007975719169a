//! How far lookbehinds look: all of PCRE wants a limit.

use super::ast::{Branch, Condition, GroupKind, Kind, Node, Pattern};
use super::error::{Error, ErrorKind};

/// Where the width varies, no release looks back further than this.
const FARTHEST: u64 = 255;

/// The least and the most characters that a piece can match; none if that is not known.
type Width = Option<(u64, u64)>;

/// A piece that matches any number of characters.
struct Unlimited;

/// Fails on a lookbehind without a limit.
pub(super) fn check(pattern: &Pattern, text: &str) -> Result<(), Error> {
    // What `{,5}` and blanks in braces are depends on the release; behind `(*ACCEPT)` and into definitions PCRE does not look.
    if ["{,", "{ ", "{\t", "(*", "(DEFINE"].iter().any(|mark| text.contains(mark)) {
        return Ok(());
    }
    let mut wrong = None;
    pattern.visit(&mut |node| {
        if let Kind::Group(GroupKind::Look { behind: true, .. }, branches) = &node.kind
            && !branches.iter().all(is_limited)
        {
            wrong.get_or_insert_with(|| Error::new(node.start, node.end, ErrorKind::LookbehindUnlimited));
        }
    });
    wrong.map_or(Ok(()), Err)
}

fn is_limited(branch: &Branch) -> bool {
    match width_of_branch(branch) {
        Ok(Some((min, max))) => min == max || max <= FARTHEST,
        Ok(None) => true,
        Err(Unlimited) => false,
    }
}

fn width_of_branch(branch: &Branch) -> Result<Width, Unlimited> {
    let mut sum = Some((0_u64, 0_u64));
    for node in branch {
        let width = width(node)?;
        sum = sum.zip(width).map(|(sum, width)| (sum.0.saturating_add(width.0), sum.1.saturating_add(width.1)));
    }
    Ok(sum)
}

fn width(node: &Node) -> Result<Width, Unlimited> {
    Ok(match &node.kind {
        Kind::Literal(_) | Kind::Dot | Kind::Class(_) | Kind::Property { .. } => Some((1, 1)),
        Kind::Shorthand('X') => return Err(Unlimited),
        Kind::Shorthand('R') => Some((1, 2)),
        Kind::Shorthand(_) => Some((1, 1)),
        Kind::Anchor(_) | Kind::Keep | Kind::Flags(_) | Kind::Callout | Kind::Verb(_) | Kind::Comment => Some((0, 0)),
        Kind::BackReference(_) | Kind::Call(_) | Kind::Opaque => None,
        Kind::Group(GroupKind::Look { .. } | GroupKind::Conditional(Condition::Define), _) => Some((0, 0)),
        Kind::Group(_, branches) => {
            let mut whole = Some((u64::MAX, 0));
            for branch in branches {
                let width = width_of_branch(branch)?;
                whole = whole.zip(width).map(|(whole, width)| (whole.0.min(width.0), whole.1.max(width.1)));
            }
            whole
        }
        // However often.
        Kind::Repeat { node, .. } if matches!(node.kind, Kind::Group(GroupKind::Look { .. }, _) | Kind::Anchor(_)) => {
            Some((0, 0))
        }
        Kind::Repeat { node, min, max, .. } => {
            let Some(max) = max else { return Err(Unlimited) };
            let times = |width: u64, count: u32| width.saturating_mul(u64::from(count));
            width(node)?.map(|width| (times(width.0, *min), times(width.1, *max)))
        }
    })
}
