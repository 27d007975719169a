//! Reads the files around a configuration.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{discover, disk, disk::Disk};
use crate::config::{Files, Library};
use crate::project::{Project, ProjectFile, Told};

/// What the files of a project tell, and what the user says, who is asked with the names of all files. From now on, the
/// library reads what lies in it as the project renders it.
pub(super) fn read(
    library: &mut Library,
    disk: &Disk,
    root: &Path,
    told: impl FnOnce(&BTreeSet<PathBuf>) -> Told,
) -> Project {
    // Evidence lies around the configuration, and so it may be read even where includes may not lead.
    let files = disk.around(root);
    let mut sources = Vec::new();
    let (paths, evidence) = discover::project_files(root);
    for path in evidence {
        let identity = disk::canonical(&path);
        let known = library.find(&identity);
        let source = known.or_else(|| {
            let bytes = files.read(&path).ok()?;
            Some(library.add_plain(identity, disk::relative(&path), bytes))
        });
        sources.extend(source);
    }
    let texts = library.sources();
    let files = sources.into_iter().map(|id| ProjectFile { id, path: library.identity(id), source: texts.get(id) });
    let told = told(&paths);
    let project = Project::read(&files.collect::<Vec<_>>(), paths, &told);
    library.add_deployment(root.to_path_buf(), Arc::clone(&project.deployment));
    project
}
