//! What a run looks at: the files that the paths stand for, the configurations among them, and what lies around those.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::args::CheckOptions;
use super::settings::{Globs, SheetRef, Shelf};
use super::{discover, disk, project};
use crate::config::entry::{self, FileKind, FoundEntry};
use crate::config::include::is_included_folder;
use crate::config::{self, Entry, Files, Library, ReadError};
use crate::output::RunError;
use crate::project::{Place, Project};
use crate::source::SourceId;
use crate::template::Language;

/// The files of a run, read and parsed.
pub(super) struct Inputs {
    pub(super) library: Library,
    pub(super) disk: disk::Disk,
    /// The settings files around the inputs.
    pub(super) shelf: Shelf,
    /// What the command line excludes.
    excluded: Globs,
    /// The settings files whose values the library has.
    valued: HashSet<Option<PathBuf>>,
    pub(super) candidates: Vec<PathBuf>,
    /// The files that were named one by one, and standard input.
    named: HashSet<PathBuf>,
    /// The folders that were named, without links.
    pub(super) folders: Vec<PathBuf>,
    /// The folder that the user says all belongs to.
    told_root: Option<PathBuf>,
    /// The top of the project that a folder belongs to.
    roots: HashMap<PathBuf, PathBuf>,
    projects: BTreeMap<PathBuf, Arc<Project>>,
    pub(super) errors: Vec<RunError>,
    /// Sentences for the summary.
    pub(super) notes: Vec<String>,
}

impl Inputs {
    /// `texts` stand for what is on disk under these paths.
    pub(super) fn new(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)]) -> Self {
        let shelf = Shelf::new(&options.settings);
        let folders =
            options.paths.iter().filter(|path| path.is_dir()).filter_map(|path| path.canonicalize().ok()).collect();
        let (values, errors) = options.values.environment();
        let told_root = options.paths.iter().find_map(|path| shelf.of(named_as(path, options)).root(options));
        let mut library = Library::default();
        library.add_values(PathBuf::new(), values);
        let disk = disk::Disk::new(roots(options, &shelf), options.limits.max_file_size());
        let mut disk = disk.shown_like(&options.paths);
        for (path, bytes) in texts {
            disk.put(path, bytes.clone());
        }
        Self {
            library,
            disk,
            shelf,
            excluded: Globs::new(Path::new("."), options.exclude.iter().map(String::as_str)),
            valued: HashSet::default(),
            candidates: Vec::new(),
            named: HashSet::default(),
            folders,
            told_root: told_root.and_then(|root| root.canonicalize().ok()),
            roots: HashMap::default(),
            projects: BTreeMap::new(),
            errors,
            notes: Vec::new(),
        }
    }

    /// Finds and reads the files that the paths stand for.
    pub(super) fn collect(&mut self, options: &CheckOptions) {
        let mut reads_stdin = false;
        for path in &options.paths {
            if path == Path::new("-") {
                if std::mem::replace(&mut reads_stdin, true) {
                    continue;
                }
                let name = options.stdin_name();
                self.named.insert(disk::canonical(name));
                self.candidates.push(name.to_path_buf());
            } else if path.is_dir() {
                let (found, failed) = discover::configurations(path);
                self.candidates.extend(found);
                self.errors.extend(failed.into_iter().map(|(path, why)| io_error(&path, why)));
            } else {
                self.named.insert(disk::canonical(path));
                self.candidates.push(path.clone());
            }
        }
        self.leave_out_excluded(options);
        // The project says which of the files are templates, and with what values.
        self.read_projects(&self.candidates.clone(), options);
        for (path, error) in self.library.load(&self.disk, &self.candidates) {
            let is_named = self.named.contains(&disk::canonical(&path)) || !matches!(error, ReadError::Outside(_));
            // A link that was found in a folder and leads out of it is nothing that the user asked for.
            if is_named {
                self.errors.push(io_error(&path, disk::explain(&error)));
            }
        }
    }

    /// Is a file one that the settings or the command line exclude, and that was not asked for all the same?
    pub(super) fn is_excluded(&self, file: &Path, options: &CheckOptions) -> bool {
        let is_asked_for = !options.force_exclude && self.named.contains(&disk::canonical(file));
        !is_asked_for && (self.excluded.matches(file) || self.shelf.of(file).excludes(file))
    }

    /// The texts that nothing is said about, although configurations may include them.
    pub(super) fn excluded_sources(&self, options: &CheckOptions) -> HashSet<SourceId> {
        let sources = self.library.sources().iter().filter(|(id, _)| !self.library.is_plain(*id));
        sources.filter(|(_, source)| self.is_excluded(source.path(), options)).map(|(id, _)| id).collect()
    }

    fn leave_out_excluded(&mut self, options: &CheckOptions) {
        let candidates = std::mem::take(&mut self.candidates);
        let (excluded, others): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|file| self.is_excluded(file, options));
        if others.is_empty() && !excluded.is_empty() {
            self.notes.push("nothing was analysed, because all files are excluded".to_owned());
        }
        self.candidates = others;
    }

    /// The configurations among the files. A file that was named is one, whatever it looks like.
    pub(super) fn entries(&mut self, options: &CheckOptions) -> Vec<FoundEntry> {
        self.leave_out_unreadable();
        self.note_foreign(options);
        let places: HashMap<PathBuf, Option<Place>> =
            self.candidates.iter().map(|path| (path.clone(), self.place_of(path))).collect();
        let place_of = |path: &Path| places.get(path).cloned().flatten();
        let named: HashSet<SourceId> = self.named.iter().filter_map(|path| self.library.find(path)).collect();
        let forced = options.context;
        let kind_of = |library: &Library, source: SourceId| match forced {
            Some(kind) => kind,
            None if named.contains(&source) && !entry::is_plainly_foreign(library, source) => {
                match entry::classify(library, source) {
                    FileKind::Foreign => FileKind::Fragment(None),
                    kind => kind,
                }
            }
            None => entry::classify(library, source),
        };
        entry::find_entries(&mut self.library, &self.disk, &self.candidates, &kind_of, &place_of)
    }

    /// Files in template languages whose tags cannot be told from other words are left out, and that is said.
    fn leave_out_unreadable(&mut self) {
        let mut skipped: BTreeMap<Language, Vec<String>> = BTreeMap::new();
        let (library, disk) = (&self.library, &self.disk);
        self.candidates.retain(|path| {
            let Some(source) = library.find(&disk.identity(path)) else { return false };
            let language = library.language(source).filter(|language| !language.has_tags());
            if let Some(language) = language {
                skipped.entry(language).or_default().push(path.display().to_string());
            }
            language.is_none()
        });
        self.notes.extend(skipped.into_iter().map(|(language, paths)| {
            let more = if paths.len() > 1 { format!(" and {} more", paths.len() - 1) } else { String::new() };
            let language = language.name();
            format!("not analysed, because written in another template language ({language}): {}{more}", paths[0])
        }));
    }

    /// A file that was named and is none of nginx's is left out, and that is said.
    fn note_foreign(&mut self, options: &CheckOptions) {
        if options.context.is_some() {
            return;
        }
        let sources = self.named.iter().filter_map(|path| self.library.find(path));
        let is_foreign = |source: &SourceId| entry::is_plainly_foreign(&self.library, *source);
        let mut names: Vec<String> =
            sources.filter(is_foreign).map(|source| self.library.sources().get(source).display_path()).collect();
        names.sort();
        if !names.is_empty() {
            let names = names.join(", ");
            self.notes
                .push(format!("not analysed, because it does not look like nginx (--context says otherwise): {names}"));
        }
    }

    /// A fragment that was named is judged inside the main file that includes it, if there is one nearby. Then only what
    /// was asked for is reported: the texts that are returned.
    pub(super) fn add_mains(
        &mut self,
        options: &CheckOptions,
        entries: &mut [FoundEntry],
    ) -> Option<HashSet<SourceId>> {
        let looks_around = options.context.is_none() && self.folders.is_empty();
        let mut requested = HashSet::default();
        let mut replaced = false;
        for found in entries.iter_mut().filter(|_| looks_around) {
            let own = found.entry.paths.iter().filter_map(|path| self.library.find(&disk::canonical(path)));
            let own: Vec<SourceId> = own.collect();
            let brought = found.includes.values().filter_map(|resolution| match resolution {
                config::include::Resolution::Files(paths) => Some(paths),
                _ => None,
            });
            requested.extend(brought.flatten().filter_map(|path| self.library.find(path)));
            requested.extend(own.iter().copied());
            if found.entry.outer == config::Outer::Nothing {
                continue;
            }
            if let Some(main) = self.main_of(&found.entry, &own, options) {
                *found = main;
                replaced = true;
            }
        }
        for (path, why) in self.disk.unreadable() {
            let error = io_error(&path, why);
            if !self.errors.contains(&error) {
                self.errors.push(error);
            }
        }
        replaced.then_some(requested)
    }

    fn main_of(&mut self, fragment: &Entry, sources: &[SourceId], options: &CheckOptions) -> Option<FoundEntry> {
        let path = fragment.paths.first()?;
        let project = self.project_of(path);
        let by_container = project.deployment.mains_of(&disk::canonical(path));
        for main in by_container.into_iter().chain(entry::possible_mains(path)) {
            if self.disk.probe(&main).is_err() {
                continue;
            }
            self.read_projects(std::slice::from_ref(&main), options);
            let place = self.place_of(&main);
            let entry = Entry::new(vec![main], FileKind::Main).at(place);
            let includes = config::load_includes(&mut self.library, &self.disk, &entry);
            let reaches = includes.values().any(|resolution| match resolution {
                config::include::Resolution::Files(paths) => {
                    paths.iter().filter_map(|path| self.library.find(path)).any(|source| sources.contains(&source))
                }
                _ => false,
            });
            if reaches {
                return Some(FoundEntry { entry, includes });
            }
        }
        None
    }

    /// Reads what the files around each of the candidates tell; the same project is read once.
    fn read_projects(&mut self, paths: &[PathBuf], options: &CheckOptions) {
        let mut folders: BTreeSet<PathBuf> = paths.iter().map(|path| folder_of(path)).collect();
        folders.retain(|folder| !self.roots.contains_key(folder));
        for folder in folders {
            let sheet = self.shelf.of(&folder);
            self.add_values(&sheet, options);
            let limits = self.folders.iter().chain(&self.told_root);
            let limit = limits.into_iter().find(|limit| folder.starts_with(limit));
            let root = discover::project_root(&folder, limit.map(PathBuf::as_path));
            if !self.projects.contains_key(&root) {
                let told = |files: &BTreeSet<PathBuf>| sheet.told(&options.path_map, files);
                let project = Arc::new(project::read(&mut self.library, &self.disk, &root, told));
                self.projects.insert(root.clone(), project);
            }
            self.roots.insert(folder, root);
        }
    }

    /// Values that a settings file gives count for the texts in its reach.
    fn add_values(&mut self, sheet: &SheetRef, options: &CheckOptions) {
        if sheet.path.is_some() && self.valued.insert(sheet.path.clone()) {
            let (values, errors) = sheet.environment(&options.values);
            self.library.add_values(sheet.reach.clone(), values);
            self.errors.extend(errors.into_iter().filter(|error| !self.errors.contains(error)).collect::<Vec<_>>());
        }
    }

    /// What the files around a configuration tell.
    pub(super) fn project_of(&self, path: &Path) -> Arc<Project> {
        let root = self.roots.get(&folder_of(path));
        root.and_then(|root| self.projects.get(root)).cloned().unwrap_or_default()
    }

    /// Where a configuration is inside of a container.
    fn place_of(&self, path: &Path) -> Option<Place> {
        self.project_of(path).deployment.place_of(&disk::canonical(path))
    }
}

/// A path of the command line; standard input goes by its name.
fn named_as<'o>(path: &'o Path, options: &'o CheckOptions) -> &'o Path {
    if path == Path::new("-") { options.stdin_name() } else { path }
}

/// The folder of a file, by its one name.
fn folder_of(path: &Path) -> PathBuf {
    disk::canonical(path).parent().unwrap_or(Path::new("/")).to_path_buf()
}

/// The folders that the command line and the settings allow to be read.
pub(super) fn roots(options: &CheckOptions, shelf: &Shelf) -> Vec<PathBuf> {
    let roots = options.paths.iter().flat_map(|path| match shelf.of(named_as(path, options)).root(options) {
        Some(root) => vec![root],
        None => roots_of(path, options),
    });
    roots.collect()
}

/// The folders that a path of the command line allows to be read: itself, or the project of a file and the folder of the
/// main file that may include it.
fn roots_of(path: &Path, options: &CheckOptions) -> Vec<PathBuf> {
    if path.is_dir() {
        // The links of `sites-enabled` lead to the folder beside it.
        let canonical = disk::canonical(path);
        let is_part = canonical.file_name().is_some_and(|name| is_included_folder(&name.to_string_lossy()));
        let above = canonical.parent().filter(|_| is_part).map(Path::to_path_buf);
        return std::iter::once(path.to_path_buf()).chain(above).collect();
    }
    let file = disk::canonical(named_as(path, options));
    let mains = entry::possible_mains(&file).into_iter().filter(|main| main.is_file());
    let folders = mains.filter_map(|main| main.parent().map(Path::to_path_buf));
    std::iter::once(discover::project_root(&file, None)).chain(folders).collect()
}

fn io_error(path: &Path, message: String) -> RunError {
    RunError { kind: "io", path: path.display().to_string(), message }
}
