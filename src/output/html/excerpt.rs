//! Lines of source with what is said about them.

use maud::{Markup, html};

use super::super::window::{Mark, Window};
use super::prose::prose;

/// A message begins below its mark, but no further right than this.
const FURTHEST: usize = 48;

pub(super) fn markup(window: &Window) -> Markup {
    let (line, column) = window.position;
    let digits = window.digits();
    let mut at = 0;
    let lines = window.text.lines().zip(window.first_line..).map(|(text, number)| {
        let marks: Vec<&Mark> =
            window.marks.iter().filter(|mark| (at..=at + text.len()).contains(&mark.range.start)).collect();
        let base = at;
        at += text.len() + 1;
        line_markup(text, base, &format!("{number:>digits$}"), &marks)
    });
    html! {
        figure .excerpt {
            figcaption { (window.name) ":" (line) ":" (column) }
            pre tabindex="0" { @for line in lines { (line) } }
        }
    }
}

/// A line that begins at `base` of the window, its marks, and below it what they say. Line feeds are there for those who copy.
fn line_markup(text: &str, base: usize, number: &str, marks: &[&Mark]) -> Markup {
    let gutter = " ".repeat(number.len());
    // The text in front of each mark begins where the mark before it ends.
    let starts = std::iter::once(0).chain(marks.iter().map(|mark| mark.range.end - base));
    let end = marks.last().map_or(0, |mark| mark.range.end - base);
    html! {
        span .line.hit[!marks.is_empty()] {
            span .no { (number) }
            @for (at, mark) in starts.zip(marks) {
                @let (start, behind) = (mark.range.start - base, mark.range.end - base);
                (text[at..start])
                mark class=[mark.is_primary.then_some("primary")] { (text[start..behind]) }
            }
            (text[end..]) "\n"
        }
        @for mark in marks.iter().filter(|mark| !mark.message.is_empty()) {
            @let column = text[..mark.range.start - base].chars().count().min(FURTHEST);
            span .said.primary[mark.is_primary] {
                span .no aria-hidden="true" { (gutter) }
                span .pad { (" ".repeat(column)) "╰ " }
                span .text { (prose(&mark.message.replace('\n', " "))) } "\n"
            }
        }
    }
}
