//! Published vulnerabilities of nginx: which releases have them, and which directives bring them into play.
//!
//! The facts are in `vulnerabilities.tsv`, after nginx's own list of security advisories. Of those without a directive, a
//! pattern of several decides.

use super::version::Version;

include!(concat!(env!("OUT_DIR"), "/vulnerabilities.rs"));

/// How bad nginx's makers say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rating {
    /// Hardly of use to anyone.
    Low,
    /// In between.
    Medium,
    /// To be mended at once.
    Major,
}

/// One vulnerability.
#[derive(Debug)]
pub struct Vulnerability {
    /// `CVE-2021-23017`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How bad it is.
    pub rating: Rating,
    /// The first release that has it.
    first: Version,
    /// The first release of each line that does not have it any more, oldest line first.
    fixed: &'static [Version],
    /// Directives, with a word that has to be among the arguments (a beginning of it, with `*`); any line will do for an
    /// empty word.
    used_by: &'static [(&'static str, &'static str)],
}

impl Vulnerability {
    /// Does a release of nginx have it?
    pub fn is_in(&self, release: Version) -> bool {
        let line = |version: Version| (version.major, version.minor);
        let is_fixed = |fixed: &Version| line(*fixed) == line(release) && release >= *fixed;
        let is_newer = self.fixed.last().is_some_and(|last| release >= *last);
        release >= self.first && !is_newer && !self.fixed.iter().any(is_fixed)
    }

    /// The release without it that is nearest to this one.
    pub fn fixed_in(&self, release: Version) -> Option<Version> {
        self.fixed.iter().copied().find(|fixed| *fixed > release)
    }

    /// The first release of each line that does not have it any more, oldest line first.
    pub fn fixed(&self) -> &'static [Version] {
        self.fixed
    }

    /// The directives that bring it into play, each with the word that counts; any line will do for an empty word.
    pub fn used_by(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.used_by.iter().copied()
    }
}

/// Is this the word that [`Vulnerability::used_by`] names?
pub fn is_word(argument: &str, wanted: &str) -> bool {
    wanted.strip_suffix('*').map_or(argument == wanted, |start| argument.starts_with(start))
}

/// The one of this name.
pub fn named(name: &str) -> Option<&'static Vulnerability> {
    VULNERABILITIES.iter().find(|known| known.name == name)
}

/// All of them, by name.
pub fn all() -> &'static [Vulnerability] {
    &VULNERABILITIES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::directives;

    fn releases_with(name: &str, releases: &[&str]) -> Vec<bool> {
        let found = all().iter().find(|known| known.name == name).expect("it is in the table");
        releases.iter().map(|release| found.is_in(release.parse().expect("a release"))).collect()
    }

    #[test]
    fn each_line_has_its_own_fix() {
        let releases = ["0.6.17", "0.6.18", "1.20.0", "1.20.1", "1.21.0", "1.31.0"];
        assert_eq!(releases_with("CVE-2021-23017", &releases), [false, true, true, false, false, false]);
        let releases = ["1.30.3", "1.30.4", "1.31.0", "1.31.2", "1.31.3"];
        assert_eq!(releases_with("CVE-2026-56434", &releases), [true, false, true, true, false]);
        assert_eq!(
            releases_with("CVE-2024-32760", &["1.24.0", "1.25.5", "1.26.0", "1.26.1"]),
            [false, true, true, false]
        );
    }

    #[test]
    fn every_directive_that_counts_is_one() {
        for (name, _) in all().iter().flat_map(Vulnerability::used_by) {
            assert!(directives::is_known(name), "{name}");
        }
        assert!(all().iter().all(|known| known.fixed.is_sorted() && !known.fixed.is_empty()));
    }
}
