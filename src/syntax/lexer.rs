//! Bytes to tokens, exactly as nginx cuts them. The tokens tile the text: each starts where the one before it ended.
//!
//! The rules are those of nginx's `ngx_conf_read_token()`: four separators, quotes that count only as the first byte of a
//! word, `{` that is a letter behind `$`, and words that must fit into a window of 4096 bytes.

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_till, take_while1};
use nom::combinator::{opt, recognize};
use nom::multi::many1_count;
use nom::{IResult, Parser};

use super::error::{ErrorKind, SyntaxError};
use super::lua;
use super::tags::Tags;
use super::tree::TagKind;

/// nginx reads through a buffer of this size, and a word must fit into it.
const WINDOW: usize = 4096;

/// One piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

/// The kinds of [`Token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks, tabs, CR and LF.
    Space,
    /// From `#` to the end of the line, without the LF.
    Comment,
    /// A word without quotes.
    Bare,
    /// A word with its two quotes.
    Quoted,
    /// A quote that is not closed properly, and the rest of its line.
    BrokenQuote,
    /// `;`
    Semicolon,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// The Lua code between the braces of a `*_by_lua_block`.
    RawBody,
    /// A tag of a template between directives.
    Statement,
}

/// An iterator over the tokens of a text.
pub struct Lexer<'t> {
    text: &'t [u8],
    tags: Tags<'t>,
    at: usize,
    after_quote: bool,
    words: u32,
    first_is_raw: bool,
    in_raw: bool,
    errors: Vec<SyntaxError>,
}

impl<'t> Lexer<'t> {
    /// Starts at the beginning of `text`, which is at most 4 GiB long.
    pub fn new(text: &'t [u8]) -> Self {
        Self::with_tags(text, Tags(&[]))
    }

    /// As [`Lexer::new`], for a text in which these tags are masked.
    pub(super) fn with_tags(text: &'t [u8], tags: Tags<'t>) -> Self {
        let errors = Vec::new();
        Self { text, tags, at: 0, after_quote: false, words: 0, first_is_raw: false, in_raw: false, errors }
    }

    /// The lexical errors met so far.
    pub fn into_errors(self) -> Vec<SyntaxError> {
        self.errors
    }

    /// Tells the lexer that the next word begins a directive, although no `;` came (a template's placeholder line).
    pub(super) fn end_directive(&mut self) {
        (self.words, self.first_is_raw, self.after_quote) = (0, false, false);
    }

    fn token(&mut self, kind: TokenKind, length: usize) -> Token {
        let start = self.at;
        self.at += length;
        Token { kind, start: start as u32, end: self.at as u32 }
    }

    fn error(&mut self, kind: ErrorKind, start: usize, end: usize, cause: Option<(usize, usize)>) {
        let cause = cause.map(|(from, to)| (from as u32, to as u32));
        self.errors.push(SyntaxError { kind, start: start as u32, end: end as u32, cause });
    }

    fn punctuation(&mut self, byte: u8) -> Token {
        let kind = match byte {
            b';' => TokenKind::Semicolon,
            b'{' => TokenKind::OpenBrace,
            _ => TokenKind::CloseBrace,
        };
        self.in_raw = kind == TokenKind::OpenBrace && self.first_is_raw;
        self.end_directive();
        self.token(kind, 1)
    }

    fn comment(&mut self) -> Token {
        let length = length_of(line, self.rest());
        let limit = if length == self.rest().len() { WINDOW } else { WINDOW - 1 };
        if length > limit {
            self.error(ErrorKind::CommentTooLong, self.at, self.at + length, None);
        }
        self.token(TokenKind::Comment, length)
    }

    fn bare(&mut self) -> Token {
        if self.words == 0
            && let Some(tag) = self.tags.at(self.at).filter(|tag| tag.kind != TagKind::Value)
        {
            return self.token(TokenKind::Statement, tag.end as usize - self.at);
        }
        let rest = self.rest();
        let length = bare_word(rest);
        let limit = match rest.get(length) {
            None => WINDOW,
            Some(b';' | b'{') => WINDOW - 1,
            Some(_) => WINDOW - 2,
        };
        if length > limit {
            self.error(ErrorKind::WordTooLong, self.at, self.at + length, None);
        }
        if self.words == 0 {
            self.first_is_raw = lua::opens_lua_block(&rest[..length]);
        }
        self.words += 1;
        self.token(TokenKind::Bare, length)
    }

    fn quoted(&mut self) -> Token {
        let rest = self.rest();
        // Two bytes more than the window: the content starts behind the quote, and one byte tells what follows.
        let window = &rest[..rest.len().min(WINDOW + 2)];
        // A word that is closed on its line is closed, though nginx does not read as far as that.
        let read = quoted_word(window).or_else(|_| quoted_word(&rest[..length_of(line, rest)]));
        let closed = read.ok().map(|(_, word)| (word.len(), rest.get(word.len()).copied()));
        self.words += 1;
        match closed {
            Some((length, next)) if ends_a_quoted_word(next) || !rest[..length].contains(&b'\n') => {
                let limit = if matches!(next, Some(b';' | b'{')) { WINDOW - 2 } else { WINDOW - 3 };
                if length - 2 > limit {
                    self.error(ErrorKind::WordTooLong, self.at, self.at + length, None);
                }
                self.after_quote = true;
                self.token(TokenKind::Quoted, length)
            }
            closed => {
                let line = length_of(rest_of_line, rest);
                let opener = (self.at, self.at + 1);
                let place = match closed {
                    // The quote that was meant to open a later word closed this one; nginx stops right behind it.
                    Some((length, _)) => (self.at + length, self.at + length + 1),
                    None if rest.len() <= WINDOW + 1 => (self.text.len(), self.text.len()),
                    None => opener,
                };
                self.error(ErrorKind::UnclosedQuote, place.0, place.1, Some(opener));
                self.token(TokenKind::BrokenQuote, line)
            }
        }
    }

    /// Something stands right behind a closing quote. Says so, and reads it as what it looks like.
    fn behind_quote(&mut self, byte: u8) -> Option<Token> {
        self.after_quote = false;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b')' => None,
            // `"a"}` at the end of a block lacks the semicolon; the parser says so. `"a"};` means the brace as text.
            b'}' if !self.rest()[1..].trim_ascii_start().starts_with(b";") => None,
            // What a tag leaves there may be a blank.
            _ if self.tags.at(self.at).is_some() => None,
            _ => {
                self.error(ErrorKind::TextAfterQuote, self.at, self.at + 1, None);
                matches!(byte, b'}').then(|| self.bare())
            }
        }
    }

    fn raw_body(&mut self) -> Option<Token> {
        self.in_raw = false;
        let start = self.at;
        let body = lua::body(self.rest());
        if let Some((kind, at)) = body.error {
            let end = (start + at + 1).min(self.text.len());
            self.error(kind, start + at, end, Some((start - 1, start)));
        }
        (body.length > 0).then(|| self.token(TokenKind::RawBody, body.length))
    }

    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.in_raw
            && let Some(body) = self.raw_body()
        {
            return Some(body);
        }
        let byte = *self.text.get(self.at)?;
        if self.after_quote
            && let Some(word) = self.behind_quote(byte)
        {
            return Some(word);
        }
        Some(match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let length = length_of(separators, self.rest());
                self.token(TokenKind::Space, length)
            }
            b';' | b'{' | b'}' => self.punctuation(byte),
            b'#' => self.comment(),
            b'"' | b'\'' => self.quoted(),
            _ => self.bare(),
        })
    }
}

type Parsed<'t> = IResult<&'t [u8], &'t [u8], ()>;

fn length_of<'t>(parser: fn(&'t [u8]) -> Parsed<'t>, input: &'t [u8]) -> usize {
    // The caller has looked at the first byte, so the parser matches; if it ever did not, one byte is the way on.
    parser(input).map_or(1, |(_, matched)| matched.len())
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn separators(input: &[u8]) -> Parsed<'_> {
    take_while1(is_separator)(input)
}

fn line(input: &[u8]) -> Parsed<'_> {
    take_till(|byte| byte == b'\n')(input)
}

/// The bytes that may end a bare word or do something in it.
const SPECIAL: [bool; 256] = {
    let (mut special, bytes) = ([false; 256], b" \t\r\n;{\\$");
    let mut at = 0;
    while at < bytes.len() {
        special[bytes[at] as usize] = true;
        at += 1;
    }
    special
};

/// How long a bare word is. A backslash takes the next byte into the word, whatever it is, and so does a dollar with braces.
fn bare_word(input: &[u8]) -> usize {
    let mut at = 0;
    while let Some(plain) = input[at..].iter().position(|byte| SPECIAL[*byte as usize]) {
        at += plain;
        match input[at] {
            b'\\' => at = input.len().min(at + 2),
            b'$' => at += input[at..].iter().take_while(|byte| matches!(byte, b'$' | b'{')).count(),
            _ => return at,
        }
    }
    input.len()
}

/// A backslash and the byte behind it, whatever that is.
fn escape(input: &[u8]) -> Parsed<'_> {
    recognize((tag(&b"\\"[..]), opt(take(1usize)))).parse(input)
}

fn quoted_word(input: &[u8]) -> Parsed<'_> {
    let quote = input.first().copied().unwrap_or_default();
    let text = take_while1(move |byte| byte != quote && byte != b'\\');
    recognize((take(1usize), opt(many1_count(alt((text, escape)))), tag(&input[..1.min(input.len())]))).parse(input)
}

/// The rest of the line without a `;` at its end: what a quote that was never closed probably meant to hold.
fn rest_of_line(input: &[u8]) -> Parsed<'_> {
    let (_, line) = line(input)?;
    let held = line.trim_ascii_end();
    let held = held.strip_suffix(b";").unwrap_or(held);
    take(held.len().max(1))(input)
}

fn ends_a_quoted_word(next: Option<u8>) -> bool {
    next.is_none_or(|byte| is_separator(byte) || matches!(byte, b';' | b'{' | b')'))
}
