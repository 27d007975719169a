//! Comments in files that are no configuration: Dockerfiles, compose files, scripts, files of variables.

use super::scope::Cover;
use super::{Said, comment, end_of_line, mentions, readable};
use crate::source::{Source, SourceId, Span};

/// The comments that silence something: on a line of their own for the next line, with what continues it; elsewhere for
/// their line.
pub(super) fn comments(source: SourceId, text: &Source) -> Vec<(Span, Said, Option<Cover>)> {
    if !mentions(text.bytes()) || text.path().extension().is_some_and(|ending| ending == "json" || ending == "md") {
        return Vec::new();
    }
    let ends = ends_of_statements(text);
    (1..=text.line_count()).filter_map(|line| comment_of(source, text, line, &ends)).collect()
}

/// For each line, the last line of what begins on it or continues on it: a backslash leads on, and so does a comment.
fn ends_of_statements(text: &Source) -> Vec<u32> {
    let mut ends: Vec<u32> = (0..=text.line_count()).collect();
    for line in (1..text.line_count()).rev() {
        let (start, end) = text.line_range(line);
        let bytes = text.slice(start, end).trim_ascii();
        if bytes.is_empty() || bytes.starts_with(b"#") || bytes.ends_with(b"\\") {
            ends[line as usize] = ends[line as usize + 1];
        }
    }
    ends
}

fn comment_of(source: SourceId, text: &Source, line: u32, ends: &[u32]) -> Option<(Span, Said, Option<Cover>)> {
    let (start, end) = text.line_range(line);
    let bytes = text.slice(start, end);
    let is_alone = bytes.trim_ascii_start().starts_with(b"#");
    let at = if is_alone {
        bytes.iter().position(|byte| *byte == b'#')
    } else {
        let blank = |at: usize| at > 0 && matches!(bytes[at - 1], b' ' | b'\t');
        memchr::memchr_iter(b'#', bytes).find(|at| blank(*at)).filter(|_| has_trailing_comments(text))
    }?;
    let said = comment::parse(&readable(&bytes[at..]))?.ok()?;
    let span = Span::new(source, start + at as u32, start + (at + said.end) as u32);
    let cover = match said.reach {
        super::Reach::File => None,
        _ if is_alone => Some(Cover { start: span.start, end: text.line_range(ends[line as usize]).1 }),
        _ => Some(Cover { start, end: end_of_line(text, span.start) }),
    };
    Some((span, said, cover))
}

/// In Dockerfiles and files of variables, a `#` behind something is a part of it.
fn has_trailing_comments(text: &Source) -> bool {
    let name = text.path().file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    !(name.contains("dockerfile")
        || name.contains("containerfile")
        || name.starts_with(".env")
        || name.ends_with(".env"))
}
