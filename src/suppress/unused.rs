//! Comments that silence nothing, and how to take them out.

use super::{Comment, Comments, Outcome, Reach, begins_line, part_of};
use crate::diagnostic::Edit;
use crate::source::{Source, SourceId, Sources, Span};

/// Names in a comment that silence nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused<'c> {
    /// The names; the whole comment if there are no others.
    pub span: Span,
    /// The rules.
    pub rules: Vec<&'c str>,
    /// Takes them out.
    pub edit: Edit,
}

/// The comments with names that silence nothing. `is_judged` says whether it would have been found here if a rule had
/// anything to say in any configuration; of other rules nothing is said. An expired comment is another matter.
pub fn unused<'c>(
    comments: &'c Comments,
    outcome: &Outcome,
    sources: &Sources,
    is_judged: &dyn Fn(SourceId, &str) -> bool,
) -> Vec<Unused<'c>> {
    let own = comments.comments.iter().enumerate();
    let own = own.filter(|(_, comment)| comment.said.reach != Reach::Foreign && !comment.is_expired);
    let judged = own.filter_map(|(number, comment)| {
        let is_unused = |index: usize| {
            let rule = &comment.said.names[index].text;
            !outcome.used.contains(&(number, index)) && is_judged(comment.span.source, rule)
        };
        let unused: Vec<usize> = (0..comment.said.names.len()).filter(|index| is_unused(*index)).collect();
        (!unused.is_empty()).then(|| report(comment, &unused, sources))
    });
    judged.collect()
}

fn report<'c>(comment: &'c Comment, unused: &[usize], sources: &Sources) -> Unused<'c> {
    let names = &comment.said.names;
    let rules = unused.iter().map(|index| names[*index].text.as_str()).collect();
    let edit = without_names(comment.span, &comment.said, unused, sources.get(comment.span.source));
    let (first, last) = (&names[unused[0]], &names[unused[unused.len() - 1]]);
    let span = if unused.len() == names.len() { comment.span } else { part_of(comment.span, first.start, last.end) };
    Unused { span, rules, edit }
}

/// Takes some of the names out of a comment, the whole comment if none is left.
pub fn without_names(comment: Span, said: &super::Said, gone: &[usize], text: &Source) -> Edit {
    let left: Vec<&str> = said
        .names
        .iter()
        .enumerate()
        .filter(|(index, _)| gone.binary_search(index).is_err())
        .map(|(_, name)| name.text.as_str())
        .collect();
    match (left.is_empty(), said.names.first(), said.names.last()) {
        (false, Some(first), Some(last)) => Edit::replace(part_of(comment, first.start, last.end), left.join(", ")),
        _ => removal(comment, text),
    }
}

/// Takes out a comment, with its line if nothing else is on it.
pub fn removal(comment: Span, text: &Source) -> Edit {
    let (line_start, line_end) = text.line_range(text.line_of(comment.start));
    let behind = text.slice(comment.end, line_end);
    let is_last = behind.iter().all(u8::is_ascii_whitespace);
    let blanks_behind = behind.iter().take_while(|byte| byte.is_ascii_whitespace()).count() as u32;
    let blanks_before =
        text.slice(line_start, comment.start).iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count() as u32;
    let (start, end) = match (begins_line(text, comment.start), is_last) {
        (true, true) => {
            let (next, _) = text.line_range(text.line_of(comment.start) + 1);
            (line_start, next)
        }
        (false, true) => (comment.start - blanks_before, line_end),
        // Another comment follows.
        (_, false) => (comment.start, comment.end + blanks_behind),
    };
    Edit::replace(Span::new(comment.source, start, end), "")
}
