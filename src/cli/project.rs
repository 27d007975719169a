//! Reads the files around a configuration.

use std::path::Path;
use std::sync::Arc;

use super::{discover, disk, disk::Disk};
use crate::config::{Files, Library};
use crate::project::{Mapping, Project, ProjectFile};

/// What the files of a project tell. From now on, the library reads what lies in it as the project renders it.
pub(super) fn read(library: &mut Library, disk: &Disk, root: &Path, told: &[Mapping]) -> Project {
    // Evidence lies around the configuration, and so it may be read even where includes may not lead.
    let files = disk.around(root);
    let mut sources = Vec::new();
    let (paths, evidence) = discover::project_files(root);
    for path in evidence {
        let identity = disk::canonical(&path);
        let known = library.find(&identity);
        let source = known.or_else(|| {
            let bytes = files.read(&path).ok()?;
            Some(library.add_plain(identity, discover::relative(&path), bytes))
        });
        sources.extend(source);
    }
    let texts = library.sources();
    let files = sources.into_iter().map(|id| ProjectFile { id, path: library.identity(id), source: texts.get(id) });
    let project = Project::read(&files.collect::<Vec<_>>(), paths, told);
    library.add_deployment(root.to_path_buf(), Arc::clone(&project.deployment));
    project
}
