//! Comments that silence findings: which there are, how far each reaches, what they silence, and which of them do nothing.
//!
//! A comment counts where the primary label of a finding is, in whatever configuration that file is read. Of several
//! comments that reach a place, the nearest one above counts.

mod comment;
mod insert;
mod matching;
mod plain;
mod scope;
mod unused;

use std::borrow::Cow;

pub use comment::{Mistake, Name, Reach, Said};
pub use insert::insertions;
pub use matching::{Outcome, silence};
pub use unused::{Unused, removal, unused, without_names};

use crate::config::Library;
use crate::date::Date;
use crate::source::{Source, SourceId, Span};
use scope::Cover;

/// Every comment of a run that silences something.
#[derive(Debug, Default)]
pub struct Comments {
    comments: Vec<Comment>,
}

/// A comment, and the places that it reaches.
#[derive(Debug)]
pub struct Comment {
    /// From its `#` to its last letter.
    pub span: Span,
    /// What it says.
    pub said: Said,
    /// None: the whole file.
    cover: Option<Cover>,
    is_expired: bool,
}

impl Comments {
    /// Reads the comments of all texts. Those whose last day is before `today` silence nothing.
    pub fn read(library: &Library, today: Option<Date>) -> Self {
        let sources = library.sources().iter();
        let comments = sources.flat_map(|(source, text)| match library.is_plain(source) {
            true => plain::comments(source, text),
            false => scope::comments(library, source),
        });
        let comments = comments.map(|(span, said, cover)| {
            let is_expired = said.until.zip(today).is_some_and(|(until, today)| until < today);
            Comment { span, said, cover, is_expired }
        });
        Self { comments: comments.collect() }
    }

    /// The rules that the comments of a text name.
    pub fn named_in(&self, source: SourceId) -> impl Iterator<Item = &str> {
        self.of(source).iter().flat_map(|comment| comment.said.names.iter().map(|name| name.text.as_str()))
    }

    /// The comments of a text, in order.
    fn of(&self, source: SourceId) -> &[Comment] {
        let first = self.comments.partition_point(|comment| comment.span.source < source);
        let count = self.comments[first..].partition_point(|comment| comment.span.source == source);
        &self.comments[first..first + count]
    }
}

/// What the comments of a configuration's text say, with the places that they stand at.
pub fn said_in(library: &Library, source: SourceId) -> Vec<(Span, Result<Said, Mistake>)> {
    let text = library.sources().get(source);
    // Nearly all texts have none, and then no comment has to be looked at.
    if !mentions(text.bytes()) {
        return Vec::new();
    }
    let comments = library.tree(source).comments().iter();
    let read = |(start, end): &(u32, u32)| {
        let said = comment::parse(&readable(text.slice(*start, *end)))?;
        let length = said.as_ref().map_or_else(|mistake| mistake.end, |said| said.end);
        Some((Span::new(source, *start, *start + length as u32), said))
    };
    comments.filter_map(read).collect()
}

fn mentions(bytes: &[u8]) -> bool {
    ["nginspect:", "nginx-lint:"].iter().any(|tool| memchr::memmem::find(bytes, tool.as_bytes()).is_some())
}

/// The text with a `?` for each byte that is not UTF-8, so that offsets stay.
fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let parts = bytes.utf8_chunks().map(|chunk| chunk.valid().to_owned() + &"?".repeat(chunk.invalid().len()));
    Cow::Owned(parts.collect())
}

/// A stretch of a comment.
pub fn part_of(comment: Span, start: usize, end: usize) -> Span {
    Span::new(comment.source, comment.start + start as u32, comment.start + end as u32)
}

/// Is there nothing but blanks between the start of its line and this place?
fn begins_line(text: &Source, at: u32) -> bool {
    let (start, _) = text.line_range(text.line_of(at));
    text.slice(start, at).iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// The offset behind the last letter of the line that holds this place.
fn end_of_line(text: &Source, at: u32) -> u32 {
    text.line_range(text.line_of(at)).1
}
