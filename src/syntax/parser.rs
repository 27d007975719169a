//! Tokens to tree: a loop over the tokens with a stack of open blocks. It never fails; an error is noted once, and the
//! reader goes on where a person would.

use super::error::{ErrorKind, SyntaxError};
use super::lexer::{Lexer, Token, TokenKind};
use super::tags::Tags;
use super::tree::{Node, NodeId, Tag, TagKind, Terminator, Tree, Word};

/// Which text is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dialect<'t> {
    /// The text is an envsubst template: `${NAME}` alone on a line stands for any directives and swallows nothing.
    pub placeholders: bool,
    /// The tags of another template language in the text, in order and without overlaps.
    pub tags: &'t [Tag],
}

/// Reads a text of at most 4 GiB.
pub fn parse(text: &[u8], dialect: Dialect<'_>) -> Tree {
    let is_utf8 = std::str::from_utf8(text).is_ok();
    let (tree, open) = (Tree::default(), Vec::new());
    let mut parser = Parser { text, is_utf8, dialect, tree, open, first_word: 0, suspect: None };
    let masked = Tags(dialect.tags).mask(text);
    let mut lexer = Lexer::with_tags(&masked, Tags(dialect.tags));
    let has_placeholders = dialect.placeholders || !dialect.tags.is_empty();
    while let Some(token) = lexer.next() {
        parser.token(token);
        if has_placeholders && parser.placeholder_line(token) {
            lexer.end_directive();
        }
    }
    parser.end();
    parser.tree.errors.extend(lexer.into_errors());
    parser.tree.errors.sort_by_key(|error| error.start);
    drop_consequences(&mut parser.tree.errors);
    parser.tree
}

/// An unclosed quote that reaches the end of the text explains that the text ends too early.
fn drop_consequences(errors: &mut Vec<SyntaxError>) {
    let quote_to_end = errors.iter().any(|e| e.kind == ErrorKind::UnclosedQuote && e.start == e.end);
    if quote_to_end {
        errors.retain(|e| !matches!(e.kind, ErrorKind::UnfinishedAtEnd { .. } | ErrorKind::UnclosedBlock));
    }
    let lua = errors.iter().any(|e| matches!(e.kind, ErrorKind::LuaUnclosed | ErrorKind::LuaLongBracket));
    if lua {
        errors.retain(|e| e.kind != ErrorKind::UnclosedBlock);
    }
}

struct Parser<'t> {
    text: &'t [u8],
    /// The whole of it, so that no word has to be looked at for that.
    is_utf8: bool,
    dialect: Dialect<'t>,
    tree: Tree,
    open: Vec<NodeId>,
    /// The first word of the directive that is being read.
    first_word: u32,
    /// The first block that was closed by a brace with less indentation than its opener: the brace was meant for another.
    suspect: Option<(u32, u32)>,
}

impl Parser<'_> {
    fn token(&mut self, token: Token) {
        match token.kind {
            TokenKind::Space | TokenKind::RawBody => {}
            TokenKind::Comment => self.tree.comments.push((token.start, token.end)),
            TokenKind::Bare if self.continues_a_regex(token) => self.rejoin(token),
            TokenKind::Bare => self.word(token.start, token.end, None),
            TokenKind::Quoted => self.word(token.start + 1, token.end - 1, Some(self.text[token.start as usize])),
            TokenKind::BrokenQuote => self.word(token.start + 1, token.end, Some(self.text[token.start as usize])),
            TokenKind::Statement => self.statement(token),
            TokenKind::Semicolon if self.words() == 0 => self.error(ErrorKind::StraySemicolon, token, None),
            TokenKind::Semicolon => self.directive(Terminator::Semicolon(token.start), token.end),
            TokenKind::OpenBrace => self.open_block(token),
            TokenKind::CloseBrace => self.close_block(token),
        }
    }

    fn words(&self) -> u32 {
        self.tree.words.len() as u32 - self.first_word
    }

    fn word(&mut self, start: u32, end: u32, quote: Option<u8>) {
        let text = &self.text[start as usize..end as usize];
        let (value, has_dollar) = (unescape(text, self.is_utf8), memchr::memchr(b'$', text).is_some());
        self.tree.words.push(Word { start, end, quote, has_value: value.is_some(), has_dollar });
        let index = self.tree.words.len() as u32 - 1;
        self.tree.values.extend(value.map(|value| (index, value)));
    }

    /// Is this word the rest of a regex whose quantifier was taken for the start of a block: `2}/` in `~ ^/\d{2}/`?
    /// No directive begins like that, so nginx refuses the text in any case.
    fn continues_a_regex(&self, token: Token) -> bool {
        let Some((id, last)) = self.open.last().zip(self.tree.words.last()) else { return false };
        let is_header = self.words() == 0 && *id as usize + 1 == self.tree.nodes.len();
        let adjacent = last.end + 1 == token.start && self.text[last.end as usize] == b'{' && last.quote.is_none();
        is_header && adjacent && {
            let word = &self.text[token.start as usize..token.end as usize];
            let digits = word.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b',').count();
            digits > 0 && word.get(digits) == Some(&b'}')
        }
    }

    /// Takes back the block that a quantifier opened, and goes on with its header.
    fn rejoin(&mut self, token: Token) {
        let (Some(_), Some(header)) = (self.open.pop(), self.tree.nodes.pop()) else { return };
        self.first_word = header.first_word;
        let Some(word) = self.tree.words.pop() else { return };
        let index = self.tree.words.len() as u32;
        self.tree.values.retain(|(of, _)| *of != index);
        let brace = Token { kind: TokenKind::OpenBrace, start: word.end, end: word.end + 1 };
        let is_new = self.tree.errors.last().is_none_or(|e| e.kind != ErrorKind::UnquotedBrace || e.start < word.start);
        if is_new {
            self.error(ErrorKind::UnquotedBrace, brace, Some((word.start, token.end)));
        } else if let Some(error) = self.tree.errors.last_mut() {
            error.cause = Some((word.start, token.end));
        }
        self.word(word.start, token.end, None);
    }

    /// Adds the directive whose words have been read.
    fn directive(&mut self, terminator: Terminator, end: u32) {
        let id = self.tree.nodes.len() as NodeId;
        let start = if self.words() == 0 { end - 1 } else { self.start() };
        self.tree.nodes.push(Node {
            parent: self.open.last().copied(),
            subtree_end: id + 1,
            first_word: self.first_word,
            word_count: self.words(),
            start,
            end,
            terminator,
        });
        self.first_word = self.tree.words.len() as u32;
    }

    /// Where the directive that is being read starts.
    fn start(&self) -> u32 {
        let first = self.tree.words.get(self.first_word as usize);
        first.map_or(0, |word| word.start - u32::from(word.quote.is_some()))
    }

    fn open_block(&mut self, token: Token) {
        if self.words() == 0 {
            self.error(ErrorKind::StrayOpenBrace, token, None);
        }
        self.directive(Terminator::Block { open: token.start, close: None }, token.end);
        self.open.push(self.tree.nodes.len() as NodeId - 1);
    }

    fn close_block(&mut self, token: Token) {
        if self.is_placeholder() {
            self.directive(Terminator::Placeholder, self.end_of_last_word());
        } else if self.words() > 0 {
            let glued = self.last_word_ends_in_brace();
            let end = self.end_of_last_word();
            self.error(ErrorKind::UnfinishedAtBrace { glued }, token, Some((self.start(), end)));
            self.directive(Terminator::Missing, end);
            // Where the glued brace leaves none for this one to close, it was a slip and not the end of a block.
            if glued && self.open.len() > 1 {
                self.close_innermost(end - 1);
            }
        }
        if !self.close_innermost(token.start) {
            let cause = self.suspect.take();
            self.error(ErrorKind::StrayCloseBrace, token, cause);
        }
    }

    /// A tag between directives: something unknown, or one end of what it defines.
    fn statement(&mut self, token: Token) {
        let kind_of = |start: u32| Tags(self.dialect.tags).at(start as usize).map(|tag| tag.kind);
        let kind = kind_of(token.start);
        let innermost = self.open.last().map(|id| self.tree.node(*id).start);
        if kind == Some(TagKind::Close) {
            if innermost.and_then(kind_of) != Some(TagKind::Open) || !self.close_innermost(token.end - 1) {
                self.error(ErrorKind::StrayCloseBrace, token, None);
            }
            return;
        }
        self.word(token.start, token.end, None);
        if kind == Some(TagKind::Open) {
            self.directive(Terminator::Block { open: token.end - 1, close: None }, token.end);
            self.open.push(self.tree.nodes.len() as NodeId - 1);
        } else {
            self.directive(Terminator::Placeholder, token.end);
        }
    }

    /// Ends the innermost open block with the brace at `at`; false if there is none.
    fn close_innermost(&mut self, at: u32) -> bool {
        let Some(id) = self.open.pop() else { return false };
        let next = self.tree.nodes.len() as NodeId;
        let node = &mut self.tree.nodes[id as usize];
        let Terminator::Block { open, .. } = node.terminator else { return false };
        node.terminator = Terminator::Block { open, close: Some(at) };
        (node.subtree_end, node.end) = (next, at + 1);
        let opener = (node.start, open + 1);
        if self.suspect.is_none()
            && let (Some(own), Some(closing)) = (self.indentation(opener.0), self.indentation(at))
            && closing != own
        {
            self.suspect = Some(opener);
        }
        true
    }

    /// The width of the white space in front of `at`, if nothing else stands before it on its line.
    fn indentation(&self, at: u32) -> Option<usize> {
        // Only the blanks are looked at: a line may be as long as the file.
        let before = &self.text[..at as usize];
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        before[..before.len() - blanks].last().is_none_or(|byte| *byte == b'\n').then_some(blanks)
    }

    fn last_word_ends_in_brace(&self) -> bool {
        let last = self.tree.words.last();
        last.is_some_and(|word| {
            word.quote.is_none()
                && self.text[..word.end as usize].ends_with(b"}")
                && !self.text[word.start as usize..word.end as usize].contains(&b'{')
        })
    }

    fn end_of_last_word(&self) -> u32 {
        self.tree.words.last().map_or(0, |word| {
            let closed = word.quote.is_some_and(|quote| self.text.get(word.end as usize) == Some(&quote));
            word.end + u32::from(closed)
        })
    }

    /// In a template: was the directive up to `token` made of placeholders alone on their line?
    fn placeholder_line(&mut self, token: Token) -> bool {
        let ends_line = match token.kind {
            TokenKind::Space => self.text[token.start as usize..token.end as usize].contains(&b'\n'),
            TokenKind::Comment => true,
            _ => false,
        };
        let alone = ends_line && self.is_placeholder();
        if alone {
            self.directive(Terminator::Placeholder, self.end_of_last_word());
        }
        alone
    }

    /// Is there nothing but placeholders in the directive that is being read?
    fn is_placeholder(&self) -> bool {
        let words = &self.tree.words[self.first_word as usize..];
        let is_placeholder = |word: &Word| {
            let text = &self.text[word.start as usize..word.end as usize];
            word.quote.is_none()
                && (Tags(self.dialect.tags).make_up(word.start, word.end)
                    || (self.dialect.placeholders && words.len() == 1 && is_placeholder(text)))
        };
        !words.is_empty() && words.iter().all(is_placeholder)
    }

    fn end(&mut self) {
        let length = self.text.len() as u32;
        let place = Token { kind: TokenKind::Space, start: length, end: length };
        let mut explained = false;
        if self.is_placeholder() {
            self.directive(Terminator::Placeholder, self.end_of_last_word());
        } else if self.words() > 0 {
            let glued = self.last_word_ends_in_brace();
            let end = self.end_of_last_word();
            self.error(ErrorKind::UnfinishedAtEnd { glued }, place, Some((self.start(), end)));
            self.directive(Terminator::Missing, end);
            explained = true;
        }
        let innermost = self.open.last().map(|id| self.tree.node(*id)).map(|node| {
            (
                node.start,
                match node.terminator {
                    Terminator::Block { open, .. } => open + 1,
                    _ => node.end,
                },
            )
        });
        if let Some(opener) = innermost.filter(|_| !explained) {
            let cause = self.suspect.take().unwrap_or(opener);
            self.error(ErrorKind::UnclosedBlock, place, Some(cause));
        }
        let next = self.tree.nodes.len() as NodeId;
        for id in std::mem::take(&mut self.open) {
            let node = &mut self.tree.nodes[id as usize];
            (node.subtree_end, node.end) = (next, length);
        }
    }

    fn error(&mut self, kind: ErrorKind, place: Token, cause: Option<(u32, u32)>) {
        self.tree.errors.push(SyntaxError { kind, start: place.start, end: place.end, cause });
    }
}

/// `${NAME}` or `$NAME`, with NAME as the shell has it.
fn is_placeholder(word: &[u8]) -> bool {
    let Some(name) = word.strip_prefix(b"$") else { return false };
    let name = name.strip_prefix(b"{").and_then(|name| name.strip_suffix(b"}")).unwrap_or(name);
    name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The value of a word where it differs from its text.
fn unescape(raw: &[u8], is_utf8: bool) -> Option<Box<str>> {
    let escaped = memchr::memchr(b'\\', raw).is_some();
    if !escaped && (is_utf8 || std::str::from_utf8(raw).is_ok()) {
        return None;
    }
    let mut value = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let replacement = match (byte, bytes.peek()) {
            (b'\\', Some(quoted @ (b'"' | b'\'' | b'\\'))) => Some(*quoted),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            _ => None,
        };
        if replacement.is_some() {
            bytes.next();
        } else if byte == b'\\' {
            // Any other escape keeps both bytes, and the second one escapes nothing.
            value.push(byte);
            value.extend(bytes.next());
            continue;
        }
        value.push(replacement.unwrap_or(byte));
    }
    Some(String::from_utf8_lossy(&value).into_owned().into_boxed_str())
}
