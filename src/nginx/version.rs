//! nginx releases.

use std::fmt;
use std::str::FromStr;

/// The version of an nginx release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 1 of 1.27.3.
    pub major: u16,
    /// The 27 of 1.27.3: odd is mainline, even is stable.
    pub minor: u16,
    /// The 3 of 1.27.3.
    pub patch: u16,
}

/// From this release on, `http2` is a directive of its own and `ssl` is none any more.
pub const LISTEN_REFORM: Version = Version::new(1, 25, 1);
/// The first release with `always` for `add_header`.
pub const ALWAYS_SINCE: Version = Version::new(1, 7, 5);

/// The last known release of each line, oldest line first.
const LAST_RELEASES: [Version; 41] = [
    Version::new(0, 1, 45),
    Version::new(0, 2, 6),
    Version::new(0, 3, 61),
    Version::new(0, 4, 14),
    Version::new(0, 5, 38),
    Version::new(0, 6, 39),
    Version::new(0, 7, 69),
    Version::new(0, 8, 55),
    Version::new(0, 9, 7),
    Version::new(1, 0, 15),
    Version::new(1, 1, 19),
    Version::new(1, 2, 9),
    Version::new(1, 3, 16),
    Version::new(1, 4, 7),
    Version::new(1, 5, 13),
    Version::new(1, 6, 3),
    Version::new(1, 7, 12),
    Version::new(1, 8, 1),
    Version::new(1, 9, 15),
    Version::new(1, 10, 3),
    Version::new(1, 11, 13),
    Version::new(1, 12, 2),
    Version::new(1, 13, 12),
    Version::new(1, 14, 2),
    Version::new(1, 15, 12),
    Version::new(1, 16, 1),
    Version::new(1, 17, 10),
    Version::new(1, 18, 0),
    Version::new(1, 19, 10),
    Version::new(1, 20, 2),
    Version::new(1, 21, 6),
    Version::new(1, 22, 1),
    Version::new(1, 23, 4),
    Version::new(1, 24, 0),
    Version::new(1, 25, 5),
    Version::new(1, 26, 3),
    Version::new(1, 27, 5),
    Version::new(1, 28, 3),
    Version::new(1, 29, 8),
    Version::new(1, 30, 4),
    Version::NEWEST,
];

impl Version {
    /// The newest release that the tables know. They also hold changes of the next one, not released yet.
    pub const NEWEST: Self = Self::new(1, 31, 4);

    /// The version `major.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// The last release of each line that is still met somewhere.
    pub fn in_use() -> impl Iterator<Item = Self> {
        LAST_RELEASES.into_iter().filter(|last| *last >= Self::new(1, 10, 0))
    }

    /// The last known release of a line: 1.27.5 of the line 1.27.
    fn last_of(major: u16, minor: u16) -> Option<Self> {
        LAST_RELEASES.into_iter().find(|last| (last.major, last.minor) == (major, minor))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = ParseVersionError;

    /// Reads "1.27.3"; "1.27", the last release of that line; "mainline" or "latest", the newest one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if matches!(text, "mainline" | "latest") {
            return Ok(Self::NEWEST);
        }
        let malformed = || ParseVersionError::Malformed(text.to_owned());
        let numbers = text.split('.').map(number).collect::<Option<Vec<u16>>>().ok_or_else(malformed)?;
        match numbers[..] {
            [major, minor, patch] => Ok(Self::new(major, minor, patch)),
            [major, minor] => {
                Self::last_of(major, minor).ok_or_else(|| ParseVersionError::UnknownLine(text.to_owned()))
            }
            _ => Err(malformed()),
        }
    }
}

/// Digits only, whereas the standard parser takes a plus sign too.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A text that names no version of nginx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseVersionError {
    /// Not of the form of a version.
    Malformed(String),
    /// Two numbers, but no line of releases has them, so its last release is not known.
    UnknownLine(String),
}

impl fmt::Display for ParseVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(text) => {
                write!(f, "\"{text}\" is not an nginx version: expected one like 1.27.3 or 1.27, or mainline")
            }
            Self::UnknownLine(text) => {
                write!(f, "the last release of nginx {text} is not known: give all three numbers, as in {text}.0")
            }
        }
    }
}

impl std::error::Error for ParseVersionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::{directives, variables};

    #[test]
    fn reads_and_prints() {
        assert_eq!("1.27.3".parse(), Ok(Version::new(1, 27, 3)));
        assert_eq!("1.27".parse(), Ok(Version::new(1, 27, 5)));
        assert_eq!("mainline".parse(), Ok(Version::NEWEST));
        assert_eq!("latest".parse(), Ok(Version::NEWEST));
        assert_eq!(Version::new(1, 9, 15).to_string(), "1.9.15");
        assert!(Version::new(1, 9, 15) < Version::new(1, 10, 0));
    }

    #[test]
    fn refuses_what_is_no_version() {
        for text in ["", "1", "1.", "1.27.3.1", "v1.27.3", "1.+7.3", "1.27.x", "1.99999.0"] {
            assert_eq!(text.parse::<Version>(), Err(ParseVersionError::Malformed(text.to_owned())));
        }
        assert_eq!("1.77".parse::<Version>(), Err(ParseVersionError::UnknownLine("1.77".to_owned())));
    }

    #[test]
    fn no_fact_is_newer_than_the_last_release_of_its_line() {
        let unreleased = Version { patch: Version::NEWEST.patch + 1, ..Version::NEWEST };
        let of_directives = directives::all()
            .iter()
            .filter(|directive| directive.origin.has_nginx_versions())
            .flat_map(|directive| [directive.since, directive.deprecated, directive.removed]);
        let of_variables = variables::all().iter().flat_map(|variable| [variable.since, variable.removed]);
        for version in of_directives.chain(of_variables).flatten().filter(|version| *version != unreleased) {
            let last = Version::last_of(version.major, version.minor);
            assert!(last.is_some_and(|last| version <= last), "{version} of a line that ends with {last:?}");
        }
    }

    #[test]
    fn lines_are_sorted_and_end_with_the_newest() {
        assert!(LAST_RELEASES.is_sorted());
        assert_eq!(LAST_RELEASES.last(), Some(&Version::NEWEST));
    }
}
