//! The entries of `map`, `geo`, `types` and their like.

use crate::config::Directive;
use crate::nginx::table::Entry;
use crate::syntax::Terminator;

/// The entries of a block, as directives and as words; both lists are of the same length.
#[derive(Debug, Default)]
pub struct Entries<'c> {
    /// Where each entry stands.
    pub places: Vec<Directive<'c>>,
    /// What it says.
    pub entries: Vec<Entry<'c>>,
}

impl<'c> Directive<'c> {
    /// The entries in its body, those of included files among them.
    pub fn entries(self) -> Entries<'c> {
        let mut found = Entries::default();
        found.add(self.children());
        found
    }

    /// As [`Directive::entries`], without what an `include` brings: some tables know none.
    pub fn own_entries(self) -> Entries<'c> {
        let mut found = Entries::default();
        found.add(self.children().filter(|entry| entry.in_file() == self.in_file()));
        found
    }
}

impl<'c> Entries<'c> {
    /// Adds further ones.
    pub fn add(&mut self, places: impl Iterator<Item = Directive<'c>>) {
        for place in places {
            // A block is no entry, and of a line without an end nobody knows which words are its own.
            let is_known = matches!(place.terminator(), Terminator::Semicolon(_));
            let words = std::iter::once(place.name()).chain(place.args()).filter(|_| is_known).collect();
            self.entries.push(Entry { words, is_open: place.name_is_open() });
            self.places.push(place);
        }
    }
}
