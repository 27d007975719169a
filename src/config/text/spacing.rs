//! What stands between directives in their text.

use crate::config::Directive;
use crate::source::Span;

/// So much of a line is looked at on either side of a directive.
const NEAR: u32 = 500;

impl Directive<'_> {
    /// What parts two directives that are laid out as this one is: a line break and its indentation, or a blank if it does
    /// not begin its line.
    pub(in crate::config) fn separator(self) -> String {
        let (before, _) = self.line_around();
        if !before.trim().is_empty() {
            return " ".to_owned();
        }
        format!("\n{before}")
    }

    /// Where and what to insert so that a line stands behind it, laid out as it is.
    pub fn insertion_behind(self, line: &str) -> (Span, String) {
        let (before, after) = self.line_around();
        let end = self.span().at_end();
        let is_commented = before.trim().is_empty() && after.trim_start().starts_with('#');
        let source = self.config().library().sources().get(self.in_file());
        // Behind the comment that belongs to it; a comment ends with its line.
        let behind = if is_commented { source.line_range(source.line_of(end.end)).1 } else { end.end };
        let place = Span::new(end.source, behind, behind);
        (place, format!("{}{line}", self.separator()))
    }

    /// What to delete so that it does without this argument: the word, and the blanks before it.
    pub fn removal_of_arg(self, index: usize) -> Option<Span> {
        let word = self.arg_span(index)?;
        let before = self.config().library().text(Span::new(word.source, self.span().start, word.start));
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        Some(Span::new(word.source, word.start - blanks as u32, word.end))
    }

    /// What to delete so that nothing is left of it: its lines where it has them for itself, else the blanks before it too.
    pub fn removal(self) -> Span {
        let (before, after) = self.line_around();
        let (span, source) = (self.span(), self.config().library().sources().get(self.in_file()));
        let blanks = (before.len() - before.trim_end_matches([' ', '\t']).len()) as u32;
        if before.trim().is_empty() && after.trim().is_empty() {
            let (start, _) = source.line_range(source.line_of(span.start));
            let line = source.line_of(span.end);
            // Where the text ends with this line, the line break before it goes.
            let next = if line < source.line_count() { source.line_range(line + 1).0 } else { span.end };
            return Span::new(span.source, start, next.max(span.end));
        }
        Span::new(span.source, span.start - blanks, span.end)
    }

    /// The text in front of it on its first line, and behind it on its last line.
    fn line_around(self) -> (String, String) {
        let (span, source) = (self.span(), self.config().library().sources().get(self.in_file()));
        let (start, _) = source.line_range(source.line_of(span.start));
        let (_, end) = source.line_range(source.line_of(span.end));
        // A line can be as long as the file; what lies far away is only known to be there.
        let (near, far) = (start.max(span.start.saturating_sub(NEAR)), end.max(span.end).min(span.end + NEAR));
        let before = if near > start { "…" } else { "" };
        let after = if far < end { "…" } else { "" };
        (format!("{before}{}", source.text(near, span.start)), format!("{}{after}", source.text(span.end, far)))
    }
}
