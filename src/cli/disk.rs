//! The file system, as far as it may be read: regular files below the roots, and not too large.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use foldhash::HashMap;

use crate::config::{Files, ReadError};

/// A configuration larger than this is none, unless the user says otherwise.
pub(super) const MAX_FILE_SIZE: u64 = 64 * 1024 * 1024;

/// Files on disk below one of several roots, and standard input under the name that it was given.
#[derive(Debug)]
pub(super) struct Disk {
    /// Canonical paths; nothing outside of them is read.
    roots: Vec<PathBuf>,
    overlay: HashMap<PathBuf, Vec<u8>>,
    max_file_size: u64,
    /// The working folder, if the user names files by the way from there.
    here: Option<PathBuf>,
    /// What is there and may not be read, with the reason; found while includes were looked up.
    unreadable: Mutex<BTreeMap<PathBuf, String>>,
}

impl Disk {
    pub(super) fn new(roots: impl IntoIterator<Item = PathBuf>, max_file_size: u64) -> Self {
        let roots = roots.into_iter().filter_map(|root| root.canonicalize().ok()).collect();
        Self { roots, overlay: HashMap::default(), max_file_size, here: None, unreadable: Mutex::default() }
    }

    /// Shows files by the way from the working folder, if this is how all of these are named: what a container has is
    /// found by its whole path.
    pub(super) fn shown_like(self, named: &[PathBuf]) -> Self {
        let here = || std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        Self { here: if named.iter().all(|path| path.is_relative()) { here() } else { None }, ..self }
    }

    /// The same texts, with another folder to be read.
    pub(super) fn around(&self, root: &Path) -> Self {
        Self { overlay: self.overlay.clone(), ..Self::new([root.to_path_buf()], self.max_file_size) }
    }

    /// Makes `path` stand for these bytes, whatever is on disk.
    pub(super) fn put(&mut self, path: &Path, bytes: Vec<u8>) {
        self.overlay.insert(canonical(path), bytes);
    }

    /// The files and folders that are there and could not be read so far, with the reason.
    pub(super) fn unreadable(&self) -> Vec<(PathBuf, String)> {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        unreadable.iter().map(|(path, why)| (path.clone(), why.clone())).collect()
    }

    fn note(&self, path: &Path, error: ReadError) -> ReadError {
        if let ReadError::Unreadable(why) = &error {
            let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
            unreadable.insert(self.display(path), why.clone());
        }
        error
    }

    fn allows(&self, path: &Path) -> bool {
        let canonical = canonical(path);
        self.roots.iter().any(|root| canonical.starts_with(root))
    }

    /// Is this a regular file that may be read?
    fn stat(&self, path: &Path) -> Result<(), ReadError> {
        // Looked at before it is opened: opening a FIFO waits for a writer.
        let metadata = fs::metadata(path).map_err(read_error)?;
        if let Some(what) = irregular(metadata.file_type()) {
            return Err(ReadError::NotRegular(what));
        }
        if !self.allows(path) {
            return Err(ReadError::Outside("it lies outside of what may be read".to_owned()));
        }
        if metadata.len() > self.max_file_size {
            return Err(too_large(self.max_file_size));
        }
        Ok(())
    }
}

/// The bytes of a file. One may have more of them than it said: what a kernel makes up as it is read, or what grows.
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(read_error)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(read_error)?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

fn too_large(limit: u64) -> ReadError {
    let shown = match limit.trailing_zeros() {
        20.. => format!("{} MiB", limit >> 20),
        10.. => format!("{} KiB", limit >> 10),
        _ => format!("{limit} bytes"),
    };
    ReadError::Unreadable(format!("it is larger than {shown}"))
}

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        if let Some(bytes) = self.overlay.get(&canonical(path)) {
            return Ok(bytes.clone());
        }
        let read = || self.stat(path).and_then(|()| read_bounded(path, self.max_file_size));
        read().map_err(|error| self.note(path, error))
    }

    fn probe(&self, path: &Path) -> Result<(), ReadError> {
        if self.overlay.contains_key(&canonical(path)) {
            return Ok(());
        }
        // Whether it may be opened shows only when it is.
        let open = || self.stat(path).and_then(|()| fs::File::open(path).map(|_| ()).map_err(read_error));
        open().map_err(|error| self.note(path, error))
    }

    fn list(&self, directory: &Path) -> Option<Vec<OsString>> {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        if !self.allows(directory) {
            return None;
        }
        let read = fs::read_dir(directory).map_err(read_error);
        let entries = read.map_err(|error| self.note(directory, error)).ok()?;
        Some(entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect())
    }

    fn identity(&self, path: &Path) -> PathBuf {
        canonical(path)
    }

    fn display(&self, path: &Path) -> PathBuf {
        let path = self.here.as_ref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
        path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
    }
}

/// The path without links; if the file is not there (standard input under a new name), its folder's.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match (folder.canonicalize(), path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_path_buf(),
        }
    })
}

fn read_error(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        // A name with a NUL in it, or a longer one than any file has.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => ReadError::Missing,
        io::ErrorKind::PermissionDenied => ReadError::Unreadable("permission denied".to_owned()),
        _ => ReadError::Unreadable(error.to_string()),
    }
}

/// What a file is, if it is not a regular one.
pub(super) fn irregular(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a FIFO");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    Some("not a regular file")
}

/// A sentence about an error, without the path.
pub(super) fn explain(error: &ReadError) -> String {
    match error {
        ReadError::Missing => "no such file or folder".to_owned(),
        ReadError::Outside(why) => why.clone(),
        ReadError::NotRegular(what) => format!("it is {what}, not a regular file"),
        ReadError::Unreadable(why) => why.clone(),
    }
}
