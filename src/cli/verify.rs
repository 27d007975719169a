//! `--verify-with`: a real nginx has the last word on what fixes do to a configuration that it accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use regex::bytes::{Captures, Regex};
use tempfile::TempDir;

use super::analysis::Analysis;
use super::write::Change;

/// Asks the program about each main configuration with a changed file, before and after. An error if one is not accepted any
/// more; what could not be compared is noted.
pub(super) fn verify(
    program: &Path,
    analysis: &Analysis,
    changes: &[Change],
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let (library, name) = (&analysis.library, program.display());
    let mut compared = 0;
    for sources in &analysis.mains {
        let identities: Vec<&Path> = sources.iter().map(|source| library.identity(*source)).collect();
        let is_changed = changes.iter().any(|change| identities.contains(&change.path.as_path()));
        let shown = library.sources().get(sources[0]).display_path();
        if !is_changed || library.is_template(sources[0]) {
            continue;
        }
        let text = |source| library.sources().get(source).bytes();
        let after: Texts<'_> = sources.iter().map(|source| (library.identity(*source), text(*source))).collect();
        let mut before = after.clone();
        before.extend(changes.iter().map(|change| (change.path.as_path(), change.before.as_slice())));
        compared += 1;
        let judge = |texts| judge(program, identities[0], texts).map_err(|error| format!("{name}: {error}"));
        if judge(&before)?.is_err() {
            notes.push(format!("{name} does not accept {shown} without the fixes either; nothing to compare"));
        } else if let Err(said) = judge(&after)? {
            return Err(format!("nothing was written, for {name} would not accept {shown} any more: {said}"));
        }
    }
    if compared == 0 {
        notes.push(format!("no main configuration has changed, and so {name} was not asked"));
    }
    Ok(())
}

type Texts<'a> = BTreeMap<&'a Path, &'a [u8]>;

/// What nginx says of the configuration, which it finds in a copy of its folder: what it complains about, if it does.
fn judge(program: &Path, main: &Path, texts: &Texts<'_>) -> io::Result<Result<(), String>> {
    let copy = TempDir::new()?;
    let folder = main.parent().unwrap_or(Path::new("/"));
    lay_out(folder, copy.path(), texts, &inside(folder, copy.path()))?;
    // The paths that were built in are relative to the prefix, and this is where logs go.
    fs::create_dir_all(copy.path().join("logs"))?;
    let file = copy.path().join(main.file_name().unwrap_or_default());
    let mut command = Command::new(program);
    command.arg("-t").arg("-p").arg(copy.path()).arg("-c").arg(file).args(["-e", "stderr"]);
    let output = command.output()?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let said = String::from_utf8_lossy(&output.stderr).replace(&format!("{}/", copy.path().display()), "");
    let complaints = said.lines().filter(|line| line.contains("[emerg]")).map(str::trim).collect::<Vec<_>>();
    Ok(Err(if complaints.is_empty() { said.trim().replace('\n', "; ") } else { complaints.join("; ") }))
}

/// Copies what is part of the configuration; everything else in the folder is there as a link.
fn lay_out(folder: &Path, copy: &Path, texts: &Texts<'_>, inside: &dyn Fn(&[u8]) -> Vec<u8>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, target) = (entry.path(), copy.join(entry.file_name()));
        // `sites-enabled` is full of links.
        let identity = path.canonicalize().unwrap_or_else(|_| path.clone());
        if let Some(text) = texts.get(identity.as_path()) {
            fs::write(target, inside(text))?;
        } else if path.is_dir() && holds(&path, texts) {
            fs::create_dir(&target)?;
            lay_out(&path, &target, texts, inside)?;
        } else {
            link(&path, &target)?;
        }
    }
    Ok(())
}

/// Is one of the texts in this folder, itself or by a link?
fn holds(folder: &Path, texts: &Texts<'_>) -> bool {
    let entries = walkdir::WalkDir::new(folder).max_depth(3).into_iter().filter_map(Result::ok);
    let is_text = |path: PathBuf| texts.contains_key(path.as_path());
    entries.filter(|entry| !entry.file_type().is_dir()).any(|entry| entry.path().canonicalize().is_ok_and(is_text))
}

/// Includes that lead into the folder lead into the copy.
fn inside(folder: &Path, copy: &Path) -> impl Fn(&[u8]) -> Vec<u8> {
    let folder = regex::escape(&format!("{}/", folder.display()));
    let include = Regex::new(&format!(r#"(\binclude\s+["']?)(?:/etc/nginx/|{folder})"#));
    let copy = format!("{}/", copy.display()).into_bytes();
    move |text| match &include {
        Ok(include) => include.replace_all(text, |found: &Captures<'_>| [&found[1], &copy[..]].concat()).into_owned(),
        Err(_) => text.to_vec(),
    }
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_file() { fs::copy(from, to).map(|_| ()) } else { Ok(()) }
}
