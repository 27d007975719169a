//! What an opening parenthesis begins.

use super::ast::{Condition, Flags, GroupKind, Kind, Reference};
use super::error::{Error, ErrorKind};
use super::escape::relative_number;
use super::parser::{Modes, Parser};

/// The characters that can enclose the text of a callout; `{` is closed by `}`.
const CALLOUT_QUOTES: &[u8] = b"`'\"^%#${";

impl Parser<'_> {
    /// Does an assertion come next, or a callout in front of one?
    pub(super) fn is_assertion(&self) -> bool {
        let rest = self.cursor.rest();
        match rest {
            [b'(', b'*', next, _, ..] => next.is_ascii_lowercase(),
            [b'(', b'?', b'C', _, ..] => self.was_due == 2,
            [b'(', b'?', b'=' | b'!', _, ..] => true,
            [b'(', b'?', b'<', next, ..] => matches!(next, b'=' | b'!'),
            _ => false,
        }
    }

    pub(super) fn open(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        if self.cursor.starts_with("(?") {
            self.cursor.at += 2;
            return self.special(start);
        }
        if self.cursor.starts_with("(*") {
            return self.verb(start);
        }
        self.cursor.at += 1;
        if self.modes.no_capture {
            self.enter(start, GroupKind::Plain(Flags::default()));
        } else {
            self.capture(start, None);
        }
        Ok(())
    }

    fn special(&mut self, start: usize) -> Result<(), Error> {
        let Some(next) = self.cursor.peek() else { return Err(unclosed(start)) };
        let simple = match next {
            b'>' => Some(GroupKind::Atomic),
            b'|' => Some(GroupKind::BranchReset),
            b'=' | b'*' => Some(GroupKind::Look { behind: false, negative: false }),
            b'!' => Some(GroupKind::Look { behind: false, negative: true }),
            _ => None,
        };
        if let Some(kind) = simple {
            self.cursor.at += 1;
            self.enter(start, kind);
            return Ok(());
        }
        match next {
            b'<' => match self.cursor.peek_behind(1) {
                Some(sign @ (b'=' | b'!' | b'*')) => {
                    self.cursor.at += 2;
                    self.enter(start, GroupKind::Look { behind: true, negative: sign == b'!' });
                    Ok(())
                }
                _ => self.named(start, b'>'),
            },
            b'\'' => self.named(start, b'\''),
            b'P' => self.python(start),
            b'&' => self.call_by_name(start),
            b'R' => {
                self.cursor.at += 1;
                self.called(start, 0)
            }
            b'C' => self.callout(start),
            b'(' => self.condition(start),
            b'0'..=b'9' | b'+' => self.call_by_number(start),
            b'-' if self.cursor.peek_behind(1).is_some_and(|digit| digit.is_ascii_digit()) => {
                self.call_by_number(start)
            }
            // Perl's sets of sets; known since PCRE2 10.45.
            b'[' => {
                self.cut(start);
                Ok(())
            }
            _ => self.options(start),
        }
    }

    /// `(?<name>` and its sisters; the cursor is at the sign in front of the name.
    fn named(&mut self, start: usize, terminator: u8) -> Result<(), Error> {
        self.cursor.at += 1;
        let from = self.cursor.at;
        let name = self.cursor.name(terminator)?;
        let number = self.group_count + 1;
        let end = from + name.len();
        for group in self.groups.iter().filter(|group| group.name.is_some()) {
            let is_same = group.name.as_deref() == Some(&name);
            if is_same && group.number != number && !self.modes.same_names {
                return Err(Error::new(from, end, ErrorKind::DuplicateName));
            }
            if !is_same && group.number == number {
                return Err(Error::new(from, end, ErrorKind::DifferentNames));
            }
        }
        self.capture(start, Some(name));
        Ok(())
    }

    fn python(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.at += 1;
        match self.cursor.peek() {
            Some(b'<') => self.named(start, b'>'),
            Some(b'>') => self.call_by_name(start),
            Some(b'=') => {
                self.cursor.at += 1;
                let name = self.cursor.name(b')')?;
                self.push(start, Kind::BackReference(Reference::Name(name)), true);
                Ok(())
            }
            Some(_) => Err(Error::new(start, self.cursor.at + 1, ErrorKind::UnknownGroup)),
            None => Err(unclosed(start)),
        }
    }

    fn call_by_name(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.at += 1;
        let name = self.cursor.name(b')')?;
        self.call(start, Reference::Name(name));
        Ok(())
    }

    fn call_by_number(&mut self, start: usize) -> Result<(), Error> {
        match relative_number(&mut self.cursor, start, self.group_count)? {
            Some(number) => self.called(start, number),
            None => Err(Error::new(start, self.cursor.at + 1, ErrorKind::BadReference)),
        }
    }

    fn called(&mut self, start: usize, number: u32) -> Result<(), Error> {
        if !self.cursor.eat(b')') {
            return Err(Error::new(start, self.cursor.at, ErrorKind::BadReference));
        }
        self.call(start, Reference::Number(number));
        Ok(())
    }

    /// `(?i)`, `(?i:`, `(?:`
    fn options(&mut self, start: usize) -> Result<(), Error> {
        let (mut flags, mut modes) = (Flags::default(), self.modes);
        if self.cursor.eat(b'^') {
            flags.reset = true;
            modes = Modes { same_names: modes.same_names, ..Modes::default() };
        }
        let mut switches_on = true;
        loop {
            let at = self.cursor.at;
            let Some(next) = self.cursor.peek() else { return Err(unclosed(start)) };
            self.cursor.at += 1;
            match next {
                b')' => {
                    self.flags(start, flags, modes);
                    return Ok(());
                }
                b':' => {
                    self.enter(start, GroupKind::Plain(flags));
                    self.modes = modes;
                    return Ok(());
                }
                b'-' if flags.reset => return Err(self.error_at(at, ErrorKind::BadHyphen)),
                b'-' => {
                    if !switches_on {
                        self.doubts.push(Error::new(at, at + 1, ErrorKind::BadHyphen));
                    }
                    switches_on = false;
                }
                b'i' | b'm' | b's' | b'U' | b'r' | b'x' | b'n' | b'J' | b'a' | b'X' => {
                    if next == b'X' {
                        self.doubts.push(Error::new(at, at + 1, ErrorKind::UnknownFlag));
                    }
                    let is_double = next == b'x' && self.cursor.eat(b'x');
                    if next == b'a' && matches!(self.cursor.peek(), Some(b'D' | b'P' | b'S' | b'T' | b'W')) {
                        self.cursor.at += 1;
                    }
                    modes.switch(next, is_double, switches_on);
                    let letters = &self.cursor.text[at..self.cursor.at];
                    if switches_on { flags.on.push_str(letters) } else { flags.off.push_str(letters) }
                }
                _ if at == start + 2 => return Err(Error::new(start, self.past(at), ErrorKind::UnknownGroup)),
                _ => return Err(Error::new(at, self.past(at), ErrorKind::UnknownFlag)),
            }
        }
    }

    /// Behind the character at this place.
    fn past(&self, at: usize) -> usize {
        let text = self.cursor.text;
        (at + 1..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len())
    }

    /// `(?C)`, `(?C1)`, `(?C'text')`
    fn callout(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.at += 1;
        self.assertion_due = self.was_due.saturating_sub(1);
        let quote = self.cursor.peek().filter(|quote| CALLOUT_QUOTES.contains(quote));
        if let Some(quote) = quote {
            let closing = if quote == b'{' { b'}' } else { quote };
            self.cursor.at += 1;
            loop {
                self.cursor.take_while(|byte| byte != closing);
                if !self.cursor.eat(closing) {
                    return Err(Error::new(start, self.cursor.at, ErrorKind::CalloutUnclosed));
                }
                if !self.cursor.eat(closing) {
                    break;
                }
            }
        } else if self.cursor.number().is_some_and(|number| number > 255) {
            return Err(Error::new(start, self.cursor.at, ErrorKind::CalloutTooBig));
        }
        if !self.cursor.eat(b')') {
            return Err(Error::new(start, self.cursor.at, ErrorKind::CalloutUnclosed));
        }
        self.push(start, Kind::Callout, false);
        Ok(())
    }

    /// `(?(1)…`, `(?(<name>)…`, `(?(?=…)…`; the cursor is at the second parenthesis.
    fn condition(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.at += 1;
        let Some(next) = self.cursor.peek() else { return Err(unclosed(start)) };
        if matches!(next, b'?' | b'*') {
            self.cursor.at -= 1;
            self.enter(start, GroupKind::Conditional(Condition::Assertion));
            self.assertion_due = 2;
            return Ok(());
        }
        let from = self.cursor.at;
        let condition = if let Some(number) = relative_number(&mut self.cursor, from, self.group_count)? {
            if number == 0 {
                return Err(Error::new(from, self.cursor.at, ErrorKind::BadReference));
            }
            Condition::Group(Reference::Number(number))
        } else {
            self.named_condition(next)?
        };
        if !self.cursor.eat(b')') {
            return Err(Error::new(start, self.cursor.at, ErrorKind::ConditionUnclosed));
        }
        self.enter(start, GroupKind::Conditional(condition));
        Ok(())
    }

    fn named_condition(&mut self, next: u8) -> Result<Condition, Error> {
        if self.cursor.starts_with("VERSION") && self.cursor.peek_behind(7).is_some_and(|byte| byte != b')') {
            let from = self.cursor.at;
            self.cursor.at += 7;
            self.cursor.eat(b'>');
            let is_release = |cursor: &mut super::cursor::Cursor<'_>| {
                cursor.eat(b'=')
                    && cursor.number().is_some_and(|major| major <= 1000)
                    && (!cursor.eat(b'.') || cursor.take_while(|byte| byte.is_ascii_digit()).len().clamp(1, 2) > 0)
                    && cursor.peek().is_some()
            };
            let fits = is_release(&mut self.cursor);
            return match fits {
                true => Ok(Condition::Version),
                false => Err(Error::new(from, self.cursor.at, ErrorKind::BadVersion)),
            };
        }
        let by_call = self.cursor.starts_with("R&");
        let terminator = match next {
            b'<' => b'>',
            b'\'' => b'\'',
            _ => b')',
        };
        self.cursor.at += if by_call { 2 } else { usize::from(terminator != b')') };
        let name = self.cursor.name(terminator)?;
        // What closes a bare name closes the condition.
        self.cursor.at -= usize::from(terminator == b')');
        let is_recursion = terminator == b')'
            && name.strip_prefix('R').is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            && name.len() < 6;
        Ok(match name.as_str() {
            "DEFINE" if terminator == b')' && !by_call => Condition::Define,
            _ if by_call => Condition::Recursion(Some(Reference::Name(name))),
            _ if is_recursion => Condition::Recursion(name[1..].parse().ok().map(Reference::Number)),
            _ => Condition::Group(Reference::Name(name)),
        })
    }
}

impl Modes {
    fn switch(&mut self, letter: u8, is_double: bool, on: bool) {
        match letter {
            b'x' => {
                self.extended = on;
                self.extended_more = on && is_double;
            }
            b'n' => self.no_capture = on,
            b'J' => self.same_names = on,
            _ => {}
        }
    }
}

fn unclosed(start: usize) -> Error {
    Error::new(start, start + 1, ErrorKind::UnclosedGroup)
}
