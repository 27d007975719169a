//! Writes files so that whatever happens either the old text or the new one is there.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::disk;

/// Puts new bytes into a file, if the old ones are still there.
pub(super) fn replace(path: &Path, old_bytes: &[u8], new_bytes: &[u8]) -> Result<(), String> {
    let path = &disk::canonical(path);
    let say = |error: std::io::Error| format!("it could not be written: {error}");
    if fs::read(path).map_err(say)? != old_bytes {
        return Err("it was changed in the meantime and is left as it is".to_owned());
    }
    let permissions = fs::metadata(path).map_err(say)?.permissions();
    create(path, new_bytes, Some(permissions)).map_err(say)
}

/// Writes a file, beside its place first.
pub(super) fn create(path: &Path, bytes: &[u8], permissions: Option<fs::Permissions>) -> std::io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = || {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let filled = file.write_all(bytes).and_then(|()| file.sync_all());
        let filled = filled.and_then(|()| permissions.map_or(Ok(()), |rights| fs::set_permissions(&beside, rights)));
        filled.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
    };
    written()
}
