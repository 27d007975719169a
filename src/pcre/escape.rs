//! What follows a backslash.

use super::ast::{Anchor, Reference};
use super::cursor::{Cursor, HIGHEST};
use super::error::{Error, ErrorKind};

/// What an escape sequence is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Escaped {
    Literal(u32),
    Shorthand(char),
    Property {
        negated: bool,
        name: String,
    },
    Anchor(Anchor),
    Keep,
    BackReference(Reference),
    Call(Reference),
    /// A literal for PCRE1; PCRE2 gives up with this.
    Doubtful(u32, Error),
}

/// Reads an escape sequence from its backslash on. `groups` counts the groups that have been opened so far.
pub(super) fn read(cursor: &mut Cursor<'_>, groups: u32, in_class: bool) -> Result<Escaped, Error> {
    let start = cursor.at;
    cursor.at += 1;
    let Some(code) = cursor.take() else {
        return Err(Error::new(start, cursor.at, ErrorKind::TrailingBackslash));
    };
    let letter = u8::try_from(code).unwrap_or_default();
    let literal = |code: u32| Ok(Escaped::Literal(code));
    match letter {
        b'a' => literal(7),
        b'e' => literal(27),
        b'f' => literal(12),
        b'n' => literal(10),
        b'r' => literal(13),
        b't' => literal(9),
        b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'h' | b'H' | b'v' | b'V' => {
            Ok(Escaped::Shorthand(char::from(letter)))
        }
        b'p' | b'P' => property(cursor, start),
        b'x' => hexadecimal(cursor, start),
        b'o' => braced_octal(cursor, start),
        b'c' => control(cursor, start),
        b'0' => octal(cursor, start, 0),
        b'1'..=b'9' => digits(cursor, start, groups, in_class),
        b'l' | b'L' | b'u' | b'U' => Err(Error::new(start, cursor.at, ErrorKind::NotInPcre)),
        b'N' => not_newline(cursor, start, in_class),
        b'b' if in_class => literal(8),
        b'g' | b'k' if in_class => literal(code),
        b'A' | b'B' | b'C' | b'G' | b'K' | b'R' | b'X' | b'Z' | b'z' if in_class => {
            Ok(Escaped::Doubtful(code, Error::new(start, cursor.at, ErrorKind::EscapeInClass)))
        }
        b'R' | b'X' | b'C' => Ok(Escaped::Shorthand(char::from(letter))),
        b'K' => Ok(Escaped::Keep),
        b'g' => group(cursor, start, groups),
        b'k' => named(cursor, start),
        _ => match anchor(letter) {
            Some(anchor) => Ok(Escaped::Anchor(anchor)),
            None if letter.is_ascii_alphanumeric() => {
                Ok(Escaped::Doubtful(code, Error::new(start, cursor.at, ErrorKind::UnknownEscape)))
            }
            None => literal(code),
        },
    }
}

fn anchor(letter: u8) -> Option<Anchor> {
    Some(match letter {
        b'A' => Anchor::Start,
        b'z' => Anchor::End,
        b'Z' => Anchor::EndOrNewline,
        b'G' => Anchor::MatchStart,
        b'b' => Anchor::WordBoundary,
        b'B' => Anchor::NoWordBoundary,
        _ => return None,
    })
}

/// `\N` is no line break; `\N{U+41}` is a character, with `(*UTF)` only; `\N{name}` is Perl's alone.
fn not_newline(cursor: &mut Cursor<'_>, start: usize, in_class: bool) -> Result<Escaped, Error> {
    let fail = |cursor: &Cursor<'_>, kind| Err(Error::new(start, cursor.at, kind));
    if cursor.peek() == Some(b'{') {
        let mut ahead = *cursor;
        ahead.at += 1;
        ahead.skip_blanks();
        if ahead.starts_with("U+") && cursor.utf {
            cursor.at = ahead.at + 2;
            return braced_hexadecimal(cursor, start);
        }
        let count = ahead.take_while(|byte| byte.is_ascii_digit() || b", \t".contains(&byte));
        let is_count = count.iter().any(u8::is_ascii_digit) && ahead.eat(b'}');
        if in_class || !is_count {
            return fail(cursor, ErrorKind::NotInPcre);
        }
    }
    if in_class { fail(cursor, ErrorKind::EscapeInClass) } else { Ok(Escaped::Shorthand('N')) }
}

fn property(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    let mut negated = cursor.text.as_bytes()[start + 1] == b'P';
    let fail = |cursor: &Cursor<'_>| Err(Error::new(start, cursor.at.min(cursor.text.len()), ErrorKind::BadProperty));
    let name = if cursor.eat(b'{') {
        // Which names there are depends on the release.
        let name = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"\t _-^&=:".contains(&byte));
        if !cursor.eat(b'}') {
            return fail(cursor);
        }
        String::from_utf8_lossy(name).into_owned()
    } else {
        match cursor.take_while(|byte| byte.is_ascii_alphabetic()).first().copied() {
            Some(letter) => {
                cursor.at = start + 3;
                if !b"clmnpszCLMNPSZ".contains(&letter) {
                    return fail(cursor);
                }
                char::from(letter).to_string()
            }
            None => return fail(cursor),
        }
    };
    let bare = name.trim_start_matches([' ', '\t', '_', '-']);
    let bare = bare.strip_prefix('^').inspect(|_| negated = !negated).unwrap_or(bare).to_owned();
    Ok(Escaped::Property { negated, name: bare })
}

/// `\x41` and `\x{41}`; without digits it is a NUL, but not for the newest releases.
fn hexadecimal(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    if cursor.eat(b'{') {
        return braced_hexadecimal(cursor, start);
    }
    let is_hex = |byte: u8| byte.is_ascii_hexdigit();
    let digits = cursor.take_while(is_hex);
    let digits = &digits[..digits.len().min(2)];
    cursor.at = start + 2 + digits.len();
    let code = value(digits, 16);
    Ok(match digits {
        [] => Escaped::Doubtful(0, Error::new(start, cursor.at, ErrorKind::DigitsMissing)),
        _ => Escaped::Literal(code),
    })
}

/// What stands between the braces, and the closing one.
fn braced_hexadecimal(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    braced(cursor, start, 16, ErrorKind::BadHex)
}

fn braced_octal(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    if !cursor.eat(b'{') {
        return Err(Error::new(start, cursor.at, ErrorKind::BadOctal));
    }
    braced(cursor, start, 8, ErrorKind::BadOctal)
}

fn braced(cursor: &mut Cursor<'_>, start: usize, radix: u32, kind: ErrorKind) -> Result<Escaped, Error> {
    cursor.skip_blanks();
    let digits = cursor.take_while(|byte| char::from(byte).is_digit(radix));
    cursor.skip_blanks();
    let fail = |cursor: &Cursor<'_>, kind| Err(Error::new(start, cursor.at.min(cursor.text.len()), kind));
    let code = value(digits, radix);
    let is_closed = cursor.eat(b'}');
    let highest = if cursor.utf { 0x10_ffff } else { 0xff };
    match is_closed {
        _ if code > highest => fail(cursor, ErrorKind::CodeTooLarge),
        false => fail(cursor, kind),
        true if digits.is_empty() => fail(cursor, ErrorKind::DigitsMissing),
        true if cursor.utf && (0xd800..=0xdfff).contains(&code) => fail(cursor, ErrorKind::CodeTooLarge),
        true => Ok(Escaped::Literal(code)),
    }
}

fn value(digits: &[u8], radix: u32) -> u32 {
    let digit = |byte: &u8| char::from(*byte).to_digit(radix).unwrap_or_default();
    digits.iter().fold(0, |sum: u32, byte| sum.saturating_mul(radix).saturating_add(digit(byte)))
}

fn control(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    match cursor.take() {
        Some(code) if code < 128 => {
            let upper = u8::try_from(code).unwrap_or_default().to_ascii_uppercase();
            Ok(Escaped::Literal(u32::from(upper ^ 0x40)))
        }
        _ => Err(Error::new(start, start + 2, ErrorKind::BadControl)),
    }
}

/// A reference to a group, or up to three octal digits: which of them depends on how many groups there are.
fn digits(cursor: &mut Cursor<'_>, start: usize, groups: u32, in_class: bool) -> Result<Escaped, Error> {
    cursor.at = start + 1;
    let first = cursor.peek().unwrap_or_default();
    let mut ahead = *cursor;
    let number = ahead.number().unwrap_or_default();
    let is_eight = first >= b'8';
    if !in_class && (number < 10 || is_eight || number <= groups) {
        cursor.at = ahead.at;
        if number > HIGHEST {
            return Err(Error::new(start, cursor.at, ErrorKind::NumberTooBig));
        }
        return Ok(Escaped::BackReference(Reference::Number(number)));
    }
    cursor.at = start + 2;
    if is_eight { Ok(Escaped::Literal(u32::from(first))) } else { octal(cursor, start, u32::from(first - b'0')) }
}

/// Up to two further octal digits.
fn octal(cursor: &mut Cursor<'_>, start: usize, first: u32) -> Result<Escaped, Error> {
    let further = cursor.take_while(|byte| (b'0'..=b'7').contains(&byte));
    let further = &further[..further.len().min(2)];
    cursor.at = start + 2 + further.len();
    let code = further.iter().fold(first, |sum, byte| sum * 8 + u32::from(byte - b'0'));
    match code > 0xff && !cursor.utf {
        true => Err(Error::new(start, cursor.at, ErrorKind::CodeTooLarge)),
        false => Ok(Escaped::Literal(code)),
    }
}

/// `\g1`, `\g-1`, `\g{name}` refer to what a group has matched; `\g<1>` and `\g'name'` call it.
fn group(cursor: &mut Cursor<'_>, start: usize, groups: u32) -> Result<Escaped, Error> {
    let call = match cursor.peek() {
        Some(b'<') => Some(b'>'),
        Some(b'\'') => Some(b'\''),
        _ => None,
    };
    let is_braced = cursor.peek() == Some(b'{');
    let mut ahead = *cursor;
    ahead.at += usize::from(call.is_some() || is_braced);
    if is_braced {
        ahead.skip_blanks();
    }
    let number = relative_number(&mut ahead, start, groups)?;
    if is_braced {
        ahead.skip_blanks();
    }
    let terminator = call.or(is_braced.then_some(b'}'));
    let reference = match (number, terminator) {
        (Some(number), terminator) => {
            if terminator.is_some_and(|terminator| !ahead.eat(terminator)) || (number == 0 && call.is_none()) {
                return Err(Error::new(start, ahead.at.min(cursor.text.len()), ErrorKind::BadReference));
            }
            cursor.at = ahead.at;
            Reference::Number(number)
        }
        (None, Some(terminator)) => {
            cursor.at += 1;
            Reference::Name(cursor.name(terminator)?)
        }
        (None, None) => return Err(Error::new(start, cursor.at, ErrorKind::BadReference)),
    };
    Ok(if call.is_some() { Escaped::Call(reference) } else { Escaped::BackReference(reference) })
}

fn named(cursor: &mut Cursor<'_>, start: usize) -> Result<Escaped, Error> {
    let terminator = match cursor.peek() {
        Some(b'<') => b'>',
        Some(b'\'') => b'\'',
        Some(b'{') => b'}',
        _ => return Err(Error::new(start, cursor.at, ErrorKind::BadReference)),
    };
    cursor.at += 1;
    Ok(Escaped::BackReference(Reference::Name(cursor.name(terminator)?)))
}

/// A number that may count from here with `+` or `-`; none, if no number follows. `start` is where the construct begins.
pub(super) fn relative_number(cursor: &mut Cursor<'_>, start: usize, groups: u32) -> Result<Option<u32>, Error> {
    let mut ahead = *cursor;
    let sign = ahead.peek().filter(|byte| matches!(byte, b'+' | b'-'));
    ahead.at += usize::from(sign.is_some());
    let Some(number) = ahead.number() else { return Ok(None) };
    cursor.at = ahead.at;
    let fail = |kind| Err(Error::new(start, ahead.at, kind));
    match sign {
        _ if number > HIGHEST => fail(ErrorKind::NumberTooBig),
        Some(_) if number == 0 => fail(ErrorKind::BadReference),
        Some(b'+') => Ok(Some(groups + number)),
        Some(_) if number > groups => fail(ErrorKind::NoSuchGroup),
        Some(_) => Ok(Some(groups + 1 - number)),
        None => Ok(Some(number)),
    }
}
