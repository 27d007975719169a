//! `--baseline`: findings that are known are not shown, and `--update-baseline` writes down which these are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::analysis::Analysis;
use super::{disk, write};
use crate::baseline::{Baseline, Key};
use crate::diagnostic::{Diagnostic, Silenced, Silencer};
use crate::fingerprint::fingerprints_with_paths;
use crate::output::RunError;
use crate::source::SourceId;

/// A baseline and where it is.
pub(super) struct File {
    path: PathBuf,
    /// The folder that paths are seen from, without links.
    folder: PathBuf,
    /// The bytes that were read; none if there is no file yet.
    bytes: Option<Vec<u8>>,
    baseline: Baseline,
}

impl File {
    /// Reads a baseline, before anything else is done. One that is to be written need not be there.
    pub(super) fn read(path: &Path, is_updated: bool) -> Result<Self, String> {
        let shown = path.display().to_string();
        let folder = disk::canonical(path).parent().map(Path::to_path_buf).unwrap_or_default();
        let path = path.to_path_buf();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && is_updated => {
                return Ok(Self { path, folder, bytes: None, baseline: Baseline::default() });
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(format!("{shown}:1:1: there is no such baseline; --update-baseline writes it"));
            }
            Err(error) => return Err(format!("{shown}:1:1: the baseline could not be read: {error}")),
        };
        let baseline = Baseline::parse(&bytes).map_err(|error| {
            format!("{shown}:{}:{}: this is no baseline: {}", error.line, error.column, error.message)
        })?;
        Ok(Self { path, folder, bytes: Some(bytes), baseline })
    }

    /// Silences the findings of a run that are known; writes them down first, if that is asked for.
    pub(super) fn apply(&mut self, analysis: &mut Analysis, is_updated: bool) {
        let keys = self.keys(analysis);
        let looked_at: BTreeSet<String> =
            analysis.looked_at.iter().map(|source| self.path_of(analysis, *source)).collect();
        let is_looked_at = |key: &Key| {
            let is_gone = || !self.folder.join(&key.path).exists();
            analysis.has_run(&key.rule) && (looked_at.contains(&key.path) || is_gone())
        };
        // What could not be analysed may still have its findings.
        let gone = match analysis.errors.is_empty() {
            true => self.baseline.gone(&keys.iter().cloned().collect(), &is_looked_at),
            false => Vec::new(),
        };
        if is_updated {
            self.update(analysis, &keys, &gone);
        } else if let Some(note) = gone_note(gone.len()) {
            analysis.notes.push(note);
        }
        let mut keys = keys.iter();
        let known = analysis.diagnostics.extract_if(.., |_| keys.next().is_some_and(|key| self.baseline.knows(key)));
        analysis.silenced.extend(known.map(|diagnostic| Silenced { diagnostic, by: Silencer::Baseline }));
    }

    fn update(&mut self, analysis: &mut Analysis, keys: &[Key], gone: &[Key]) {
        let before = self.baseline.len();
        self.baseline.prune(gone);
        let kept = self.baseline.len();
        for (key, diagnostic) in keys.iter().zip(&analysis.diagnostics) {
            self.baseline.add(key.clone(), diagnostic.message.clone());
        }
        let new = self.baseline.len() - kept;
        let text = self.baseline.render();
        let written = match &self.bytes {
            Some(bytes) if *bytes == text.as_bytes() => Ok(()),
            Some(bytes) => write::replace(&self.path, bytes, text.as_bytes()),
            None => write::create(&self.path, text.as_bytes()),
        };
        match written {
            Ok(()) => {
                self.bytes = Some(text.into_bytes());
                let now = self.baseline.len();
                let change = format!("{new} new, {} gone", before - kept);
                analysis.notes.push(format!("the baseline was written: {now} known ({change})"));
            }
            Err(message) => {
                analysis.errors.push(RunError { kind: "io", path: String::new(), message });
            }
        }
    }

    /// What the findings are known by: those to show, in order, and then those that are not shown anyway.
    fn keys(&self, analysis: &Analysis) -> Vec<Key> {
        let all: Vec<&Diagnostic> = analysis.diagnostics.iter().chain(&analysis.hidden).collect();
        let path_of = |source| self.path_of(analysis, source);
        let fingerprints = fingerprints_with_paths(analysis.library.sources(), all.iter().copied(), &path_of);
        let key = |(diagnostic, fingerprint): (&&Diagnostic, String)| Key {
            path: self.path_of(analysis, diagnostic.primary.span.source),
            rule: diagnostic.rule.to_owned(),
            fingerprint,
        };
        all.iter().zip(fingerprints).map(key).collect()
    }

    /// A file as it is seen from the baseline's folder, so that it does not matter where the program runs.
    fn path_of(&self, analysis: &Analysis, source: SourceId) -> String {
        let identity = analysis.library.identity(source);
        let path = pathdiff::diff_paths(identity, &self.folder).unwrap_or_else(|| identity.to_path_buf());
        path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
    }
}

fn gone_note(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 entry of the baseline is gone; --update-baseline prunes it".to_owned()),
        count => Some(format!("{count} entries of the baseline are gone; --update-baseline prunes them")),
    }
}
