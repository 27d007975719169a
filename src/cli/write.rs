//! Writes files so that there is never half of one: beside the old file first, and then in its place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Begins the names of what is being written.
const PREFIX: &str = ".nginspect-";

/// A file that is to change: its path, and its bytes as they were read and as they shall be.
pub(super) struct Change {
    pub(super) path: PathBuf,
    pub(super) before: Vec<u8>,
    pub(super) after: Vec<u8>,
}

/// Replaces the content of files: of all, or of none. Mode, owner and links stay, and nothing is written over what somebody
/// else has changed since it was read. The message names the path.
pub(super) fn replace_all(changes: &[Change]) -> Result<(), String> {
    // Whatever can fail for want of room or rights fails here, and nothing has happened.
    let staged = changes.iter().map(Staged::new).collect::<Result<Vec<_>, _>>()?;
    staged.iter().try_for_each(Staged::is_unchanged)?;
    for (done, file) in staged.into_iter().enumerate() {
        if let Err(why) = file.commit() {
            let failed = changes[..done].iter().filter_map(|change| take_back(change).err());
            return Err(std::iter::once(why).chain(failed).collect::<Vec<_>>().join("; "));
        }
    }
    Ok(())
}

/// As [`replace_all`], for one file.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), String> {
    replace_all(&[Change { path: path.to_path_buf(), before: before.to_vec(), after: after.to_vec() }])
}

/// Writes a file that need not exist; one that does is replaced. What is no regular file (a FIFO, `/dev/stderr`) is written to.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let explain = |error| explain(path, error);
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return replace(path, &fs::read(path).map_err(explain)?, bytes);
    }
    if fs::symlink_metadata(path).is_ok() {
        let open = || OpenOptions::new().write(true).create(true).truncate(true).open(path);
        return open().and_then(|mut file| file.write_all(bytes)).map_err(explain);
    }
    let staged = written_beside(path, bytes, fresh()).map_err(explain)?;
    staged.persist(path).map_err(|error| explain(error.error))?;
    sync_folder(path);
    Ok(())
}

fn take_back(change: &Change) -> Result<(), String> {
    let Change { path, before, after } = change;
    let back = Change { path: path.clone(), before: after.clone(), after: before.clone() };
    let staged = Staged::new(&back)?;
    staged.is_unchanged()?;
    staged.commit().map_err(|why| format!("{why}; the changes in it stay"))
}

/// A change with everything at hand that it takes.
struct Staged<'c> {
    change: &'c Change,
    /// The file itself, behind all links to it.
    target: PathBuf,
    beside: Beside,
}

/// What lies beside the file until it is done.
enum Beside {
    /// The new text, to be put in its place.
    New(NamedTempFile),
    /// The old text, for the case that writing into the file itself fails: other names lead to it, or another owner has it.
    Old(NamedTempFile),
}

impl<'c> Staged<'c> {
    fn new(change: &'c Change) -> Result<Self, String> {
        Self::try_new(change).map_err(|error| explain(&change.path, error))
    }

    fn try_new(change: &'c Change) -> io::Result<Self> {
        let target = change.path.canonicalize()?;
        let metadata = target.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        // Root may write everything; what is marked as read-only is meant to stay as it is.
        if metadata.permissions().readonly() {
            return Err(io::Error::other("it is read-only"));
        }
        OpenOptions::new().write(true).open(&target)?;
        refuse_beyond_limit(change.after.len())?;
        let is_replaceable = !has_other_names(&metadata);
        if is_replaceable {
            let new = written_beside(&target, &change.after, private())?;
            if take_over(new.as_file(), &metadata).is_ok() {
                return Ok(Self { change, target, beside: Beside::New(new) });
            }
        }
        let old = written_beside(&target, &change.before, private())?;
        Ok(Self { change, target, beside: Beside::Old(old) })
    }

    /// Is the file as it was when it was read?
    fn is_unchanged(&self) -> Result<(), String> {
        let path = &self.change.path;
        match fs::read(&self.target).map_err(|error| explain(path, error))? {
            found if found == self.change.before => Ok(()),
            _ => Err(explain(path, io::Error::other("it has been changed since it was read"))),
        }
    }

    fn commit(self) -> Result<(), String> {
        let Self { change, target, beside } = self;
        match beside {
            Beside::New(new) => {
                new.persist(&target).map_err(|error| explain(&change.path, error.error))?;
            }
            Beside::Old(old) => {
                if let Err(error) = overwrite(&target, change.before.len(), &change.after) {
                    return Err(restore(change, &target, old, &error));
                }
            }
        }
        sync_folder(&target);
        Ok(())
    }
}

/// Puts the old text back into a file that could be written in part only; returns what to say.
fn restore(change: &Change, target: &Path, old: NamedTempFile, error: &io::Error) -> String {
    let why = format!("{}: it could not be written: {error}", change.path.display());
    let put_back = overwrite(target, 0, &change.before);
    match put_back.map_err(|_| old.keep()) {
        Ok(()) => why,
        Err(Ok((_, kept))) => format!("{why}; what was in it is in {}", kept.display()),
        Err(Err(_)) => format!("{why}; what was in it is lost"),
    }
}

/// Writes into the file itself. What lies behind its present end comes first: if there is no room for that, nothing is lost.
fn overwrite(target: &Path, length: usize, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    let mut file = OpenOptions::new().write(true).open(target)?;
    let (head, tail) = bytes.split_at(length.min(bytes.len()));
    file.seek(SeekFrom::Start(head.len() as u64))?;
    file.write_all(tail)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// A new file in the same folder, with these bytes safely in it. It vanishes unless it is put somewhere.
fn written_beside(path: &Path, bytes: &[u8], mut builder: Builder<'_, '_>) -> io::Result<NamedTempFile> {
    refuse_beyond_limit(bytes.len())?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = builder.prefix(PREFIX).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Readable by its owner alone until it gets the mode of the file that it stands for.
fn private() -> Builder<'static, 'static> {
    Builder::new()
}

/// With the mode that new files have.
fn fresh() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Gives a file the owner and the mode of another.
fn take_over(file: &File, of: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (of.uid(), of.gid()) {
            fchown(file, Some(of.uid()), Some(of.gid()))?;
        }
    }
    file.set_permissions(of.permissions())?;
    file.sync_all()
}

#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
}

/// The system kills who writes beyond the limit of a file's size, and so that is not tried.
#[cfg(unix)]
fn refuse_beyond_limit(length: usize) -> io::Result<()> {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Fsize).current {
        Some(limit) if length as u64 > limit => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn refuse_beyond_limit(_: usize) -> io::Result<()> {
    Ok(())
}

/// Makes a new name last. Not every file system can; the file itself is safe by then.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn explain(path: &Path, error: io::Error) -> String {
    format!("{}: it could not be written: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().expect("a folder can be made");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file can be written");
        }
        folder
    }

    fn change(folder: &TempDir, name: &str, before: &str) -> Change {
        Change { path: folder.path().join(name), before: before.into(), after: b"new".to_vec() }
    }

    fn texts(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut texts: Vec<String> = entries.map(|path| fs::read_to_string(path).expect("a file")).collect();
        texts.sort();
        texts
    }

    #[test]
    fn what_was_changed_meanwhile_is_not_overwritten_and_nothing_else_is_either() {
        let folder = folder(&[("a", "old"), ("b", "somebody was here")]);
        let why = replace_all(&[change(&folder, "a", "old"), change(&folder, "b", "old")]).expect_err("it is refused");
        assert!(why.ends_with("b: it could not be written: it has been changed since it was read"), "{why}");
        assert_eq!(texts(&folder), ["old", "somebody was here"]);
        assert!(replace_all(&[change(&folder, "a", "old"), change(&folder, "missing", "")]).is_err());
        assert_eq!(texts(&folder), ["old", "somebody was here"]);
    }

    #[test]
    fn all_are_replaced() {
        let folder = folder(&[("a", "old"), ("b", "older")]);
        assert_eq!(replace_all(&[change(&folder, "a", "old"), change(&folder, "b", "older")]), Ok(()));
        assert_eq!(texts(&folder), ["new", "new"]);
    }

    #[test]
    fn a_later_failure_takes_the_earlier_changes_back() {
        let folder = folder(&[("a", "new")]);
        assert_eq!(take_back(&change(&folder, "a", "what was there")), Ok(()));
        assert_eq!(texts(&folder), ["what was there"]);
        // Not where somebody else has been there in between.
        assert!(take_back(&change(&folder, "a", "something")).is_err());
        assert_eq!(texts(&folder), ["what was there"]);
    }

    #[test]
    fn the_file_itself_becomes_longer_and_shorter() {
        let folder = folder(&[("a", "0123456789")]);
        for (length, text) in [(10, "a longer text than that"), (23, "short"), (5, ""), (0, "again")] {
            overwrite(&folder.path().join("a"), length, text.as_bytes()).expect("it can be written");
            assert_eq!(texts(&folder), [text]);
        }
    }

    #[test]
    fn a_text_that_could_not_be_put_back_is_kept_and_named() {
        let folder = folder(&[]);
        let change = change(&folder, "gone/a", "old");
        let old = written_beside(&folder.path().join("a"), b"old", Builder::new()).expect("it can be written");
        let why = restore(&change, &change.path, old, &io::Error::other("no room"));
        let (_, kept) = why.split_once("what was in it is in ").expect("it is kept");
        assert_eq!(fs::read_to_string(kept).expect("it is there"), "old");
    }
}
