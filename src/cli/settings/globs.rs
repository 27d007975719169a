//! Patterns for paths, with the meaning that they have in `.gitignore`.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::cli::disk;

/// Patterns that start from a folder.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Globs {
    folder: PathBuf,
    matcher: Gitignore,
}

impl Globs {
    /// Patterns that [`pattern`] takes; the last one that matches a path decides.
    pub(in crate::cli) fn new<'p>(folder: &Path, patterns: impl IntoIterator<Item = &'p str>) -> Self {
        let mut builder = builder();
        for pattern in patterns {
            let added = builder.add_line(None, &anchored(pattern));
            debug_assert!(added.is_ok(), "patterns are looked at before: {pattern}");
        }
        Self { folder: disk::canonical(folder), matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()) }
    }

    /// Does a pattern match a file, or a folder around it? Of files elsewhere, patterns without a slash match.
    pub(in crate::cli) fn matches(&self, file: &Path) -> bool {
        let place = place_of(file);
        let inner = place.strip_prefix(&self.folder).or_else(|_| place.strip_prefix("/")).unwrap_or(&place);
        !inner.has_root() && self.matcher.matched_path_or_any_parents(inner, false).is_ignore()
    }
}

/// Takes a pattern that can be read.
///
/// # Errors
/// Says what is wrong with it.
pub(in crate::cli) fn pattern(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.starts_with('#') {
        return Err("write a pattern as in .gitignore: *.bak.conf, /vendor/".to_owned());
    }
    match builder().add_line(None, &anchored(text)) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("this is no pattern as in .gitignore: {error}")),
    }
}

fn builder() -> GitignoreBuilder {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    builder
}

/// `./vendor` is written for `/vendor`.
fn anchored(pattern: &str) -> String {
    pattern.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(pattern).to_owned()
}

/// The path of a file in the folder where it is named: a link is not followed, links of its folders are.
fn place_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), file.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => file.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_gitignore() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/vendor")).unwrap();
        let matches = |patterns: &[&str], file: &str| {
            Globs::new(folder.path(), patterns.iter().copied()).matches(&folder.path().join(file))
        };
        assert!(matches(&["vendor/"], "a/vendor/x.conf"));
        assert!(!matches(&["/vendor/"], "a/vendor/x.conf"));
        assert!(matches(&["./a"], "a/x.conf"));
        assert!(matches(&["*.conf", "!x.conf"], "a/y.conf") && !matches(&["*.conf", "!x.conf"], "a/x.conf"));
        assert!(!matches(&["a/*.conf"], "a/vendor/x.conf") && matches(&["a/**/*.conf"], "a/vendor/x.conf"));
        assert!(Globs::new(folder.path(), ["*.conf"]).matches(Path::new("/elsewhere/x.conf")));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!(pattern("a[b").is_err() && pattern("").is_err() && pattern("a{b").is_err());
        assert!(pattern("a/**/*.conf").is_ok());
    }
}
