//! Bytes that no automaton at hand tells apart.

use super::program::{Program, Step};
use crate::pcre::lowered::{ByteSet, plainness};

/// A division of all bytes into classes.
#[derive(Debug, Clone)]
pub(in crate::pcre) struct Classes {
    classes: Vec<ByteSet>,
    /// The nicest member of each.
    examples: Vec<u8>,
}

impl Classes {
    /// The coarsest division that respects the sets of all programs, line breaks, and words where they matter.
    pub(in crate::pcre) fn of<'p>(programs: impl Iterator<Item = &'p Program> + Clone) -> Self {
        let mut classes = vec![ByteSet::ALL];
        split(&mut classes, ByteSet::byte(b'\n'));
        for step in programs.flat_map(|program| &program.steps) {
            match step {
                Step::Byte { set, .. } => split(&mut classes, *set),
                Step::Place(..) => {
                    split(&mut classes, ByteSet::of(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
                }
                _ => {}
            }
        }
        let mut classes = Self { classes, examples: Vec::new() };
        classes.sort();
        classes
    }

    /// The same without bytes that are not in `alphabet`.
    pub(in crate::pcre) fn within(mut self, alphabet: ByteSet) -> Self {
        self.classes = self.classes.iter().map(|class| class.and(alphabet)).filter(|class| !class.is_empty()).collect();
        self.sort();
        self
    }

    /// The number of the class that a byte is in.
    pub(in crate::pcre) fn of_byte(&self, byte: u8) -> Option<usize> {
        self.classes.iter().position(|class| class.contains(byte))
    }

    fn sort(&mut self) {
        self.classes.sort_by_cached_key(|class| class.nicest().map(plainness));
        self.examples = self.classes.iter().map(|class| class.nicest().unwrap_or_default()).collect();
    }

    pub(in crate::pcre) fn get(&self, number: usize) -> ByteSet {
        self.classes[number]
    }

    pub(in crate::pcre) fn len(&self) -> usize {
        self.classes.len()
    }

    /// A member of the class to show in an example.
    pub(in crate::pcre) fn example(&self, number: usize) -> u8 {
        self.examples[number]
    }
}

fn split(classes: &mut Vec<ByteSet>, by: ByteSet) {
    let count = classes.len();
    for at in 0..count {
        let (inside, outside) = (classes[at].and(by), classes[at].and(by.complement()));
        if !inside.is_empty() && !outside.is_empty() {
            classes[at] = inside;
            classes.push(outside);
        }
    }
}
