//! Configurations in memory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nginspect::check::{self, Findings, Settings};
use nginspect::config::{self, Config, Entry, Files, Library, Outer, ReadError};
use nginspect::nginx::context::Context;
use nginspect::project::{self, Project, ProjectFile, Told};
use nginspect::rules::RULES;

/// A file system in memory.
#[derive(Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<PathBuf, Vec<u8>>);

impl Memory {
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self(files.into_iter().map(|(name, text)| (PathBuf::from(name), text.to_vec())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn list(&self, directory: &Path) -> Option<Vec<OsString>> {
        let names: Vec<OsString> = self
            .0
            .keys()
            .filter_map(|path| path.strip_prefix(directory).ok()?.components().next())
            .map(|first| first.as_os_str().to_owned())
            .collect();
        (!names.is_empty()).then_some(names)
    }
}

/// Reads the configuration that starts at `entry`.
pub(crate) fn read(files: &Memory, entry: &str, context: Option<Context>) -> Config {
    let outer = match context {
        Some(Context::Main) => Outer::Nothing,
        Some(Context::Http | Context::Stream) => Outer::Stock,
        _ => Outer::Unknown,
    };
    let entry = Entry { paths: vec![PathBuf::from(entry)], context, outer, place: None };
    let mut library = Library::default();
    for (path, text) in &files.0 {
        library.add_plain(path.clone(), path.clone(), text.clone());
    }
    let deployment = project_of(&library).deployment;
    library.add_deployment(PathBuf::new(), deployment);
    let found = config::load_includes(&mut library, files, &entry);
    config::build(Arc::new(library), files, &entry, &found)
}

/// What the files around a configuration tell.
pub(crate) fn read_project(config: &Config) -> Project {
    project_of(config.library())
}

pub(crate) fn project_of(library: &Library) -> Project {
    let files = library.sources().iter().map(|(id, source)| ProjectFile { id, path: library.identity(id), source });
    let files: Vec<ProjectFile<'_>> = files.filter(|file| project::is_evidence_file(file.source.path())).collect();
    let paths = library.sources().iter().map(|(id, _)| library.identity(id).to_path_buf());
    Project::read(&files, paths.collect(), &Told::default())
}

/// Runs every rule, with findings of low confidence too.
pub(crate) fn run_all(config: &Config, project: &Project) -> Findings {
    check::check(config, project, &Settings { pedantic: true, ..Settings::default() }, RULES)
}
