//! How directives are laid out in their text, so that what a fix adds looks like its neighbours.

use super::Directive;
use crate::source::Span;
use crate::syntax::Terminator;

impl Directive<'_> {
    /// Where it is seen in the text of the block that it stands in: itself, or the `include` there that brings it.
    pub fn place(self) -> Span {
        let Some(parent) = self.parent().filter(|parent| parent.in_file() != self.in_file()) else {
            return self.head();
        };
        self.include_chain().get(parent.include_chain().len()).copied().unwrap_or(self.head())
    }

    /// Its text on a line of its own, with a semicolon.
    pub fn as_line(self) -> String {
        format!("{};", self.config().library().text(self.head()))
    }

    /// Where and what to insert so that these lines stand in front of it, laid out as it is.
    pub fn insertion_before(self, lines: &[String]) -> (Span, String) {
        let separator = self.separator();
        let text = lines.iter().map(|line| format!("{line}{separator}")).collect();
        (self.span().at_start(), text)
    }

    /// Where and what to insert so that these lines come first in its body.
    pub fn insertion_inside(self, lines: &[String]) -> Option<(Span, String)> {
        let Terminator::Block { open, .. } = self.terminator() else { return None };
        let start = Span::new(self.in_file(), open + 1, open + 1);
        let first = self.children().next().filter(|first| first.in_file() == start.source);
        Some(first.map_or_else(|| (start, format!(" {} ", lines.join(" "))), |first| first.insertion_before(lines)))
    }
}
