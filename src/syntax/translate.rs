//! A tree that was read from a rendered text, as a tree of the template that it was rendered from.

use super::tree::{Terminator, Tree};

impl Tree {
    /// Moves every offset from the rendered text, which the tree was read from, to the template. `origin` takes a stretch of
    /// the former to the latter. Words keep what they were rendered to as their values.
    pub fn translate(&mut self, rendered: &[u8], template: &[u8], origin: impl Fn(u32, u32) -> (u32, u32)) {
        self.translate_words(rendered, template, &origin);
        self.translate_nodes(&origin);
        for (start, end) in &mut self.comments {
            (*start, *end) = origin(*start, *end);
        }
        for error in &mut self.errors {
            let (start, end) = origin(error.start, error.end);
            (error.start, error.end) = (start, end.max(start));
            error.cause = error.cause.map(|(start, end)| origin(start, end));
        }
    }

    fn translate_words(&mut self, rendered: &[u8], template: &[u8], origin: &impl Fn(u32, u32) -> (u32, u32)) {
        let mut values = std::mem::take(&mut self.values).into_iter().peekable();
        let mut behind = 0;
        for (index, word) in self.words.iter_mut().enumerate() {
            let text = &rendered[word.start as usize..word.end as usize];
            let value = values.next_if(|(of, _)| *of as usize == index).map(|(_, value)| value);
            let (start, end) = origin(word.start, word.end);
            // Two words of one placeholder: the second one is a point behind it, so that words never overlap.
            (word.start, word.end) = (start.max(behind), end.max(start).max(behind));
            behind = word.end;
            let is_quoted = |quote: u8| {
                let before = (word.start as usize).checked_sub(1).and_then(|before| template.get(before));
                before == Some(&quote)
            };
            word.quote = word.quote.filter(|quote| is_quoted(*quote));
            let written = &template[word.start as usize..word.end as usize];
            let is_same = *written == *text;
            word.has_dollar |= memchr::memchr(b'$', written).is_some();
            let value = value.or_else(|| (!is_same).then(|| String::from_utf8_lossy(text).into()));
            word.has_value = value.is_some();
            self.values.extend(value.map(|value| (index as u32, value)));
        }
    }

    fn translate_nodes(&mut self, origin: &impl Fn(u32, u32) -> (u32, u32)) {
        for node in &mut self.nodes {
            let words = &self.words[node.first_word as usize..(node.first_word + node.word_count) as usize];
            let (start, end) = origin(node.start, node.end);
            let first = words.first().map(|word| word.start - u32::from(word.quote.is_some()));
            let last = words.last().map_or(0, |word| word.end);
            // A block without a name stands no further in front than what was moved behind a placeholder.
            let before = self.words[..node.first_word as usize].last().map_or(0, |word| word.end);
            node.start = first.unwrap_or(start.max(before));
            node.end = end.max(last).max(node.start);
            let place = |at: u32| origin(at, at + 1).0.max(last);
            node.terminator = match node.terminator {
                Terminator::Semicolon(at) => Terminator::Semicolon(place(at)),
                Terminator::Block { open, close } => Terminator::Block { open: place(open), close: close.map(place) },
                terminator => terminator,
            };
        }
    }
}
