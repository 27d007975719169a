//! Can a line break get into a match?

use crate::pcre::automaton::{Automaton, Search, Watch, trace, witnesses};
use crate::pcre::lowered::{Piece, lower};
use crate::pcre::{Kind, Pattern};

/// So many subjects are tried.
const MAX_TRIES: usize = 20;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole match, which is what group 0 holds.
    Match,
    /// The group with this number.
    Group(u32),
}

/// A subject, as short as possible, that makes the match or the group contain a line break (byte 10); a group that does not
/// exist contains none.
pub fn line_break(pattern: &Pattern, scope: Scope) -> Search {
    let mut is_odd = pattern.is_opaque();
    // A verb can make the dot match line breaks.
    let whole = lower(pattern);
    pattern.visit(&mut |node| is_odd |= matches!(node.kind, Kind::Verb(_)) && !is_harmless(&whole, node.start));
    if is_odd {
        return Search::Unknown;
    }
    let scope = if scope == Scope::Group(0) { Scope::Match } else { scope };
    if !can_take(&whole, scope, scope == Scope::Match) {
        return Search::Nothing;
    }
    let watch = match scope {
        Scope::Match => Watch::All,
        Scope::Group(number) => Watch::Group(number),
    };
    let Ok(automaton) = Automaton::watching(pattern, watch) else { return Search::Unknown };
    let (mut tries, mut found) = (0, None);
    let outcome = witnesses(&[&automaton], &[], &mut |subject| {
        tries += 1;
        if is_taken(&automaton, scope, &subject) {
            found = Some(subject);
        }
        found.is_some() || tries > MAX_TRIES
    });
    match (found, outcome) {
        (Some(subject), _) => Search::Found(subject),
        // No way through the expression, whichever PCRE takes, has one.
        (None, Ok(())) if tries == 0 => Search::Nothing,
        _ => Search::Unknown,
    }
}

/// Is the verb at this offset one that changes nothing?
fn is_harmless(whole: &Piece, offset: usize) -> bool {
    !whole.has(&|piece| matches!(piece, Piece::Other { start, .. } if *start == offset))
}

/// Is there anything inside that takes a line break?
fn can_take(piece: &Piece, scope: Scope, is_inside: bool) -> bool {
    match piece {
        Piece::Bytes(set) => is_inside && set.contains(b'\n'),
        Piece::Other { .. } => is_inside,
        Piece::Capture(number, body) => can_take(body, scope, is_inside || scope == Scope::Group(*number)),
        // What they look at is no part of the match, but groups in them are filled.
        Piece::Look { piece, .. } => can_take(piece, scope, is_inside && scope != Scope::Match),
        Piece::Repeat { max: Some(0), .. } => false,
        _ => piece.parts().iter().any(|part| can_take(part, scope, is_inside)),
    }
}

/// Does PCRE, which takes the first way that works, put a line break there?
fn is_taken(automaton: &Automaton, scope: Scope, subject: &[u8]) -> bool {
    let Some(Some(places)) = trace(automaton.program(), subject) else { return false };
    let slot = match scope {
        Scope::Match => 0,
        Scope::Group(number) => 2 * number as usize,
    };
    let (Some(Some(start)), Some(Some(end))) = (places.get(slot), places.get(slot + 1)) else { return false };
    subject.get(*start..*end).is_some_and(|text| text.contains(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcre::parse;

    fn of(text: &str, group: u32) -> Search {
        line_break(&parse(text, false).expect(text), Scope::Group(group))
    }

    #[test]
    fn negated_sets_take_line_breaks_and_dots_do_not() {
        for text in
            [r"^/(.*)$", r"^/([\w/-]+)", r"(\N+)", "([^\n]*)", r"(\S+)/", r"([^\s]+)", "^(/.*)\n", "(?<n>[a-z])x"]
        {
            assert_eq!(of(text, 1), Search::Nothing, "{text}");
        }
        for (text, subject) in [
            ("^/([^/]*)/", "/\n/"),
            (r"^/(\s)", "/\n"),
            (r"(\W)", "\n"),
            (r"(\D+)$", "\n"),
            ("(?s)^/(.*)", "/\n"),
            ("(?s:.)(.)", ""),
            ("(a|[^b])$", "\n"),
        ] {
            let wanted = if subject.is_empty() { Search::Nothing } else { Search::Found(subject.as_bytes().to_vec()) };
            assert_eq!(of(text, 1), wanted, "{text}");
        }
    }

    #[test]
    fn the_whole_match_and_the_groups_differ() {
        assert_eq!(of("^([a-z]+)[^/]", 1), Search::Nothing);
        assert_eq!(of("^([a-z]+)[^/]", 0), Search::Found(b"a\n".to_vec()));
        assert_eq!(of("^a$", 0), Search::Nothing, "the line break at the end is no part of the match");
        assert_eq!(of("(?=([^/]))", 0), Search::Nothing);
        assert_eq!(of("(a)", 7), Search::Nothing);
    }

    #[test]
    fn what_is_not_followed_is_not_known() {
        for text in ["([^/]++)/", r"(a)(\1|[^b])\1", "(?=([^/]))", r"(\R)", "(*ANYCRLF)(.)", r"(\PL)", "(a(?1)?[^b])"] {
            let group = if text.contains("\\1") { 2 } else { 1 };
            assert_eq!(of(text, group), Search::Unknown, "{text}");
        }
        assert_eq!(of("^(?!x)([a-z]*)", 1), Search::Nothing);
        assert_eq!(of("^(?>x)([a-z]*)", 1), Search::Nothing);
    }
}
