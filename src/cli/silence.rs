//! What the comments of a run silence, and about which files the run can say that they silence nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use foldhash::HashSet;

use super::disk::{self, Disk};
use crate::check::{self, Findings, Settings};
use crate::config::entry::{self, FoundEntry};
use crate::config::{Config, Files, Library, Outer};
use crate::diagnostic::Diagnostic;
use crate::project::Project;
use crate::rules::RULES;
use crate::source::SourceId;
use crate::suppress::Comments;

/// What rules that comments name would find on other releases of nginx: a comment may be there for one of those.
pub(super) fn other_releases(
    config: &Config,
    project: &Project,
    settings: &Settings,
    comments: &Comments,
    findings: &Findings,
) -> Vec<Diagnostic> {
    let named = config.sources().iter().flat_map(|source| comments.named_in(*source));
    let named: BTreeSet<String> = named.filter(|name| findings.by_release.contains(name)).map(str::to_owned).collect();
    check::for_other_releases(config, project, settings, RULES, named)
}

/// Which files the run has seen in every configuration that they are a part of, as far as anybody can know.
pub(super) struct Conclusive<'r> {
    library: &'r Library,
    disk: &'r Disk,
    /// The folders that the run was to look at.
    folders: &'r [PathBuf],
    sources: HashSet<SourceId>,
}

impl<'r> Conclusive<'r> {
    pub(super) fn new(library: &'r Library, disk: &'r Disk, folders: &'r [PathBuf]) -> Self {
        Self { library, disk, folders, sources: HashSet::default() }
    }

    /// Takes in a configuration of these texts.
    pub(super) fn add(&mut self, found: &FoundEntry, sources: &[SourceId], lost_includes: usize) {
        let entry = &found.entry;
        let is_known = match entry.outer {
            Outer::Nothing => true,
            Outer::Stock => !entry.paths.iter().any(|path| self.has_main_nearby(path)),
            Outer::Unknown => false,
        };
        // What depends on an include that is not here was not judged.
        if !is_known || lost_includes > 0 {
            return;
        }
        let entries: Vec<SourceId> =
            entry.paths.iter().filter_map(|path| self.library.find(&disk::canonical(path))).collect();
        let is_main = |source: &SourceId| entry.outer == Outer::Nothing && entries.contains(source);
        let is_whole = |source: &SourceId| is_main(source) || self.is_in_folder(*source);
        let sources: Vec<SourceId> =
            sources.iter().copied().filter(is_whole).filter(|s| !self.is_filled_in(*s)).collect();
        self.sources.extend(sources);
    }

    /// Would everything that there is to say about a file have been found?
    pub(super) fn contains(&self, source: SourceId) -> bool {
        self.sources.contains(&source)
    }

    fn has_main_nearby(&self, fragment: &Path) -> bool {
        entry::possible_mains(fragment).iter().any(|main| self.disk.probe(main).is_ok())
    }

    /// A file that was named, or that one of them includes, may be included by others that nobody looked at.
    fn is_in_folder(&self, source: SourceId) -> bool {
        let identity = self.library.identity(source);
        self.folders.iter().any(|folder| identity.starts_with(folder))
    }

    /// What there is to say about a template depends on the values of the run.
    fn is_filled_in(&self, source: SourceId) -> bool {
        self.library.is_template(source) || self.library.language(source).is_some()
    }
}
