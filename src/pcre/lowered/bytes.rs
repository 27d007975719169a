//! Sets of bytes.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// Nothing.
    pub const NONE: Self = Self([0; 4]);
    /// Every byte.
    pub const ALL: Self = Self([u64::MAX; 4]);
    /// Printable ASCII, the blank included.
    pub const PRINTABLE: Self = Self([u64::MAX << 32, u64::MAX >> 1, 0, 0]);

    /// The bytes that `is_member` accepts.
    pub fn of(is_member: impl Fn(u8) -> bool) -> Self {
        let mut set = Self::NONE;
        (0..=u8::MAX).filter(|byte| is_member(*byte)).for_each(|byte| set.insert(byte));
        set
    }

    /// One byte.
    pub fn byte(byte: u8) -> Self {
        let mut set = Self::NONE;
        set.insert(byte);
        set
    }

    /// Adds a byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Is the byte in it?
    pub fn contains(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Is nothing in it?
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// The bytes that are in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// The bytes that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    /// The bytes that are not in it.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// With the letters in their other case.
    #[must_use]
    pub fn in_any_case(self) -> Self {
        // A small letter is its capital plus 32, and all of them are in the second word.
        const CAPITALS: u64 = ((1 << 26) - 1) << 1;
        let letters = self.0[1];
        let mut set = self;
        set.0[1] |= (letters & CAPITALS) << 32 | (letters >> 32) & CAPITALS;
        set
    }

    /// Its bytes in ascending order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..4).zip(self.0).flat_map(|(word, mut rest)| {
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some((word << 6) + bit as u8)
            })
        })
    }

    /// The member that looks best in an example; none if there is none.
    pub fn nicest(self) -> Option<u8> {
        self.iter().min_by_key(|byte| plainness(*byte))
    }
}

/// A rank among bytes by how well they look in an example: what hosts and paths consist of comes first.
pub(in crate::pcre) fn plainness(byte: u8) -> (u8, u8) {
    let rank = match byte {
        b'a'..=b'z' => 0,
        b'0'..=b'9' => 1,
        b'-' | b'.' | b'/' | b':' | b'_' => 2,
        b'A'..=b'Z' => 3,
        b'!'..=b'~' => 4,
        b' ' => 5,
        b'\n' => 7,
        0x80.. => 8,
        _ => 6,
    };
    (rank, byte)
}
