//! The texts under analysis, and places in them.
//!
//! Everything else speaks in byte offsets ([`Span`]); lines and columns are worked out here, on demand, in the three
//! units that consumers ask for (code points, bytes, UTF-16 code units).

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Which text a [`Span`] belongs to: an index into [`Sources`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A half-open range of bytes in one source.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text that the range lies in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`.
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span never runs backwards");
        Self { source, start, end }
    }

    /// From the start of `self` to the end of `other`; both lie in the same source.
    pub fn to(self, other: Self) -> Self {
        debug_assert_eq!(self.source, other.source);
        Self::new(self.source, self.start.min(other.start), self.end.max(other.end))
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Self {
        Self::new(self.source, self.end, self.end)
    }

    /// At most `length` bytes from the start of this one.
    pub fn start_of(self, length: u32) -> Self {
        Self::new(self.source, self.start, self.end.min(self.start + length))
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Self {
        Self::new(self.source, self.start, self.start)
    }
}

/// A place in the units that editors and formats use. Lines and columns count from 1, the offset from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, counted by LF alone, as nginx does.
    pub line: u32,
    /// Column in Unicode code points; a byte that is not UTF-8 counts as one, unless it looks like the
    /// continuation of a character.
    pub column: u32,
    /// Column in bytes.
    pub byte_column: u32,
    /// Column in UTF-16 code units.
    pub utf16_column: u32,
    /// Offset in bytes from the start of the source.
    pub offset: u32,
}

/// One text: a file, standard input, or a stock file that the tool brings along.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    content: Content,
    line_starts: OnceLock<Vec<u32>>,
    /// The code points and UTF-16 units before every [`CHECKPOINT`]th byte.
    checkpoints: OnceLock<Vec<(u32, u32)>>,
}

/// What a text consists of.
#[derive(Debug)]
enum Content {
    Text(String),
    /// Something in it is not UTF-8.
    Bytes(Vec<u8>),
}

/// How far apart the places are up to which characters have been counted.
const CHECKPOINT: usize = 4096;

/// The code points and UTF-16 units that begin in these bytes. A byte that is not UTF-8 counts as one of each, unless it
/// looks like the continuation of a character.
fn count(bytes: &[u8]) -> (u32, u32) {
    let begins = |byte: &&u8| (**byte & 0xc0) != 0x80;
    let chars = bytes.iter().filter(begins).count() as u32;
    (chars, chars + bytes.iter().filter(|byte| (0xf0..=0xf4).contains(*byte)).count() as u32)
}

fn add(a: (u32, u32), b: (u32, u32)) -> (u32, u32) {
    (a.0 + b.0, a.1 + b.1)
}

impl Source {
    /// A text as it was read; `path` is how the user will see it named. At most 4 GiB.
    pub fn new(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Self {
        assert!(u32::try_from(bytes.len()).is_ok(), "the reader bounds the size of a file");
        let content = String::from_utf8(bytes).map_or_else(|no| Content::Bytes(no.into_bytes()), Content::Text);
        Self { path: path.into(), content, line_starts: OnceLock::new(), checkpoints: OnceLock::new() }
    }

    /// How the text is named to the user.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path with `/` between its parts, and with U+FFFD where it is not Unicode.
    pub fn display_path(&self) -> String {
        let text = self.path.to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
    }

    /// The whole text, byte by byte.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// The whole text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        if let Content::Text(text) = &self.content { Some(text) } else { None }
    }

    /// The bytes `start..end`; clamped to the text.
    pub fn slice(&self, start: u32, end: u32) -> &[u8] {
        let end = (end as usize).min(self.bytes().len());
        &self.bytes()[(start as usize).min(end)..end]
    }

    /// The text `start..end`, with U+FFFD for what is not UTF-8.
    pub fn text(&self, start: u32, end: u32) -> Cow<'_, str> {
        String::from_utf8_lossy(self.slice(start, end))
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// The offsets `start..end` of a line (from 1) without its LF and a CR before it; an empty range behind the last line.
    pub fn line_range(&self, line: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let length = self.bytes().len() as u32;
        let Some(&start) = starts.get((line.max(1) - 1) as usize) else { return (length, length) };
        let mut end = starts.get(line as usize).map_or(length, |next| next - 1);
        if end > start && self.bytes()[end as usize - 1] == b'\r' {
            end -= 1;
        }
        (start, end)
    }

    /// How lines end around `offset`: as the one before does, else as this one.
    pub fn line_break_at(&self, offset: u32) -> &'static str {
        let starts = self.line_starts();
        let line = self.line_of(offset) as usize;
        let start = if line > 1 { Some(&starts[line - 1]) } else { starts.get(1) };
        let is_crlf = start.is_some_and(|start| self.bytes()[..*start as usize].ends_with(b"\r\n"));
        if is_crlf { "\r\n" } else { "\n" }
    }

    /// The line (from 1) that holds the byte at `offset`.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|start| *start <= offset) as u32
    }

    /// Line and columns of `offset` (clamped to the end of the text).
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.bytes().len() as u32);
        let line = self.line_of(offset);
        let start = self.line_starts()[line as usize - 1];
        let (chars, units) = self.count(start, offset);
        Position { line, column: chars + 1, byte_column: offset - start + 1, utf16_column: units + 1, offset }
    }

    /// How many code points and UTF-16 units there are between two places of a line.
    fn count(&self, start: u32, end: u32) -> (u32, u32) {
        if (end - start) as usize <= CHECKPOINT {
            return count(self.slice(start, end));
        }
        let ((chars, units), (chars_before, units_before)) = (self.count_before(end), self.count_before(start));
        (chars - chars_before, units - units_before)
    }

    /// How many there are before a place. From the nearest checkpoint on, so that a place far to the right in a long line
    /// costs no more than any other.
    fn count_before(&self, offset: u32) -> (u32, u32) {
        let checkpoints = self.checkpoints.get_or_init(|| {
            let mut sums = vec![(0, 0)];
            for chunk in self.bytes().chunks(CHECKPOINT) {
                sums.push(add(sums[sums.len() - 1], count(chunk)));
            }
            sums
        });
        let chunk = offset as usize / CHECKPOINT;
        add(checkpoints[chunk], count(&self.bytes()[chunk * CHECKPOINT..offset as usize]))
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// All texts of one run.
#[derive(Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// Takes a text in and says under which number it is known from now on.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.sources.push(source);
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The text with this number; numbers come from [`Sources::add`] alone.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// The place of a text in the order they were added.
    pub fn index(&self, id: SourceId) -> usize {
        id.0 as usize
    }

    /// Every text with its number, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(index, source)| (SourceId(index as u32), source))
    }

    /// The text of a span, with U+FFFD for what is not UTF-8.
    pub fn text(&self, span: Span) -> Cow<'_, str> {
        self.get(span.source).text(span.start, span.end)
    }

    /// Where a span starts and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let source = self.get(span.source);
        (source.position(span.start), source.position(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_three_units() {
        let source = Source::new("x", "a\n\u{e9}\u{1f600}b".as_bytes().to_vec());
        let at = source.position(8);
        assert_eq!((at.line, at.column, at.byte_column, at.utf16_column), (2, 3, 7, 4));
    }

    #[test]
    fn bytes_that_are_no_text_have_positions_too() {
        let source = Source::new("x", b"\xff\xfe;\n".to_vec());
        assert_eq!(source.position(2).column, 3);
        assert_eq!(source.position(99).line, 2);
    }

    #[test]
    fn columns_far_to_the_right_are_counted_from_checkpoints() {
        let text = "\u{e9}\u{1f600}".repeat(5_000);
        let source = Source::new("x", text.clone().into_bytes());
        for at in [0, 6, 4_092, 4_098, 12_288, 29_994, 30_000] {
            let before = &text[..at];
            let units = before.chars().map(char::len_utf16).sum::<usize>() as u32;
            let found = source.position(at as u32);
            assert_eq!((found.column, found.utf16_column), (before.chars().count() as u32 + 1, units + 1));
        }
    }

    #[test]
    fn lines_end_at_lf_and_lose_their_cr() {
        let source = Source::new("x", b"ab\r\ncd\re\n".to_vec());
        assert_eq!((source.line_count(), source.line_range(1), source.line_range(2)), (3, (0, 2), (4, 8)));
        assert_eq!(source.line_range(3), (9, 9));
        assert_eq!(source.line_range(9), (9, 9));
        assert_eq!([0, 3, 5, 9].map(|at| source.line_break_at(at)), ["\r\n", "\r\n", "\r\n", "\n"]);
        assert_eq!(Source::new("x", b"a".to_vec()).line_break_at(0), "\n");
    }
}
