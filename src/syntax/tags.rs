//! The tags of a template language, as the lexer and the parser see them. Other modules find them; here they are letters.

use std::borrow::Cow;

use super::tree::{Tag, TagKind};

/// The tags of a text, in order and without overlaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tags<'t>(pub(super) &'t [Tag]);

impl Tags<'_> {
    /// The text with a letter for each byte of a tag, so that no brace or quote in a tag means anything.
    pub(super) fn mask(self, text: &[u8]) -> Cow<'_, [u8]> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = text.to_vec();
        for tag in self.0 {
            let (start, end) = (tag.start as usize, tag.end as usize);
            let ends_word = |byte: &u8| byte.is_ascii_whitespace() || b";{}".contains(byte);
            let is_blank = tag.kind == TagKind::Nothing && masked[..start].last().is_none_or(ends_word);
            masked[start..end].fill(if is_blank { b' ' } else { b'x' });
        }
        Cow::Owned(masked)
    }

    /// The tag that begins at an offset.
    pub(super) fn at(self, start: usize) -> Option<Tag> {
        let index = self.0.binary_search_by_key(&start, |tag| tag.start as usize).ok()?;
        Some(self.0[index])
    }

    /// Is this stretch made of tags alone?
    pub(super) fn make_up(self, start: u32, end: u32) -> bool {
        let mut at = start;
        while at < end {
            match self.at(at as usize) {
                Some(tag) if tag.end > at => at = tag.end,
                _ => return false,
            }
        }
        start < end
    }
}
