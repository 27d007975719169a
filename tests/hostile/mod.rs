//! What must hold for every input, however hostile: one function for each fuzz target. `fuzz/` looks for inputs that break
//! one of them, and `cargo test` replays the inputs that it found worth keeping.

mod configuration;
mod document;
mod expression;
mod mending;
mod text;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nginspect::config::entry::{FileKind, classify, find_entries};
use nginspect::config::{self, Config, Library};
use nginspect::diagnostic::Diagnostic;
use nginspect::project::is_evidence_file;
use nginspect::source::{SourceId, Sources};

use crate::support::memory::{Memory, project_of};

/// Panics if something does not hold for an input.
pub(crate) type Check = fn(&[u8]);

/// The checks by the name of their target.
pub(crate) const CHECKS: &[(&str, Check)] = &[
    ("fixes", mending::fixes),
    ("include", configuration::include),
    ("json", document::json),
    ("lex", text::lex),
    ("lint", configuration::lint),
    ("parse", text::parse),
    ("regex", expression::regex),
    ("render", document::render),
    ("settings", text::settings),
    ("template", text::template),
];

/// The mark that begins a further file of an input, as on the pages of rules.
const FILE_MARK: &[u8] = b"# file: ";
/// The file that an input is if it does not say so.
const FIRST_FILE: &str = "site.conf";

/// The files that an input stands for, and the name of the first one.
fn files_of(input: &[u8]) -> (String, Memory) {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(FILE_MARK).and_then(|name| std::str::from_utf8(name).ok()) {
            Some(name) => files.push((name.trim_end_matches(['\r', '\n']).to_owned(), Vec::new())),
            None => {
                if files.is_empty() {
                    files.push((FIRST_FILE.to_owned(), Vec::new()));
                }
                files.last_mut().expect("there is one").1.extend_from_slice(line);
            }
        }
    }
    let first = files.first().map_or_else(|| FIRST_FILE.to_owned(), |(name, _)| name.clone());
    (first, Memory::new(files.iter().map(|(name, text)| (name.as_str(), text.as_slice()))))
}

/// What a file is; one that is none of nginx's is taken for a part of `http`, so that there is something to look at.
fn kind_of(library: &Library, source: SourceId) -> FileKind {
    match classify(library, source) {
        FileKind::Foreign => FileKind::Fragment(config::entry::parse_context("http").and_then(|kind| match kind {
            FileKind::Fragment(context) => context,
            _ => None,
        })),
        kind => kind,
    }
}

/// The texts of an input, and every configuration among them.
fn configurations(files: &Memory) -> (Arc<Library>, Vec<Config>) {
    let mut library = Library::default();
    for (path, text) in &files.0 {
        library.add_plain(path.clone(), path.clone(), text.clone());
    }
    let deployment = project_of(&library).deployment;
    library.add_deployment(PathBuf::new(), Arc::clone(&deployment));
    let candidates: Vec<PathBuf> = files.0.keys().filter(|path| !is_evidence_file(path)).cloned().collect();
    library.load(files, &candidates);
    let place_of = |path: &Path| deployment.place_of(path);
    let found = find_entries(&mut library, files, &candidates, &kind_of, &place_of);
    let library = Arc::new(library);
    let build =
        |found: &config::entry::FoundEntry| config::build(Arc::clone(&library), files, &found.entry, &found.includes);
    let configurations = found.iter().map(build).collect();
    (library, configurations)
}

/// Whatever a finding points at or wants to change lies within the texts.
fn assert_places(finding: &Diagnostic, sources: &Sources) {
    let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.span);
    let edits = finding.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
    for span in labels.chain(edits).chain(finding.include_chain.iter().copied()) {
        let length = sources.get(span.source).bytes().len();
        assert!(span.start <= span.end && span.end as usize <= length, "{span:?} of {length} in {finding:?}");
    }
}
