//! From the paths of the command line to the files to look at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::project::is_evidence_file;

/// Folders that hold no configuration of this project.
const SKIPPED_FOLDERS: &[&str] = &["node_modules", "target", "vendor", "venv", "__pycache__", "site-packages"];

/// Endings of nginx configurations and of templates for them.
const ENDINGS: &[&str] = &[
    "conf",
    "nginx",
    "nginxconf",
    "vhost",
    "tpl",
    "template",
    "tmpl",
    "envsubst",
    "stream-template",
    "j2",
    "jinja",
    "jinja2",
    "erb",
    "epp",
    "gotmpl",
    "gtpl",
    "hbs",
    "liquid",
    "mustache",
    "sigil",
    "stpl",
    "twig",
];

/// Folders in which every file is a configuration, whatever its name.
const CONFIGURATION_FOLDERS: &[&str] =
    &["sites-enabled", "sites-available", "conf.d", "http.d", "vhosts.d", "snippets"];

/// Files whose presence marks the top of a project.
const PROJECT_MARKS: &[&str] = &[".git", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
/// Such files are marks with more words in their names, too: `docker-compose-deploy.yml`, `compose.prod.yaml`.
const MARK_BEGINNINGS: &[&str] = &["docker-compose", "compose.", "compose-"];
const MARK_ENDINGS: &[&str] = &[".yml", ".yaml"];
/// Weaker marks: a project may have several folders with one.
const FOLDER_MARKS: &[&str] = &["Dockerfile", "manage.py", "pyproject.toml", "package.json", "Makefile"];

/// How far up the top of a project is looked for.
const MAX_CLIMB: usize = 5;
/// Evidence is looked for in at most this many files and folders.
const MAX_EVIDENCE_ENTRIES: usize = 5_000;
const MAX_EVIDENCE_DEPTH: usize = 6;
const MAX_EVIDENCE_SIZE: u64 = 256 * 1024;

/// The files below a folder that may be nginx configurations, in the order of their paths; links are followed. What
/// cannot be walked is returned, too.
pub(super) fn configurations(folder: &Path) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    let top = super::disk::canonical(folder);
    // A link to a folder somewhere else would bring in half of the file system.
    let stays = |entry: &DirEntry| !entry.path_is_symlink() || super::disk::canonical(entry.path()).starts_with(&top);
    let is_walked = |entry: &DirEntry| is_entered(entry) && (!entry.file_type().is_dir() || stays(entry));
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_walked) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_candidate(entry.path()) => found.push(entry.into_path()),
            Ok(_) => {}
            // A link that leads nowhere or in a circle is not followed; nothing is lost by that.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
                if !is_link {
                    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    failed.push((path, why));
                }
            }
        }
    }
    (found, failed)
}

/// What has the name of a configuration below a folder, and is no file; with what it is.
pub(super) fn irregular(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_entered).filter_map(Result::ok);
    let named = entries.filter(|entry| !entry.file_type().is_dir() && is_candidate(entry.path()));
    let what = |entry: &DirEntry| match entry.path().metadata() {
        Ok(metadata) => super::disk::irregular(metadata.file_type()),
        Err(_) => Some("a link that leads nowhere"),
    };
    named.filter_map(|entry| Some((entry.path().to_path_buf(), what(&entry)?))).collect()
}

/// The folders that are searched below a path, the path itself among them; none if it is a file.
pub(super) fn folders(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return Vec::new();
    }
    let entries = WalkDir::new(path).into_iter().filter_entry(is_entered).filter_map(Result::ok);
    entries.filter(|entry| entry.file_type().is_dir()).map(DirEntry::into_path).collect()
}

fn is_entered(entry: &DirEntry) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_dir() {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    // `.config` and its like hold configurations; version control and caches do not.
    !matches!(name.as_ref(), ".git" | ".hg" | ".svn" | ".cache" | ".venv" | ".tox")
        && !SKIPPED_FOLDERS.contains(&name.as_ref())
}

fn is_candidate(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    if name.starts_with('.') || name.ends_with('~') {
        return false;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if matches!(
        ending,
        "bak" | "orig" | "old" | "swp" | "rpmsave" | "rpmnew" | "md" | "txt" | "sh" | "py" | "yml" | "yaml"
    ) {
        return false;
    }
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    ENDINGS.contains(&ending)
        || name.starts_with("nginx.conf.")
        || name.ends_with("_params")
        || folder.is_some_and(|folder| CONFIGURATION_FOLDERS.contains(&folder.as_ref()))
}

/// The top of the project that a path belongs to, not above `limit`: the nearest folder with a strong mark, else the
/// highest with a weak one, else the folder of the file itself.
pub(super) fn project_root(path: &Path, limit: Option<&Path>) -> PathBuf {
    project_root_with_mark(path, limit).0
}

/// The same, with the name of what marks it.
pub(super) fn project_root_with_mark(path: &Path, limit: Option<&Path>) -> (PathBuf, Option<String>) {
    let path = super::disk::canonical(path);
    let start = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new("/")) };
    let within = |folder: &&Path| limit.is_none_or(|limit| folder.starts_with(limit));
    let mark_of = |folder: &Path, marks: &[&str]| {
        marks.iter().find(|mark| folder.join(mark).exists()).map(|mark| (*mark).to_owned())
    };
    let folders = || start.ancestors().take(MAX_CLIMB).take_while(within).filter(|folder| folder.parent().is_some());
    let strong_mark = |folder: &Path| mark_of(folder, PROJECT_MARKS).or_else(|| compose_file(folder));
    let strong = folders().find_map(|folder| Some((folder, strong_mark(folder)?)));
    let weak = || folders().filter_map(|folder| Some((folder, mark_of(folder, FOLDER_MARKS)?))).last();
    let otherwise = limit.filter(|limit| start.starts_with(limit)).unwrap_or(start);
    match strong.or_else(weak) {
        Some((folder, mark)) => (folder.to_path_buf(), Some(mark)),
        None => (otherwise.to_path_buf(), None),
    }
}

fn compose_file(folder: &Path) -> Option<String> {
    let names = folder.read_dir().into_iter().flatten().filter_map(Result::ok).take(MAX_EVIDENCE_ENTRIES);
    names.filter_map(|entry| entry.file_name().into_string().ok()).find(|name| {
        MARK_BEGINNINGS.iter().any(|start| name.starts_with(start))
            && MARK_ENDINGS.iter().any(|ending| name.ends_with(ending))
    })
}

/// All files of a project, and which of them can be evidence.
pub(super) fn project_files(root: &Path) -> (BTreeSet<PathBuf>, Vec<PathBuf>) {
    let walk =
        WalkDir::new(root).max_depth(MAX_EVIDENCE_DEPTH).sort_by_file_name().into_iter().filter_entry(is_entered);
    let files = walk.take(MAX_EVIDENCE_ENTRIES).filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let files: Vec<DirEntry> = files.collect();
    let is_short = |entry: &&DirEntry| entry.metadata().is_ok_and(|metadata| metadata.len() <= MAX_EVIDENCE_SIZE);
    let evidence = files.iter().filter(|entry| is_evidence_file(entry.path())).filter(is_short);
    let evidence = evidence.map(|entry| entry.path().to_path_buf()).collect();
    (files.into_iter().map(DirEntry::into_path).collect(), evidence)
}
