//! Is an expression tied to the start and to the end of its subject?

use crate::pcre::Pattern;
use crate::pcre::lowered::{Piece, Place, lower};

/// How an expression is tied to both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchors {
    /// Where its matches begin.
    pub start: Hold,
    /// Where they end.
    pub end: Hold,
}

/// What every match is tied to; the weakest of the alternatives counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// To nothing.
    Nothing,
    /// That is not known: there are lookarounds or conditions at this end.
    Unknown,
    /// To the start or the end of a line: `^` and `$` after `(?m)`.
    Line,
    /// To the end, or the place in front of a line break at the end: `$` and `\Z`.
    BeforeFinalNewline,
    /// To the start or the end of the subject: `^`, `\A` and `\z`.
    Subject,
}

/// Where an expression is anchored. `(?:^|/)x` is not, as it can begin behind a slash as well; nor is `.*x`, though its
/// matches reach the start.
pub fn anchors(pattern: &Pattern) -> Anchors {
    let whole = lower(pattern);
    Anchors { start: hold(&whole, Side::Start).0, end: hold(&whole, Side::End).0 }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

/// How a piece is tied to this side, and whether the piece next to it may be tied there instead, because this one never
/// takes a byte.
fn hold(piece: &Piece, side: Side) -> (Hold, bool) {
    match piece {
        Piece::Bytes(_) => (Hold::Nothing, false),
        Piece::Place(place) => (of_place(*place, side), true),
        Piece::Keep => (Hold::Nothing, true),
        Piece::Sequence(parts) => match side {
            Side::Start => of_sequence(parts.iter(), side),
            Side::End => of_sequence(parts.iter().rev(), side),
        },
        Piece::Choice(parts) => {
            let holds: Vec<(Hold, bool)> = parts.iter().map(|part| hold(part, side)).collect();
            let weakest = holds.iter().map(|(hold, _)| *hold).min().unwrap_or(Hold::Nothing);
            (weakest, holds.iter().all(|(_, goes_on)| *goes_on))
        }
        Piece::Repeat { max: Some(0), .. } => (Hold::Nothing, true),
        Piece::Repeat { piece, min: 0, .. } => (Hold::Nothing, hold(piece, side).1),
        Piece::Repeat { piece, .. } | Piece::Capture(_, piece) | Piece::Atomic(piece) => hold(piece, side),
        // `(?=^)` and `(?<!x)` may well tie it.
        Piece::Look { .. } => (Hold::Unknown, true),
        Piece::Other { .. } => (Hold::Unknown, false),
    }
}

fn of_sequence<'p>(parts: impl Iterator<Item = &'p Piece>, side: Side) -> (Hold, bool) {
    let mut strongest = Hold::Nothing;
    for part in parts {
        let (hold, goes_on) = hold(part, side);
        strongest = strongest.max(hold);
        if !goes_on {
            return (strongest, false);
        }
    }
    (strongest, true)
}

fn of_place(place: Place, side: Side) -> Hold {
    match (place, side) {
        (Place::Start, Side::Start) | (Place::End, Side::End) => Hold::Subject,
        (Place::LineStart, Side::Start) | (Place::LineEnd, Side::End) => Hold::Line,
        (Place::EndOrNewline, Side::End) => Hold::BeforeFinalNewline,
        _ => Hold::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcre::parse;

    fn of(text: &str) -> (Hold, Hold) {
        let anchors = anchors(&parse(text, false).expect(text));
        (anchors.start, anchors.end)
    }

    #[test]
    fn every_alternative_must_be_anchored() {
        use Hold::{BeforeFinalNewline as Final, Line, Nothing, Subject, Unknown};
        for (text, start, end) in [
            ("^a$", Subject, Final),
            (r"\Aa\z", Subject, Subject),
            (r"\Ga\Z", Subject, Final),
            ("a", Nothing, Nothing),
            ("^a|b$", Nothing, Nothing),
            ("^a|^b", Subject, Nothing),
            ("(^a$|^b$)", Subject, Final),
            (r"(?:a\z|b$)", Nothing, Final),
            ("(?m)^a$", Line, Line),
            ("(?m:^)a(?-m)$", Line, Final),
            ("(?:^|/)a(?:$|/)", Nothing, Nothing),
            ("(?i)^a$(?#end)", Subject, Final),
            ("(?:^a)+b", Subject, Nothing),
            ("(?:^a)?b", Nothing, Nothing),
            (r"\b^a", Subject, Nothing),
            ("(?!x)^a", Subject, Nothing),
            ("(?<!x)a(?!x)", Unknown, Unknown),
            ("(?<![^/])a", Unknown, Nothing),
            ("()^a", Subject, Nothing),
            (r"\^a\$", Nothing, Nothing),
            ("[$]", Nothing, Nothing),
            ("", Nothing, Nothing),
        ] {
            assert_eq!(of(text), (start, end), "{text}");
        }
    }
}
