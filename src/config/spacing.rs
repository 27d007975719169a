//! What stands between directives in their text.

use super::Directive;
use crate::source::Span;

impl Directive<'_> {
    /// What parts two directives that are laid out as this one is: a line break and its indentation, or a blank if it does
    /// not begin its line.
    pub(super) fn separator(self) -> String {
        let (before, _) = self.line_around();
        if !before.trim().is_empty() {
            return " ".to_owned();
        }
        let source = self.config().library().sources().get(self.in_file());
        let (start, _) = source.line_range(source.line_of(self.span().start));
        let is_crlf = source.slice(start.saturating_sub(2), start) == b"\r\n";
        format!("{}{before}", if is_crlf { "\r\n" } else { "\n" })
    }

    /// Where and what to insert so that a line stands behind it, laid out as it is.
    pub fn insertion_behind(self, line: &str) -> (Span, String) {
        let (before, after) = self.line_around();
        let end = self.span().at_end();
        let is_last = after.trim().is_empty() || after.trim_start().starts_with('#');
        let comment = if before.trim().is_empty() && is_last { after.trim_end().len() as u32 } else { 0 };
        let place = Span::new(end.source, end.end + comment, end.end + comment);
        (place, format!("{}{line}", self.separator()))
    }

    /// What to delete so that it does without this argument: the word, and the blanks before it.
    pub fn removal_of_arg(self, index: usize) -> Option<Span> {
        let word = self.arg_span(index)?;
        let before = self.config().library().text(Span::new(word.source, self.span().start, word.start));
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        Some(Span::new(word.source, word.start - blanks as u32, word.end))
    }

    /// What to delete so that it is gone: itself, with its line if nothing else stands there, else with the blanks before it.
    pub fn removal(self) -> Span {
        let ((before, after), span) = (self.line_around(), self.span());
        let source = self.config().library().sources().get(span.source);
        if before.trim().is_empty() && after.trim().is_empty() {
            let (start, _) = source.line_range(source.line_of(span.start));
            let break_length = if source.slice(start.saturating_sub(2), start) == b"\r\n" { 2 } else { start.min(1) };
            return Span::new(span.source, start - break_length, span.end);
        }
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        Span::new(span.source, span.start - blanks as u32, span.end)
    }

    /// The text in front of it on its first line, and behind it on its last line.
    fn line_around(self) -> (String, String) {
        let (span, source) = (self.span(), self.config().library().sources().get(self.in_file()));
        let (start, _) = source.line_range(source.line_of(span.start));
        let (_, end) = source.line_range(source.line_of(span.end));
        (source.text(start, span.start).into_owned(), source.text(span.end, end.max(span.end)).into_owned())
    }
}
