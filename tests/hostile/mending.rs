//! Fixes.

use nginspect::config::Library;
use nginspect::config::entry::FileKind;
use nginspect::diagnostic::Safety;
use nginspect::nginx::context::Context;
use nginspect::syntax::{Dialect, parse};

use super::{files_of, kind_of};
use crate::support::memory::Memory;
use crate::support::mending::mend;

/// Fixes leave a text that parses as well as before, and a second run has nothing left to fix.
pub(super) fn fixes(input: &[u8]) {
    let (entry, before) = files_of(input);
    let context = context_of(&before, &entry);
    for safety in [Safety::Safe, Safety::Unsafe] {
        let mut files = Memory(before.0.clone());
        let mended = mend(&mut files, &entry, context, None, safety);
        for (path, text) in &mended.texts {
            let (errors, allowed) = (errors_of(text), errors_of(&before.0[path]));
            assert!(errors <= allowed, "{errors} errors in {}", String::from_utf8_lossy(text));
        }
        let again = mend(&mut files, &entry, context, None, safety);
        assert!(again.texts.is_empty(), "{:?} and then {:?}", shown(&mended.texts), shown(&again.texts));
    }
}

fn context_of(files: &Memory, entry: &str) -> Option<Context> {
    let mut library = Library::default();
    let text = files.0.iter().find(|(path, _)| path.to_str() == Some(entry)).map(|(_, text)| text.clone());
    let source = library.add(entry.into(), entry.into(), text.unwrap_or_default());
    match kind_of(&library, source) {
        FileKind::Main => Some(Context::Main),
        FileKind::Fragment(context) => context,
        FileKind::Foreign => None,
    }
}

fn errors_of(text: &[u8]) -> usize {
    parse(text, Dialect::default()).errors().len()
}

fn shown(texts: &nginspect::fix::Texts) -> Vec<String> {
    texts.values().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}
