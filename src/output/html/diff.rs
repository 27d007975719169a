//! What a fix changes, as lines that go and lines that come.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::super::sanitize;
use crate::diagnostic::Edit;
use crate::fix;
use crate::source::{Source, SourceId, Sources, Span};

/// So many places of a fix are shown.
const MOST_HUNKS: usize = 8;
/// A change of more bytes than this is not shown.
const LONGEST: usize = 4_000;
/// Of a longer line only so many bytes on either side of the change are shown.
const AROUND: u32 = 100;
/// A part of a line up to this length is shown as a whole.
const SHORT_LINE: u32 = 400;

pub(super) fn markup(sources: &Sources, edits: &[Edit]) -> Markup {
    let hunks = hunks(sources, edits);
    html! {
        @for hunk in hunks.iter().take(MOST_HUNKS) { (hunk.markup(sources)) }
        @if hunks.len() > MOST_HUNKS { p .limit { "and changes in " (hunks.len() - MOST_HUNKS) " more places" } }
    }
}

/// Edits on the same or on neighbouring lines of one text.
struct Hunk<'e> {
    source: SourceId,
    lines: (u32, u32),
    edits: Vec<&'e Edit>,
}

fn hunks<'e>(sources: &Sources, edits: &'e [Edit]) -> Vec<Hunk<'e>> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    let mut hunks: Vec<Hunk<'e>> = Vec::new();
    for edit in sorted {
        let Span { source, start, end } = edit.span;
        let text = sources.get(source);
        let (first, last) = (text.line_of(start), text.line_of(end));
        match hunks.last_mut() {
            Some(hunk) if hunk.source == source && first <= hunk.lines.1 + 1 => {
                hunk.lines.1 = hunk.lines.1.max(last);
                hunk.edits.push(edit);
            }
            _ => hunks.push(Hunk { source, lines: (first, last), edits: vec![edit] }),
        }
    }
    hunks
}

impl Hunk<'_> {
    fn markup(&self, sources: &Sources) -> Markup {
        let source = sources.get(self.source);
        html! {
            figure .excerpt {
                figcaption { (sanitize::line(&source.display_path())) ":" (self.lines.0) }
                @match self.texts(source) {
                    Some((old, new)) => pre .diff tabindex="0" { (lines(&old, &new)) },
                    None => p .limit { "the change is too long to be shown" },
                }
            }
        }
    }

    /// The lines before and after; none if they are too long.
    fn texts(&self, source: &Source) -> Option<(String, String)> {
        let (first, last) = (self.edits.first()?.span.start, self.edits.iter().map(|edit| edit.span.end).max()?);
        let (line_start, (_, line_end)) = (source.line_range(self.lines.0).0, source.line_range(self.lines.1));
        let cut_left = first - line_start > SHORT_LINE;
        let cut_right = line_end.saturating_sub(last) > SHORT_LINE;
        let from = if cut_left { character_start(source, first - AROUND) } else { line_start };
        let to = if cut_right { character_start(source, last + AROUND) } else { line_end.max(last) };
        let comes: usize = self.edits.iter().map(|edit| edit.content.len()).sum();
        if (to - from) as usize + comes > LONGEST {
            return None;
        }
        let moved = |edit: &&Edit| {
            let span = Span::new(self.source, edit.span.start - from, edit.span.end - from);
            Edit { span, content: edit.content.clone() }
        };
        let old = source.slice(from, to);
        let new = fix::apply(self.source, old, &self.edits.iter().map(moved).collect::<Vec<_>>())?;
        let mark = |is_cut: bool| if is_cut { "…" } else { "" };
        let framed = |text: &[u8]| {
            format!("{}{}{}\n", mark(cut_left), String::from_utf8_lossy(text).trim_end_matches('\n'), mark(cut_right))
        };
        Some((framed(old), framed(&new)))
    }
}

/// Moves an offset forward to where a UTF-8 character starts, if it lies within one.
fn character_start(source: &Source, offset: u32) -> u32 {
    offset + source.slice(offset, offset + 3).iter().take_while(|byte| **byte & 0xc0 == 0x80).count() as u32
}

fn lines(old: &str, new: &str) -> Markup {
    let diff = TextDiff::from_lines(old, new);
    let shown = |line: &str| sanitize::line(&line.trim_end_matches(['\r', '\n']).replace('\t', "    ")).into_owned();
    html! {
        @for change in diff.iter_all_changes() {
            @match change.tag() {
                ChangeTag::Delete => del .line { "-" (shown(change.value())) "\n" },
                ChangeTag::Insert => ins .line { "+" (shown(change.value())) "\n" },
                ChangeTag::Equal => span .line { " " (shown(change.value())) "\n" },
            }
        }
    }
}
