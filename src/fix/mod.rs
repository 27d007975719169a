//! Turns fixes into new texts: [`apply`] carries out edits, [`mend`] does so round after round until nothing is left that
//! can be mended, and drops what does harm.

mod candidate;
mod engine;

pub use engine::{Examined, Mended, Texts, mend};

use crate::diagnostic::Edit;
use crate::source::SourceId;

/// The text of `source` with the edits that concern it carried out; all other bytes stay as they are. None if two edits
/// overlap or one lies outside of the text: then nothing is to be changed.
pub fn apply(source: SourceId, text: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.span.source == source).collect();
    // Stable: insertions at the same place keep the order that the rule gave them.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = Vec::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        result.extend_from_slice(text.get(at..start)?);
        result.extend_from_slice(edit.content.as_bytes());
        at = end;
    }
    result.extend_from_slice(text.get(at..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: u32, end: u32, content: &str) -> Edit {
        Edit { span: Span::new(SourceId::default(), start, end), content: content.to_owned() }
    }

    #[test]
    fn edits_replace_insert_and_delete() {
        let edits = [edit(4, 5, ""), edit(0, 1, "X"), edit(2, 2, "-"), edit(2, 2, "+")];
        assert_eq!(apply(SourceId::default(), b"ab\r\ncd", &edits), Some(b"Xb-+\r\nd".to_vec()));
    }

    #[test]
    fn edits_that_overlap_change_nothing() {
        assert_eq!(apply(SourceId::default(), b"abc", &[edit(0, 2, ""), edit(1, 3, "")]), None);
        assert_eq!(apply(SourceId::default(), b"abc", &[edit(2, 9, "")]), None);
    }
}
