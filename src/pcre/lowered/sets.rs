//! Which bytes classes and shorthands stand for, in the tables of the C locale that nginx leaves PCRE with.

use super::bytes::ByteSet;
use crate::pcre::ast::{Class, ClassKind};

/// What a class stands for; none if that depends on Unicode's tables.
pub(super) fn of_class(class: &Class, caseless: bool) -> Option<ByteSet> {
    let mut set = ByteSet::NONE;
    for item in &class.items {
        set = set.or(match &item.kind {
            ClassKind::Literal(code) => of_range(*code, *code, caseless),
            ClassKind::Range(first, last) => of_range(*first, *last, caseless),
            ClassKind::Shorthand(letter) => of_shorthand(*letter)?,
            ClassKind::Posix { negated, name } => {
                // Without regard to case, there is no telling small from capital letters.
                let name = if caseless && matches!(name.as_str(), "lower" | "upper") { "alpha" } else { name };
                let set = of_posix(name);
                if *negated { set.complement() } else { set }
            }
            ClassKind::Property { .. } => return None,
        });
    }
    Some(if class.negated { set.complement() } else { set })
}

/// The bytes with these codes.
pub(super) fn of_range(first: u32, last: u32, caseless: bool) -> ByteSet {
    let mut set = ByteSet::NONE;
    (first..=last.min(u32::from(u8::MAX))).for_each(|code| set.insert(code as u8));
    if caseless { set.in_any_case() } else { set }
}

/// What a shorthand for one byte stands for; none for the others.
pub(super) fn of_shorthand(letter: char) -> Option<ByteSet> {
    let set = match letter.to_ascii_lowercase() {
        'd' => of_posix("digit"),
        's' => of_posix("space"),
        'w' => of_posix("word"),
        'h' => ByteSet::of(|byte| matches!(byte, b'\t' | b' ' | 0xa0)),
        'v' => ByteSet::of(|byte| matches!(byte, b'\n'..=b'\r' | 0x85)),
        'n' if letter == 'N' => return Some(ByteSet::byte(b'\n').complement()),
        'c' if letter == 'C' => return Some(ByteSet::ALL),
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { set.complement() } else { set })
}

fn of_posix(name: &str) -> ByteSet {
    ByteSet::of(|byte| match name {
        "alpha" => byte.is_ascii_alphabetic(),
        "lower" => byte.is_ascii_lowercase(),
        "upper" => byte.is_ascii_uppercase(),
        "alnum" => byte.is_ascii_alphanumeric(),
        "ascii" => byte.is_ascii(),
        "blank" => matches!(byte, b' ' | b'\t'),
        "cntrl" => byte.is_ascii_control(),
        "digit" => byte.is_ascii_digit(),
        "graph" => byte.is_ascii_graphic(),
        "print" => byte.is_ascii_graphic() || byte == b' ',
        "punct" => byte.is_ascii_punctuation(),
        "space" => matches!(byte, b'\t'..=b'\r' | b' '),
        "xdigit" => byte.is_ascii_hexdigit(),
        _ => byte.is_ascii_alphanumeric() || byte == b'_',
    })
}
