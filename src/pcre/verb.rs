//! What begins with `(*`: settings at the start, verbs, and the long names of groups.

use super::ast::{GroupKind, Kind};
use super::error::{Error, ErrorKind};
use super::parser::Parser;

/// What may stand at the very start; some end with a number.
const SETTINGS: &[&str] = &[
    "UTF8)",
    "UTF)",
    "UCP)",
    "NOTEMPTY)",
    "NOTEMPTY_ATSTART)",
    "NO_AUTO_POSSESS)",
    "NO_DOTSTAR_ANCHOR)",
    "NO_JIT)",
    "NO_START_OPT)",
    "CASELESS_RESTRICT)",
    "TURKISH_CASING)",
    "CR)",
    "LF)",
    "CRLF)",
    "ANY)",
    "NUL)",
    "ANYCRLF)",
    "BSR_ANYCRLF)",
    "BSR_UNICODE)",
    "LIMIT_HEAP=",
    "LIMIT_MATCH=",
    "LIMIT_DEPTH=",
    "LIMIT_RECURSION=",
];

const VERBS: &[&str] = &["", "MARK", "ACCEPT", "F", "FAIL", "COMMIT", "PRUNE", "SKIP", "THEN"];

/// The long names that a condition may be.
const ASSERTIONS: &[&str] = &[
    "pla",
    "plb",
    "nla",
    "nlb",
    "positive_lookahead",
    "positive_lookbehind",
    "negative_lookahead",
    "negative_lookbehind",
];

/// The settings at the start.
pub(super) fn settings(parser: &mut Parser<'_>) {
    while parser.cursor.starts_with("(*") {
        let start = parser.cursor.at;
        let mut ahead = parser.cursor;
        ahead.at += 2;
        let Some(setting) = SETTINGS.iter().find(|setting| ahead.starts_with(setting)) else { return };
        ahead.at += setting.len();
        if setting.ends_with('=') {
            ahead.number();
            if !ahead.eat(b')') {
                return;
            }
        }
        parser.cursor = ahead;
        parser.cursor.utf |= setting.starts_with("UTF");
        let name = parser.cursor.text[start + 2..ahead.at - 1].to_owned();
        parser.push(start, Kind::Verb(name), false);
    }
}

impl Parser<'_> {
    /// The cursor is at `(*`.
    pub(super) fn verb(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.at += 2;
        let Some(next) = self.cursor.peek().filter(|next| *next != b')') else {
            return Err(Error::new(start + 1, start + 2, ErrorKind::NothingToRepeat));
        };
        let from = self.cursor.at;
        self.cursor.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = &self.cursor.text[from..self.cursor.at];
        let unknown = Err(Error::new(start, self.cursor.at, ErrorKind::UnknownVerb));
        if next.is_ascii_lowercase() {
            if self.was_due > 0 && !ASSERTIONS.contains(&name) {
                return Err(Error::new(start, self.cursor.at, ErrorKind::AssertionExpected));
            }
            return if self.cursor.eat(b':') && self.long_name(start, name) { Ok(()) } else { unknown };
        }
        let has_argument = self.cursor.peek() == Some(b':') && self.cursor.peek_behind(1) != Some(b')');
        if !VERBS.contains(&name) || !matches!(self.cursor.peek(), Some(b':' | b')')) {
            return unknown;
        }
        if matches!(name, "" | "MARK") && !has_argument {
            return Err(Error::new(start, self.cursor.at, ErrorKind::VerbNeedsName));
        }
        self.cursor.take_while(|byte| byte != b')');
        if !self.cursor.eat(b')') {
            return Err(Error::new(start, self.cursor.at, ErrorKind::UnclosedGroup));
        }
        self.push(start, Kind::Verb(name.to_owned()), name == "ACCEPT");
        Ok(())
    }

    /// `(*pla:` and its like; the cursor is behind the colon.
    fn long_name(&mut self, start: usize, name: &str) -> bool {
        let look = |behind, negative| GroupKind::Look { behind, negative };
        let kind = match name {
            "pla" | "positive_lookahead" | "napla" | "non_atomic_positive_lookahead" => look(false, false),
            "plb" | "positive_lookbehind" | "naplb" | "non_atomic_positive_lookbehind" => look(true, false),
            "nla" | "negative_lookahead" => look(false, true),
            "nlb" | "negative_lookbehind" => look(true, true),
            "atomic" => GroupKind::Atomic,
            "sr" | "script_run" | "asr" | "atomic_script_run" => GroupKind::ScriptRun,
            // Known since PCRE2 10.45, with a list of groups in front.
            "scs" | "scan_substring" => {
                self.cut(start);
                return true;
            }
            _ => return false,
        };
        self.enter(start, kind);
        true
    }
}
