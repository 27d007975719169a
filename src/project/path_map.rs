//! Where files of the project are inside of a container, and the other way round.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::nginx::glob;
use crate::source::Span;

/// What brings a file of the project into a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingKind {
    /// `COPY` or `ADD`.
    Copy,
    /// A bind mount, which hides what the image has there.
    Mount {
        /// Nothing in the container can write there.
        read_only: bool,
    },
    /// The user says so.
    Told,
}

/// A file or a folder of the project, and what it is inside of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The absolute path inside.
    pub container: String,
    /// The path outside.
    pub project: PathBuf,
    /// What brings it there.
    pub kind: MappingKind,
    /// The words that say so.
    pub span: Option<Span>,
}

/// More mappings than this, and the others are left out.
const MAX_MAPPINGS: usize = 500;

/// The files of the project that a container has. Later mappings win.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathMap {
    mappings: Vec<Mapping>,
    /// The files of the project.
    files: Arc<BTreeSet<PathBuf>>,
    /// Files and folders inside whose content cannot be known: volumes, and what commands write.
    opaque: Vec<String>,
}

impl PathMap {
    /// A map without mappings.
    pub(crate) fn new(files: Arc<BTreeSet<PathBuf>>) -> Self {
        Self { files, ..Self::default() }
    }

    /// The mappings, the strongest last.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// Does it say nothing?
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// Adds a mapping that wins over those before it.
    pub fn add(&mut self, mapping: Mapping) {
        if self.mappings.len() < MAX_MAPPINGS {
            self.mappings.push(mapping);
        }
    }

    /// Takes away what was copied to a path inside; `folder/*` is all that was copied into it.
    pub(crate) fn remove(&mut self, container: &str) {
        let is_gone = |path: &str| match container.strip_suffix("/*") {
            Some(folder) => below(path, folder).is_some_and(|rest| !rest.is_empty()),
            None => path == container,
        };
        self.mappings.retain(|mapping| !is_gone(&mapping.container));
    }

    /// Marks a path inside as one whose content is not known.
    pub(crate) fn add_opaque(&mut self, container: String) {
        self.opaque.push(container);
    }

    /// Is this path, or a folder around it, one whose content is not known?
    pub fn is_opaque(&self, container: &str) -> bool {
        self.opaque.iter().any(|opaque| below(container, opaque).is_some())
    }

    /// Is there a file of this folder that matches a pattern, and whose content is not known?
    pub fn has_opaque_match(&self, folder: &str, pattern: &str) -> bool {
        let names = self.opaque.iter().filter_map(|opaque| below(opaque, folder));
        names.filter(|name| !name.is_empty()).any(|name| glob::matches(pattern.as_bytes(), name.as_bytes()))
    }

    /// Is something in this folder that cannot be known?
    pub fn has_opaque(&self, folder: &str) -> bool {
        self.is_opaque(folder) || self.opaque.iter().any(|opaque| below(opaque, folder).is_some())
    }

    /// The file of the project that is at a path inside, and the mapping that brings it there.
    pub fn project_path(&self, container: &str) -> Option<(PathBuf, &Mapping)> {
        for mapping in self.mappings.iter().rev() {
            let Some(rest) = below(container, &mapping.container) else { continue };
            let path = if rest.is_empty() { mapping.project.clone() } else { mapping.project.join(rest) };
            if self.files.contains(&path) || mapping.kind == MappingKind::Told {
                return Some((path, mapping));
            }
            // A mount hides what was there before.
            if !matches!(mapping.kind, MappingKind::Copy) {
                return None;
            }
        }
        None
    }

    /// The paths that a file of the project has inside, and the mapping behind each.
    pub fn containers_of(&self, project: &Path) -> Vec<(String, &Mapping)> {
        let mut found: Vec<(String, &Mapping)> = Vec::new();
        for mapping in &self.mappings {
            let Ok(rest) = project.strip_prefix(&mapping.project) else { continue };
            let rest = rest.to_string_lossy();
            let path = if rest.is_empty() { mapping.container.clone() } else { join(&mapping.container, &rest) };
            let is_it = self.project_path(&path).is_some_and(|(found, _)| found == project);
            if is_it && found.iter().all(|(known, _)| *known != path) {
                found.push((path, mapping));
            }
        }
        found
    }

    /// The names of what the project brings into a folder inside; none if it brings nothing there.
    pub fn list(&self, folder: &str) -> Option<Vec<String>> {
        let mut names = BTreeSet::new();
        for mapping in &self.mappings {
            if let Some(rest) = below(&mapping.container, folder).filter(|rest| !rest.is_empty()) {
                names.extend(rest.split('/').next().map(str::to_owned));
            } else if let Some(rest) = below(folder, &mapping.container) {
                let outside = if rest.is_empty() { mapping.project.clone() } else { mapping.project.join(rest) };
                let children = self.files.range(outside.clone()..).take_while(|file| file.starts_with(&outside));
                let first = children.filter_map(|file| file.strip_prefix(&outside).ok()?.components().next());
                names.extend(first.map(|name| name.as_os_str().to_string_lossy().into_owned()));
            }
        }
        (!names.is_empty()).then(|| names.into_iter().collect())
    }

    /// Is it a file of the project?
    pub(crate) fn has_file(&self, project: &Path) -> bool {
        self.files.contains(project)
    }

    /// Is it a folder of the project?
    pub(crate) fn is_folder(&self, project: &Path) -> bool {
        is_folder(&self.files, project)
    }

    /// What is at `from` inside is also at `to`: `cp`, `mv`, `COPY --from`.
    pub(crate) fn derive(&self, from: &str, to: &str, is_folder_target: bool, span: Option<Span>) -> Vec<Mapping> {
        if self.mappings.len() >= MAX_MAPPINGS {
            return Vec::new();
        }
        let exact = self.project_path(from).map(|(project, _)| {
            let is_inside = is_folder_target && !self.is_folder(&project);
            let name = from.rsplit('/').next().unwrap_or_default();
            let container = if is_inside { join(to, name) } else { to.to_owned() };
            Mapping { container, project, kind: MappingKind::Copy, span }
        });
        let around = self.mappings.iter().filter_map(|mapping| {
            let project = match (below(from, &mapping.container), below(&mapping.container, from)) {
                (Some(rest), _) if exact.is_none() && !rest.is_empty() => mapping.project.join(rest),
                (None, Some(rest)) => {
                    let container = join(to, rest);
                    return Some(Mapping { container, span, ..mapping.clone() });
                }
                (Some(""), _) if exact.is_none() => mapping.project.clone(),
                _ => return None,
            };
            let container = to.to_owned();
            self.is_folder(&project).then_some(Mapping { container, project, kind: MappingKind::Copy, span })
        });
        let around: Vec<Mapping> = around.collect();
        exact.into_iter().chain(around).collect()
    }
}

/// Is there a file of the project below this path?
pub(crate) fn is_folder(files: &BTreeSet<PathBuf>, path: &Path) -> bool {
    files.range(path.to_path_buf()..).find(|file| *file != path).is_some_and(|file| file.starts_with(path))
}

/// What is left of a path below a folder: nothing for the folder itself.
pub(crate) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/').map(|rest| rest.trim_end_matches('/')) }
}

/// A path inside of a container, seen from a folder: without `.`, `..` and a slash at its end.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let whole = if path.starts_with('/') { [path, ""] } else { [folder, path] };
    for part in whole.iter().flat_map(|text| text.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A path of the project without `.` and `..`, seen from a folder.
pub(crate) fn join_project(folder: &Path, path: &str) -> PathBuf {
    normalized(&folder.join(path))
}

/// Removes `.` and resolves `..` by text, so that one file has one name.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(mappings: &[(&str, &str, MappingKind)], files: &[&str]) -> PathMap {
        let mut map = PathMap::new(Arc::new(files.iter().map(PathBuf::from).collect()));
        for (container, project, kind) in mappings {
            let project = PathBuf::from(project);
            map.add(Mapping { container: (*container).to_owned(), project, kind: *kind, span: None });
        }
        map
    }

    #[test]
    fn both_ways() {
        let mount = MappingKind::Mount { read_only: true };
        let files = ["n/a.conf", "n/sub/b.conf", "m/a.conf", "x.conf"];
        let map = map(&[("/etc/nginx", "n", MappingKind::Copy), ("/etc/nginx/sub", "m", mount)], &files);
        let project = |path: &str| map.project_path(path).map(|(path, _)| path);
        assert_eq!(project("/etc/nginx/a.conf"), Some("n/a.conf".into()));
        assert_eq!(project("/etc/nginx/sub/a.conf"), Some("m/a.conf".into()));
        assert_eq!(project("/etc/nginx/sub/b.conf"), None);
        let inside =
            |path: &str| map.containers_of(Path::new(path)).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(inside("m/a.conf"), ["/etc/nginx/sub/a.conf"]);
        assert!(inside("n/sub/b.conf").is_empty() && inside("x.conf").is_empty());
        assert_eq!(map.list("/etc/nginx"), Some(vec!["a.conf".to_owned(), "sub".to_owned()]));
        assert_eq!(map.list("/srv"), None);
    }

    #[test]
    fn paths_are_put_together() {
        assert_eq!(join("/a/b", "../c/./d/"), "/a/c/d");
        assert_eq!(join("/a", "/b//c"), "/b/c");
        assert_eq!(join_project(Path::new("a/b"), "../c/./d"), PathBuf::from("a/c/d"));
        assert_eq!(below("/a/b", "/a"), Some("b"));
        assert_eq!(below("/ab", "/a"), None);
    }
}
