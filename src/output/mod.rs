//! Findings become text. Each format is a function from a [`Report`] to a `String`; nothing here prints.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

pub mod compact;
mod cut;
mod fingerprint;
pub mod human;
pub mod json;
pub mod sanitize;
mod snippet;
mod style;
#[cfg(test)]
mod testing;
mod window;
pub mod wrap;

/// Everything that a run has to show.
#[derive(Debug)]
pub struct Report<'a> {
    /// The texts that spans point into.
    pub sources: &'a Sources,
    /// What was found, in the order to show it.
    pub diagnostics: &'a [Diagnostic],
    /// What could not be read or analysed.
    pub errors: &'a [RunError],
    /// How many files were looked at, included ones counted once.
    pub files: usize,
    /// Notes for the summary ("app.conf was read as a fragment of http").
    pub notes: &'a [String],
    /// Where to read more about a rule: the first web reference of its page.
    pub url_of: fn(&str) -> Option<&'static str>,
}

/// Why a part of the input was not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// `io` (missing, unreadable, not a regular file, too large) or `internal` (a bug in nginspect).
    pub kind: &'static str,
    /// What it concerns, as the user named it; empty where no path is concerned.
    pub path: String,
    /// What went wrong, lower case, no full stop.
    pub message: String,
}

impl Report<'_> {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }

    /// How many findings come with a way to mend them.
    pub fn fixable(&self) -> usize {
        self.diagnostics.iter().filter(|d| !d.fixes.is_empty()).count()
    }
}
