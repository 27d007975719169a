//! `--add-ignore`: writes comments that silence what is shown.

use std::collections::BTreeMap;

use super::analysis::Analysis;
use super::write;
use crate::diagnostic::{Diagnostic, Edit};
use crate::fix;
use crate::output::RunError;
use crate::source::SourceId;
use crate::suppress;

/// What was written, and what could not be.
#[derive(Default)]
pub(super) struct Written {
    /// How many files have new comments.
    pub(super) files: usize,
    pub(super) errors: Vec<RunError>,
}

/// Writes comments for all findings that are shown, but for those about comments.
pub(super) fn write_comments(analysis: &Analysis, reason: &str) -> Written {
    let is_silenceable = |finding: &&Diagnostic| !finding.rule.starts_with("suppression-");
    let findings: Vec<Diagnostic> = analysis.diagnostics.iter().filter(is_silenceable).cloned().collect();
    let library = &analysis.library;
    let edits = suppress::insertions(library, &analysis.comments, &findings, reason);
    let mut by_source: BTreeMap<SourceId, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        by_source.entry(edit.span.source).or_default().push(edit);
    }
    let mut written = Written::default();
    for (source, edits) in by_source {
        let text = library.sources().get(source);
        let Some(changed) = fix::apply(source, text.bytes(), &edits) else { continue };
        match write::replace(library.identity(source), text.bytes(), &changed) {
            Ok(()) => written.files += 1,
            Err(message) => written.errors.push(RunError { kind: "io", path: String::new(), message }),
        }
    }
    written
}
