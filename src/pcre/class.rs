//! Sets of characters in brackets.

use super::ast::{Class, ClassItem, ClassKind};
use super::cursor::Cursor;
use super::error::{Error, ErrorKind};
use super::escape::{self, Escaped};

const POSIX: &[&str] = &[
    "alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print", "punct", "space", "word",
    "xdigit",
];

/// What a hyphen means at this point of a set.
#[derive(Debug, Clone, Copy)]
enum Range {
    /// A hyphen.
    No,
    /// The start of a range, from this character.
    Possible(u32),
    /// Behind `a-`.
    Begun(u32),
    /// Behind `\d`: a hyphen, if it is the last one.
    AfterSet,
    /// Behind `\d-`; the hyphen stands there.
    AfterSetBegun(usize),
}

/// A set that is being read.
struct Reader<'r, 'p> {
    cursor: &'r mut Cursor<'p>,
    doubts: &'r mut Vec<Error>,
    start: usize,
    items: Vec<ClassItem>,
    range: Range,
}

/// Reads a set from its `[` on. `skips_blanks`: after `(?xx)`, blanks mean nothing.
pub(super) fn read(cursor: &mut Cursor<'_>, skips_blanks: bool, doubts: &mut Vec<Error>) -> Result<Class, Error> {
    let start = cursor.at;
    cursor.at += 1;
    if let Some(end) = posix_end(cursor) {
        let kind = match cursor.peek() {
            Some(b':') => ErrorKind::PosixOutsideClass,
            _ => ErrorKind::CollatingElement,
        };
        return Err(Error::new(start, end + 2, kind));
    }
    let mut negated = false;
    loop {
        if cursor.starts_with("\\E") {
            cursor.at += 2;
        } else if cursor.starts_with("\\Q\\E") {
            cursor.at += 4;
        } else if skips_blanks && matches!(cursor.peek(), Some(b' ' | b'\t')) {
            cursor.at += 1;
        } else if negated || !cursor.eat(b'^') {
            break;
        } else {
            negated = true;
        }
    }
    let mut reader = Reader { cursor, doubts, start, items: Vec::new(), range: Range::No };
    reader.body(skips_blanks)?;
    Ok(Class { negated, items: reader.items })
}

/// Where the `:]` of `[:name:]` stands, if the text behind a `[` has this form.
fn posix_end(cursor: &Cursor<'_>) -> Option<usize> {
    let text = cursor.text.as_bytes();
    let terminator = cursor.peek().filter(|byte| matches!(byte, b':' | b'.' | b'='))?;
    let mut at = cursor.at + 1;
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            (b'\\', b']' | b'\\') => at += 1,
            (b']', _) => return None,
            (b'[', next) if next == terminator => return None,
            (byte, b']') if byte == terminator => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

impl Reader<'_, '_> {
    fn body(&mut self, skips_blanks: bool) -> Result<(), Error> {
        let mut is_quoted = false;
        if self.cursor.peek() == Some(b']') {
            self.literal(false)?;
        }
        loop {
            let Some(next) = self.cursor.peek() else {
                return Err(Error::new(self.start, self.cursor.text.len(), ErrorKind::UnclosedClass));
            };
            if is_quoted && !self.cursor.starts_with("\\E") {
                self.literal(true)?;
                continue;
            }
            match next {
                b'\\' if self.cursor.starts_with("\\E") || self.cursor.starts_with("\\Q") => {
                    is_quoted = self.cursor.peek_behind(1) == Some(b'Q');
                    self.cursor.at += 2;
                }
                b' ' | b'\t' if skips_blanks => self.cursor.at += 1,
                b']' => {
                    self.cursor.at += 1;
                    return Ok(());
                }
                b'[' if self.posix()? => {}
                b'\\' => self.escape()?,
                _ => self.literal(false)?,
            }
        }
    }

    /// `[:alpha:]`, if that is what comes next.
    fn posix(&mut self) -> Result<bool, Error> {
        let mut ahead = *self.cursor;
        ahead.at += 1;
        let Some(end) = posix_end(&ahead) else { return Ok(false) };
        let start = self.cursor.at;
        let fail = |kind| Err(Error::new(start, end + 2, kind));
        if ahead.peek() != Some(b':') {
            return fail(ErrorKind::CollatingElement);
        }
        let written = &self.cursor.text.as_bytes()[ahead.at + 1..end];
        let name = written.strip_prefix(b"^").unwrap_or(written);
        let Some(known) = POSIX.iter().find(|known| known.as_bytes() == name) else {
            return fail(ErrorKind::UnknownPosixClass);
        };
        self.cursor.at = end + 2;
        let kind = ClassKind::Posix { negated: name.len() < written.len(), name: (*known).to_owned() };
        self.set(start, kind)?;
        Ok(true)
    }

    fn escape(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        match escape::read(self.cursor, 0, true)? {
            Escaped::Literal(code) => self.character(start, code),
            Escaped::Doubtful(code, doubt) => {
                self.doubts.push(doubt);
                self.character(start, code)
            }
            Escaped::Shorthand(letter) => self.set(start, ClassKind::Shorthand(letter)),
            Escaped::Property { negated, name } => self.set(start, ClassKind::Property { negated, name }),
            // The rest does not come out of a set.
            _ => Err(Error::new(start, self.cursor.at, ErrorKind::EscapeInClass)),
        }
    }

    fn literal(&mut self, is_quoted: bool) -> Result<(), Error> {
        let start = self.cursor.at;
        let code = self.cursor.take().unwrap_or_default();
        if code == u32::from(b'-') && !is_quoted {
            match self.range {
                Range::Possible(from) => {
                    self.range = Range::Begun(from);
                    self.push(start, ClassKind::Literal(code));
                    return Ok(());
                }
                Range::AfterSet => {
                    self.range = Range::AfterSetBegun(start);
                    self.push(start, ClassKind::Literal(code));
                    return Ok(());
                }
                _ => {}
            }
        }
        self.character(start, code)
    }

    /// A single character, which may end a range. The hyphen of the range has been taken for a literal until now.
    fn character(&mut self, start: usize, code: u32) -> Result<(), Error> {
        match self.range {
            Range::Begun(from) => {
                self.items.pop();
                let first = self.items.pop().map_or(start, |item| item.start);
                if from > code {
                    return Err(Error::new(first, self.cursor.at, ErrorKind::RangeOrder));
                }
                self.push(first, ClassKind::Range(from, code));
                self.range = Range::No;
            }
            before => {
                self.doubt_range(before);
                self.push(start, ClassKind::Literal(code));
                self.range = if matches!(before, Range::AfterSetBegun(_)) { Range::No } else { Range::Possible(code) };
            }
        }
        Ok(())
    }

    /// Something that stands for several characters, which no range ends with.
    fn set(&mut self, start: usize, kind: ClassKind) -> Result<(), Error> {
        if matches!(self.range, Range::Begun(_)) {
            let first = self.items.iter().rev().nth(1).map_or(start, |item| item.start);
            return Err(Error::new(first, self.cursor.at, ErrorKind::RangeOfSet));
        }
        self.doubt_range(self.range);
        self.push(start, kind);
        self.range = Range::AfterSet;
        Ok(())
    }

    /// `[\w-.]`: PCRE1 takes the hyphen for one, PCRE2 gives up.
    fn doubt_range(&mut self, range: Range) {
        if let Range::AfterSetBegun(hyphen) = range {
            let first = self.items.iter().rev().nth(1).map_or(hyphen, |item| item.start);
            self.doubts.push(Error::new(first, self.cursor.at, ErrorKind::RangeOfSet));
        }
    }

    fn push(&mut self, start: usize, kind: ClassKind) {
        self.items.push(ClassItem { start, end: self.cursor.at, kind });
    }
}
