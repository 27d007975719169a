//! The place in the text that is being read, and the small things that are read in several places.

use super::error::{Error, ErrorKind};

/// The longest name of a group in any release.
const LONGEST_NAME: usize = 128;
/// The highest number that a group or a count can have.
pub(super) const HIGHEST: u32 = 65535;

/// A place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'p> {
    pub(super) text: &'p str,
    pub(super) at: usize,
    pub(super) utf: bool,
}

impl<'p> Cursor<'p> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_behind(0)
    }

    /// The byte so many bytes behind the next one.
    pub(super) fn peek_behind(&self, count: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + count).copied()
    }

    pub(super) fn rest(&self) -> &'p [u8] {
        &self.text.as_bytes()[self.at.min(self.text.len())..]
    }

    pub(super) fn starts_with(&self, start: &str) -> bool {
        self.rest().starts_with(start.as_bytes())
    }

    /// Goes past this byte if it is the next one.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Goes past the next byte, or character with `(*UTF)`.
    pub(super) fn take(&mut self) -> Option<u32> {
        if self.utf
            && let Some(next) = self.text.get(self.at..).and_then(|rest| rest.chars().next())
        {
            self.at += next.len_utf8();
            return Some(u32::from(next));
        }
        let byte = self.peek()?;
        self.at += 1;
        Some(u32::from(byte))
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// Goes past the bytes that fit, and gives them.
    pub(super) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'p [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| fits(**byte)).count();
        self.at += length;
        &rest[..length]
    }

    /// A number, cut off somewhere above the highest one that is of use; none if there is no digit.
    pub(super) fn number(&mut self) -> Option<u32> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        let value = digits.iter().fold(0_u32, |sum, digit| (sum * 10 + u32::from(digit - b'0')).min(HIGHEST * 1000));
        (!digits.is_empty()).then_some(value)
    }

    /// The name of a group and what ends it.
    pub(super) fn name(&mut self, terminator: u8) -> Result<String, Error> {
        let is_braced = terminator == b'}';
        if is_braced {
            self.skip_blanks();
        }
        let start = self.at;
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(Error::new(start, start + 1, ErrorKind::NameStartsWithDigit));
        }
        // What counts as a letter above ASCII is left to PCRE.
        let utf = self.utf;
        self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || (utf && !byte.is_ascii()));
        let end = self.at;
        if start == end {
            return Err(Error::new(start, self.text.len().min(start + 1), ErrorKind::NameExpected));
        }
        if end - start > LONGEST_NAME {
            return Err(Error::new(start, end, ErrorKind::NameTooLong));
        }
        if is_braced {
            self.skip_blanks();
        }
        if !self.eat(terminator) {
            return Err(Error::new(start, self.text.len().min(self.at + 1), ErrorKind::NameNotTerminated));
        }
        Ok(self.text[start..end].to_owned())
    }

    /// The counts of `{2}`, `{2,}` and `{2,5}`, from the brace on; none, and no step, if it is no quantifier.
    pub(super) fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let start = self.at;
        let mut ahead = *self;
        ahead.at += 1;
        // Blanks, and `{,5}`, are counts since PCRE2 10.43 and literals before; they are read as literals.
        let Some(min) = ahead.number() else { return Ok(None) };
        let max = if ahead.eat(b',') { ahead.number() } else { Some(min) };
        if !ahead.eat(b'}') {
            return Ok(None);
        }
        self.at = ahead.at;
        let fail = |kind| Err(Error::new(start, ahead.at, kind));
        match max {
            _ if min > HIGHEST || max.is_some_and(|max| max > HIGHEST) => fail(ErrorKind::QuantifierTooBig),
            Some(max) if max < min => fail(ErrorKind::QuantifierOrder),
            _ => Ok(Some((min, max))),
        }
    }
}
