//! What unit tests of the model need.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use super::{Config, Entry, Files, Library, Outer, ReadError, build, load_includes};
use crate::nginx::context::Context;

struct One(Vec<u8>);

impl Files for One {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        if path == Path::new("site.conf") { Ok(self.0.clone()) } else { Err(ReadError::Missing) }
    }

    fn list(&self, _directory: &Path) -> Option<Vec<OsString>> {
        None
    }
}

/// Reads a fragment of `http`.
pub(super) fn read(text: &str) -> Config {
    read_in(text, Context::Http, Outer::Stock)
}

/// Reads a main file.
pub(super) fn read_main(text: &str) -> Config {
    read_in(text, Context::Main, Outer::Nothing)
}

fn read_in(text: &str, context: Context, outer: Outer) -> Config {
    let files = One(text.as_bytes().to_vec());
    let entry = Entry { paths: vec!["site.conf".into()], context: Some(context), outer, place: None };
    let mut library = Library::default();
    let found = load_includes(&mut library, &files, &entry);
    build(Arc::new(library), &files, &entry, &found)
}
