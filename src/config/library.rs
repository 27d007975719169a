//! The texts of a run and their trees: every file is read and parsed once, however often it is included.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::project::Deployment;
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::{Text, Tree};
use crate::template::{self, Environment, Language, Reading, Recipe};

/// Why a file cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// There is nothing of that name.
    Missing,
    /// It lies outside of what may be read; says what the bounds are.
    Outside(String),
    /// It is a directory, a FIFO, a device, …; says what it is.
    NotRegular(&'static str),
    /// It could not be read; says why.
    Unreadable(String),
}

/// Where texts come from. The analysis itself touches no file system.
pub trait Files: Sync {
    /// The bytes of a regular file.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// Is there a regular file that may be read? Cheaper than reading it.
    fn probe(&self, path: &Path) -> Result<(), ReadError> {
        self.read(path).map(|_| ())
    }

    /// The names in a directory, in any order; none if there is no such directory or it may not be read.
    fn list(&self, directory: &Path) -> Option<Vec<OsString>>;

    /// One name for all the names of a file, so that it is parsed once: the canonical path.
    fn identity(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }

    /// How a path is shown to the user.
    fn display(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }
}

/// All texts with their trees.
#[derive(Debug, Default)]
pub struct Library {
    sources: Sources,
    readings: Vec<Reading>,
    by_identity: HashMap<PathBuf, SourceId>,
    identities: Vec<PathBuf>,
    /// The values of placeholders, for the texts of which folder.
    values: Vec<(PathBuf, Environment)>,
    /// The projects that say how their templates are rendered, with their folders.
    deployments: Vec<(PathBuf, Arc<Deployment>)>,
    /// The texts that are no configuration, as far as is known.
    plain: HashSet<SourceId>,
}

impl Library {
    /// From now on, the templates below a folder are read with these values for their placeholders. Where folders lie in
    /// each other, the innermost counts.
    pub fn add_values(&mut self, folder: PathBuf, values: Environment) {
        self.values.push((folder, values));
    }

    /// From now on, the texts below a folder are read as the project there renders them.
    pub fn add_deployment(&mut self, folder: PathBuf, deployment: Arc<Deployment>) {
        self.deployments.push((folder, deployment));
    }

    /// How a text is to be read: the one place that decides it.
    pub fn recipe(&self, identity: &Path, shown: &Path) -> Recipe {
        let nothing = Environment::default();
        let values = innermost(&self.values, identity).unwrap_or(&nothing);
        match innermost(&self.deployments, identity) {
            Some(deployment) => deployment.recipe_of(identity, shown, &self.sources, values),
            None => Recipe::of_name(shown, values),
        }
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The tree of a text; an empty one for texts that are no configuration.
    pub fn tree(&self, source: SourceId) -> &Tree {
        &self.readings[self.sources.index(source)].tree
    }

    /// Is a text a template of envsubst, or of something alike?
    pub fn is_template(&self, source: SourceId) -> bool {
        self.readings[self.sources.index(source)].recipe.is_template
    }

    /// May the same words be read as different ones in this text than in another, since a renderer fills them in?
    pub(super) fn may_be_filled_in(&self, source: SourceId) -> bool {
        let reading = &self.readings[self.sources.index(source)];
        reading.recipe.is_template || reading.language.is_some()
    }

    /// The template language that a text is written in, if it is another one than envsubst's.
    pub fn language(&self, source: SourceId) -> Option<Language> {
        self.readings[self.sources.index(source)].language
    }

    /// Does a stretch of text touch a placeholder that was read as its value? Its name, with the value and where that is from.
    pub fn filled_in(&self, span: Span) -> Option<(&str, &template::Value)> {
        let Reading { filled, recipe, .. } = &self.readings[self.sources.index(span.source)];
        let first = filled.partition_point(|filled| filled.end < span.start);
        let touched = filled.get(first).filter(|filled| filled.start <= span.end)?;
        Some((&touched.name, recipe.values.get(&touched.name)?))
    }

    /// Can two places of a text be in one configuration? In a template, branches exclude each other.
    pub fn go_together(&self, one: Span, other: Span) -> bool {
        let arms = |source| &self.readings[self.sources.index(source)].arms;
        one.source != other.source || arms(one.source).go_together(one.start as usize, other.start as usize)
    }

    /// Does the first place of a text come out whenever the other one does?
    pub fn comes_with(&self, one: Span, other: Span) -> bool {
        let arms = |source| &self.readings[self.sources.index(source)].arms;
        one.source != other.source || arms(one.source).comes_with(one.start as usize, other.start as usize)
    }

    /// Is this text no configuration, as far as is known?
    pub fn is_plain(&self, source: SourceId) -> bool {
        self.plain.contains(&source)
    }

    /// The one name of a text among all names of its file.
    pub fn identity(&self, source: SourceId) -> &Path {
        &self.identities[self.sources.index(source)]
    }

    /// The number of a file that was read before.
    pub fn find(&self, identity: &Path) -> Option<SourceId> {
        self.by_identity.get(identity).copied()
    }

    /// The text that a tree's words are cut out of.
    pub(super) fn text_of(&self, source: SourceId) -> Text<'_> {
        let source = self.sources.get(source);
        source.as_str().map_or_else(|| Text::Bytes(source.bytes()), Text::Whole)
    }

    /// The text of a span, with U+FFFD for what is not UTF-8.
    pub fn text(&self, span: Span) -> String {
        self.sources.text(span).into_owned()
    }

    /// Takes in a configuration that is already in memory.
    pub fn add(&mut self, identity: PathBuf, shown: PathBuf, bytes: Vec<u8>) -> SourceId {
        let reading = template::read(&shown, &bytes, self.recipe(&identity, &shown));
        self.insert(identity, Source::new(shown, bytes), reading)
    }

    /// Takes in a text that is no configuration (a script whose lines count as evidence).
    pub fn add_plain(&mut self, identity: PathBuf, shown: PathBuf, bytes: Vec<u8>) -> SourceId {
        let id = self.insert(identity, Source::new(shown, bytes), Reading::default());
        self.plain.insert(id);
        id
    }

    /// Reads and parses, in parallel, those of the files that are not known yet; what cannot be read is returned.
    pub fn load(&mut self, files: &dyn Files, paths: &[PathBuf]) -> Vec<(PathBuf, ReadError)> {
        let mut wanted: Vec<(PathBuf, &PathBuf)> = paths.iter().map(|path| (files.identity(path), path)).collect();
        wanted.sort();
        wanted.dedup_by(|a, b| a.0 == b.0);
        for id in wanted.iter().filter_map(|(identity, _)| self.find(identity)).collect::<Vec<_>>() {
            // A configuration may include what counts as evidence otherwise.
            if self.plain.remove(&id) {
                let source = self.sources.get(id);
                let recipe = self.recipe(&self.identities[self.sources.index(id)], source.path());
                let reading = template::read(source.path(), source.bytes(), recipe);
                let index = self.sources.index(id);
                self.readings[index] = reading;
            }
        }
        wanted.retain(|(identity, _)| !self.by_identity.contains_key(identity));
        let read: Vec<_> = wanted
            .into_par_iter()
            .map(|(identity, path)| {
                let shown = files.display(path);
                let parsed = files.read(path).map(|bytes| {
                    let reading = template::read(&shown, &bytes, self.recipe(&identity, &shown));
                    (Source::new(shown, bytes), reading)
                });
                (identity, path.clone(), parsed)
            })
            .collect();
        let mut failed = Vec::new();
        for (identity, path, parsed) in read {
            match parsed {
                Ok((source, reading)) => {
                    self.insert(identity, source, reading);
                }
                Err(error) => failed.push((path, error)),
            }
        }
        failed
    }

    fn insert(&mut self, identity: PathBuf, source: Source, reading: Reading) -> SourceId {
        let id = self.sources.add(source);
        self.readings.push(reading);
        self.identities.push(identity.clone());
        self.by_identity.insert(identity, id);
        id
    }
}

/// What is said about the innermost folder that a path lies in.
fn innermost<'t, T>(folders: &'t [(PathBuf, T)], path: &Path) -> Option<&'t T> {
    let around = folders.iter().filter(|(folder, _)| path.starts_with(folder));
    around.max_by_key(|(folder, _)| folder.as_os_str().len()).map(|(_, said)| said)
}
