//! What an `include` stands for: one file, the files that a pattern matches, a stock file, or nothing that can be known.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::library::{Files, ReadError};
use crate::nginx::{glob, stock};
use crate::project::{Place, normalized};
use crate::template::is_symbolic;

/// Where nginx's own files live on a server; an absolute include below one of these is looked up beside the main file.
const PREFIXES: &[&str] = &[
    "/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/etc/nginx",
    "/usr/local/openresty/nginx/conf",
    "/opt/nginx/conf",
    "/opt/homebrew/etc/nginx",
];

/// Folders whose files are included by a main file one level up.
const INCLUDED_FOLDERS: &[&str] =
    &["conf.d", "sites-enabled", "sites-available", "sites", "http.d", "vhosts", "vhosts.d", "templates", "snippets"];

/// Does a folder of this name hold files that a main file one level up includes, all of them together?
pub fn is_included_folder(name: &str) -> bool {
    INCLUDED_FOLDERS.contains(&name)
}

/// What became of one include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// These files, in nginx's order; none for a pattern that matches nothing in a folder that is there.
    Files(Vec<PathBuf>),
    /// A file of the distribution, with its text.
    Stock(&'static str),
    /// One file that is not there, though the place to look for it is known.
    Missing,
    /// Nothing that can be known from here; says why.
    Unknown(String),
}

/// Resolves the includes of one configuration.
pub struct Resolver<'f> {
    files: &'f dyn Files,
    bases: Vec<PathBuf>,
    is_main: bool,
    place: Option<&'f Place>,
}

impl<'f> Resolver<'f> {
    /// `entry` is the main file, whose folder relative includes start from, or a fragment; then the main file may also
    /// lie one folder up, and where a relative name leads is not certain. `place` knows what a container has.
    pub fn new(files: &'f dyn Files, entry: &Path, is_main: bool, place: Option<&'f Place>) -> Self {
        let own = entry.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut bases = vec![own.clone()];
        // The name of the folder may not be written in the path: `site.conf`, seen from inside.
        let identity = files.identity(entry);
        let folder = identity.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        if !is_main && folder.is_some_and(|name| is_included_folder(&name)) {
            bases.push(above(&own));
        }
        Self { files, bases, is_main, place }
    }

    /// What `include argument` stands for.
    pub fn resolve(&self, argument: &str) -> Resolution {
        if is_symbolic(argument) {
            return Resolution::Unknown("its name is only known at run time".to_owned());
        }
        if argument.contains(char::REPLACEMENT_CHARACTER) {
            return Resolution::Unknown("its name is not UTF-8".to_owned());
        }
        if let Some(resolution) = self.place.and_then(|place| self.resolve_inside(place, argument)) {
            return resolution;
        }
        let path_is_relative = Path::new(argument).is_relative();
        let is_pattern = argument.contains(['*', '?', '[']);
        let candidates = self.candidates(argument);
        let mut folder_is_there = self.is_main && path_is_relative && !is_pattern;
        for candidate in &candidates {
            if is_pattern {
                let found = self.glob(candidate);
                if !found.is_empty() {
                    return Resolution::Files(found);
                }
            } else {
                match self.files.probe(candidate) {
                    Ok(()) => return Resolution::Files(vec![candidate.clone()]),
                    Err(ReadError::Missing) => {}
                    Err(ReadError::Outside(why)) if path_is_relative => return Resolution::Unknown(why),
                    Err(ReadError::Outside(_)) => {}
                    Err(ReadError::NotRegular(what)) => return Resolution::Unknown(format!("it is {what}")),
                    Err(ReadError::Unreadable(why)) => return Resolution::Unknown(format!("it cannot be read: {why}")),
                }
            }
            folder_is_there |= self.has_folder(candidate, is_pattern);
        }
        if let Some(text) = stock::lookup(argument) {
            return Resolution::Stock(text);
        }
        match (is_pattern, folder_is_there) {
            (true, true) => Resolution::Files(Vec::new()),
            (false, true) => Resolution::Missing,
            _ => Resolution::Unknown("it is not part of this project".to_owned()),
        }
    }

    /// What the argument stands for inside of a container; none if the container says nothing about it.
    fn resolve_inside(&self, place: &Place, argument: &str) -> Option<Resolution> {
        let inside = normalized(&Path::new(place.include_folder(self.is_main)).join(argument));
        let project = |path: &Path| place.paths.project_path(path.to_str()?).map(|(path, _)| path);
        if !argument.contains(['*', '?', '[']) {
            let found = project(&inside).filter(|path| self.files.probe(path).is_ok())?;
            return Some(Resolution::Files(vec![found]));
        }
        let list = |folder: &Path| Some(place.paths.list(folder.to_str()?)?.into_iter().map(OsString::from).collect());
        let found: Vec<PathBuf> = expand(&inside, &list).iter().filter_map(|path| project(path)).collect();
        let folder = inside.parent().and_then(Path::to_str).unwrap_or("/");
        let name = inside.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if found.is_empty() && place.paths.has_opaque_match(folder, &name) {
            return Some(Resolution::Unknown("what is in that folder is known to the container only".to_owned()));
        }
        if found.is_empty() || found.iter().any(|path| self.files.probe(path).is_err()) {
            return None;
        }
        if place.paths.has_opaque(folder) {
            return Some(Resolution::Unknown("what else is in that folder is known to the container only".to_owned()));
        }
        Some(Resolution::Files(found))
    }

    /// The places to look in, best first.
    fn candidates(&self, argument: &str) -> Vec<PathBuf> {
        let path = Path::new(argument);
        if !path.is_absolute() {
            return self.bases.iter().map(|base| normalized(&base.join(path))).collect();
        }
        let below = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix).ok());
        let mapped = below.into_iter().flat_map(|rest| self.bases.iter().map(move |base| normalized(&base.join(rest))));
        std::iter::once(path.to_path_buf()).chain(mapped).collect()
    }

    /// Is the folder of `path` a part of the project, be it empty? For a single file, the folder of a fragment says nothing:
    /// it always is.
    fn has_folder(&self, path: &Path, is_pattern: bool) -> bool {
        let Some(folder) = path.parent() else { return false };
        let is_base = self.bases.iter().any(|base| normalized(base) == normalized(folder));
        (is_pattern || !is_base) && self.files.list(folder).is_some()
    }

    /// The files that a pattern matches, sorted by bytes.
    fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        let mut found = expand(pattern, &|folder| self.files.list(folder));
        found.retain(|path| self.files.probe(path).is_ok());
        found
    }
}

/// glob(3): `*`, `?` and `[…]` within one folder level each, names with a leading dot only by an explicit dot, sorted by
/// bytes. What comes after the last pattern need not be there.
fn expand(pattern: &Path, list: &dyn Fn(&Path) -> Option<Vec<OsString>>) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    let parts: Vec<Component<'_>> = pattern.components().collect();
    for part in &parts {
        let text = part.as_os_str().to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        found = found
            .into_iter()
            .flat_map(|folder| {
                let mut names = list(&folder).unwrap_or_default();
                names.retain(|name| glob::matches(text.as_bytes(), name.as_encoded_bytes()));
                names.sort();
                names.into_iter().map(move |name| folder.join(name)).collect::<Vec<_>>()
            })
            .collect();
    }
    found
}

/// The folder above, by text where the path has a name to take away, else by `..`.
pub fn above(folder: &Path) -> PathBuf {
    normalized(&folder.join(".."))
}
