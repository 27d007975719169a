//! The shapes that values of directives have.

use super::version::Version;

/// The shape of the value of a directive, by which nginx reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `on` or `off`.
    Flag,
    /// Bytes, with k or m.
    Size,
    /// Bytes, with k, m or g.
    Offset,
    /// Digits.
    Number {
        /// The smallest number that is taken.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A time that is kept in milliseconds.
    Milliseconds,
    /// A time that is kept in seconds.
    Seconds,
    /// One of some words.
    Enum,
    /// Any of some words.
    Bitmask,
    /// A number and a size.
    Buffers,
    /// Permissions: `user:rw group:r all:r`.
    Access,
    /// MIME types.
    MimeList,
    /// A name and a value.
    KeyValue,
    /// Text, or a shape of its own, or one that is not known.
    Other,
}

impl Value {
    /// Does the type alone tell which values are right?
    pub fn has_shape(self) -> bool {
        !matches!(self, Self::MimeList | Self::KeyValue | Self::Other)
    }
}

/// One word that an enumeration or a bit mask knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word; nginx compares it without regard to letter case.
    pub text: &'static str,
    /// The first version that knows it.
    pub since: Option<Version>,
    /// The first version that does not know it any more.
    pub removed: Option<Version>,
}

impl Word {
    /// Whether nginx of this version has it.
    pub fn is_known_to(self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.removed.is_none_or(|removed| version < removed)
    }
}
