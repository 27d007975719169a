//! Which settings file counts for a path. Each is read once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;

use super::file::{PerPath, SettingsFile, Templates};
use super::reading::{Mistake, read};
use super::{FILE_NAMES, Globs, SettingsOptions};
use crate::check::LevelsOfRules;
use crate::cli::{disk, values};
use crate::template::Mode;

/// A settings file, ready for use; that of a path without one is empty.
#[derive(Debug, Default)]
pub(in crate::cli) struct Sheet {
    /// Its path; none if there is no file.
    pub(in crate::cli) path: Option<PathBuf>,
    /// The folder that its relative paths start from.
    pub(in crate::cli) folder: PathBuf,
    /// The folder below which it counts.
    pub(in crate::cli) reach: PathBuf,
    /// How it is named to the user.
    pub(in crate::cli) shown: PathBuf,
    pub(in crate::cli) text: String,
    pub(in crate::cli) file: SettingsFile,
    mistakes: Vec<Mistake>,
    /// What is to be said about how it was found.
    notes: Vec<String>,
    pub(in crate::cli) exclude: Option<Globs>,
    /// Levels for findings in certain files.
    pub(in crate::cli) per_path: Vec<(Globs, LevelsOfRules)>,
    /// How certain files are rendered.
    pub(in crate::cli) templates: Vec<(Globs, Option<Mode>)>,
}

/// A settings file that others may use, too.
pub(in crate::cli) type SheetRef = Arc<Sheet>;

/// A settings file with mistakes in it.
#[derive(Debug)]
pub(in crate::cli) struct Mistaken {
    pub(super) shown: PathBuf,
    pub(super) text: String,
    pub(super) mistakes: Vec<Mistake>,
}

/// All settings files of a run.
#[derive(Debug)]
pub(in crate::cli) struct Shelf {
    /// The file that counts for everything, or that none counts.
    fixed: Option<SheetRef>,
    by_folder: Mutex<HashMap<PathBuf, SheetRef>>,
}

impl Shelf {
    /// Nothing is read before a path is asked for, but the file that was named.
    pub(in crate::cli) fn new(options: &SettingsOptions) -> Self {
        let named = || options.named_file().map(|file| Arc::new(Sheet::load(&file, PathBuf::new())));
        let fixed = if options.isolated { Some(SheetRef::default()) } else { named() };
        Self { fixed, by_folder: Mutex::default() }
    }

    /// The settings for a file or a folder.
    pub(in crate::cli) fn of(&self, path: &Path) -> SheetRef {
        if let Some(fixed) = &self.fixed {
            return Arc::clone(fixed);
        }
        let folder = match path.is_dir() {
            true => disk::canonical(path),
            false => {
                disk::canonical(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
            }
        };
        let mut known = self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sheet) = known.get(&folder) {
            return Arc::clone(sheet);
        }
        let found = find(&folder);
        let same = known.values().find(|sheet| found.is_some() && sheet.path == found).cloned();
        let sheet = same.unwrap_or_else(|| Arc::new(found.map(|file| Sheet::found(&file)).unwrap_or_default()));
        known.insert(folder, Arc::clone(&sheet));
        sheet
    }

    /// The files that were read so far, by path.
    fn sheets(&self) -> Vec<SheetRef> {
        let known = self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sheets: Vec<SheetRef> = known.values().chain(&self.fixed).cloned().collect();
        sheets.retain(|sheet| sheet.path.is_some());
        sheets.sort_by(|a, b| a.path.cmp(&b.path));
        sheets.dedup_by(|a, b| a.path == b.path);
        sheets
    }

    /// The files with mistakes among those that were read so far.
    pub(in crate::cli) fn mistaken(&self) -> Vec<Mistaken> {
        let sheets = self.sheets();
        let mistaken = sheets.iter().filter(|sheet| !sheet.mistakes.is_empty());
        mistaken.map(|sheet| sheet.mistaken()).collect()
    }

    /// What is to be said about how the files were found.
    pub(in crate::cli) fn notes(&self) -> Vec<String> {
        self.sheets().iter().flat_map(|sheet| sheet.notes.clone()).collect()
    }
}

impl Sheet {
    /// A file that was found above a configuration.
    fn found(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut sheet = Self::load(path, folder.to_path_buf());
        let [first, second] = FILE_NAMES;
        if path.ends_with(first) && folder.join(second).is_file() {
            let shown = disk::relative(&folder.join(second));
            sheet.notes.push(format!("{} does not count, because {first} is beside it", shown.display()));
        }
        let here = disk::canonical(Path::new("."));
        let is_in_repository = folder.ancestors().any(|above| above.join(".git").exists());
        if !is_in_repository && here != folder && here.starts_with(folder) {
            let shown = path.display();
            sheet.notes.push(format!("the settings are those of {shown}; no repository around it ends the search"));
        }
        sheet
    }

    /// Reads a file; one that cannot be read is one with a mistake.
    pub(super) fn load(path: &Path, reach: PathBuf) -> Self {
        let shown = disk::relative(path);
        let folder = disk::canonical(path).parent().unwrap_or(Path::new("/")).to_path_buf();
        let text = values::read(path).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|error| format!("it is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
        });
        let path = Some(disk::canonical(path));
        let text = match text {
            Ok(text) => text,
            Err(message) => {
                let message = format!("the settings cannot be read: {message}");
                return Self { path, shown, mistakes: vec![Mistake { span: None, message }], ..Self::default() };
            }
        };
        let (file, mut mistakes) = read(&text);
        if let Some(root) = file.root.as_ref().filter(|root| !folder.join(root.get_ref()).is_dir()) {
            mistakes.push(Mistake { span: Some(root.span()), message: "there is no such folder".to_owned() });
        }
        let globs =
            |patterns: &[super::file::Pattern]| Globs::new(&folder, patterns.iter().map(|pattern| pattern.0.as_str()));
        let levels = |PerPath { paths, rules }: &PerPath| {
            (globs(paths), rules.iter().map(|(rule, level)| (rule.0.clone(), level.0)).collect())
        };
        let mode = |Templates { paths, mode }: &Templates| (globs(paths), mode.clone());
        Self {
            exclude: (!file.exclude.is_empty()).then(|| globs(&file.exclude)),
            per_path: file.per_path.iter().map(levels).collect(),
            templates: file.template.iter().map(mode).collect(),
            path,
            shown,
            mistakes,
            notes: Vec::new(),
            reach,
            folder,
            text,
            file,
        }
    }

    /// The line that a byte of the text is on, behind the file's name: `nginspect.toml:3`.
    pub(super) fn place(&self, offset: usize) -> String {
        let line = self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
        format!("{}:{line}", self.shown.display())
    }

    /// The file with its mistakes.
    pub(super) fn mistaken(&self) -> Mistaken {
        Mistaken { shown: self.shown.clone(), text: self.text.clone(), mistakes: self.mistakes.clone() }
    }
}

/// The settings file that is nearest above a folder, not above the repository that the folder is in.
fn find(folder: &Path) -> Option<PathBuf> {
    for above in folder.ancestors() {
        let files = FILE_NAMES.iter().map(|name| above.join(name));
        if let Some(found) = files.into_iter().find(|file| file.exists()) {
            return Some(found);
        }
        if above.join(".git").exists() {
            return None;
        }
    }
    None
}
