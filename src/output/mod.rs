//! Findings become text. Each format is a function from a [`Report`] to a `String`; nothing here prints.

use foldhash::HashMap;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity, Silenced, Silencer};
use crate::fingerprint::fingerprints;
use crate::page::Page;
use crate::source::{Source, SourceId, Sources, Span};

pub mod checkstyle;
pub mod compact;
mod cut;
#[cfg(test)]
mod format_properties;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod rdjson;
pub mod sanitize;
pub mod sarif;
mod snippet;
pub mod step_summary;
mod statistics;
mod style;
#[cfg(test)]
pub(crate) mod testing;
mod window;
pub mod wrap;
mod xml;

/// Everything that a run has to show.
#[derive(Debug)]
pub struct Report<'a> {
    /// The texts that spans point into.
    pub sources: &'a Sources,
    /// What was found, in the order to show it.
    pub diagnostics: &'a [Diagnostic],
    /// What was found and is not to be shown; formats with a place for it say so.
    pub silenced: &'a [Silenced],
    /// What could not be read or analysed.
    pub errors: &'a [RunError],
    /// How the texts came in: those that configurations start from, and what includes brought; each once.
    pub inclusions: &'a [Inclusion],
    /// How many files were looked at, included ones counted once.
    pub files: usize,
    /// Notes for the summary ("app.conf was read as a fragment of http").
    pub notes: &'a [String],
    /// What a rule is about.
    pub page_of: fn(&str) -> Option<&'static Page>,
}

/// How a text came into a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inclusion {
    /// The `include` directive; none for a text that a configuration starts from.
    pub by: Option<Span>,
    /// The text, or why there is none.
    pub brought: Result<SourceId, String>,
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

    /// How many findings a comment silences.
    pub fn suppressed(&self) -> usize {
        self.silenced.len() - self.baselined()
    }

    /// How many findings the baseline knows.
    pub fn baselined(&self) -> usize {
        self.silenced.iter().filter(|silenced| silenced.by == Silencer::Baseline).count()
    }

    /// All findings with their fingerprints and with what silences them: first those to show, then the others.
    fn fingerprinted(&self) -> impl Iterator<Item = (&Diagnostic, String, Option<&Silencer>)> {
        let shown = self.diagnostics.iter().map(|diagnostic| (diagnostic, None));
        let silenced = self.silenced.iter().map(|silenced| (&silenced.diagnostic, Some(&silenced.by)));
        let all: Vec<_> = shown.chain(silenced).collect();
        let fingerprints = fingerprints(self.sources, all.iter().map(|(diagnostic, _)| *diagnostic));
        all.into_iter().zip(fingerprints).map(|((diagnostic, by), fingerprint)| (diagnostic, fingerprint, by))
    }

    /// Where to read more about a rule: the first web reference of its page.
    fn url_of(&self, rule: &str) -> Option<&'static str> {
        (self.page_of)(rule).and_then(Page::url)
    }

    /// How many findings come with a way to mend them.
    pub fn fixable(&self) -> usize {
        self.diagnostics.iter().filter(|d| !d.fixes.is_empty()).count()
    }
}

/// The findings to show, by file, in the order in which the files come up.
fn by_file<'a>(report: &Report<'a>) -> Vec<(&'a Source, Vec<&'a Diagnostic>)> {
    let mut files: Vec<(&Source, Vec<&Diagnostic>)> = Vec::new();
    let mut known: HashMap<SourceId, usize> = HashMap::default();
    for diagnostic in report.diagnostics {
        let source = diagnostic.primary.span.source;
        let index = *known.entry(source).or_insert_with(|| {
            files.push((report.sources.get(source), Vec::new()));
            files.len() - 1
        });
        files[index].1.push(diagnostic);
    }
    files
}

/// A relative path as repositories have it: without `./` in front.
fn in_repository(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// Any of our documents on one line.
fn json_text(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("keys are strings, and writing to memory does not fail")
}
