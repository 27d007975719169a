//! `check --fix` and `check --diff`: the fixes of the findings, in memory first, and then in the files.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use similar::TextDiff;

use super::analysis::Analysis;
use super::args::{CheckOptions, Format, FormatOption};
use super::present::{Show, present};
use super::settings::Shelf;
use super::write::{self, Change};
use super::{CLEAN, FINDINGS, INCOMPLETE, complain, disk, explain_lines, input, print_bytes, verify};
use crate::config::Library;
use crate::diagnostic::Diagnostic;
use crate::fix::{self, Examined, Mended, Texts};
use crate::output::{RunError, sanitize};
use crate::source::{SourceId, Sources};

/// Mends what `analyse` finds; `texts` stand for what is on disk, standard input among them.
pub(super) fn run(
    options: &CheckOptions,
    texts: &[(PathBuf, Vec<u8>)],
    mut analyse: impl FnMut(&[(PathBuf, Vec<u8>)]) -> Analysis,
) -> u8 {
    let rights = Rights::of(options, texts);
    let mut look = |changed: &Texts| {
        // What comes later counts.
        let changed = changed.iter().map(|(path, text)| (path.clone(), text.clone()));
        Examination::new(&rights, analyse(&texts.iter().cloned().chain(changed).collect::<Vec<_>>()))
    };
    let start = look(&Texts::new());
    let library = Arc::clone(&start.analysis.library);
    let Mended { examined, texts: changed, fixed, left_to_unsafe, mut notes } =
        fix::mend(start, options.fixes.allowed(), &mut look);
    let mut analysis = examined.analysis;
    let changes = changes(&library, changed);
    let outcome = verified(options, &analysis, &changes, &mut notes);
    let is_stdin = rights.stdin.is_some();
    if options.fixes.diff {
        analysis = analyse(texts);
        analysis.errors.extend(outcome.err().map(unwritten));
        notes.extend(sentence("would fix", fixed, changes.len(), left_to_unsafe));
        return show_diff(&analysis, options, &library, &changes, &notes);
    }
    let outcome = outcome.and_then(|()| if is_stdin { Ok(()) } else { write::replace_all(&changes) });
    match outcome {
        Ok(()) => notes.extend(sentence("fixed", fixed, changes.len(), left_to_unsafe)),
        // Nothing was written, and so the findings are what they were.
        Err(why) => {
            analysis = analyse(texts);
            analysis.errors.push(unwritten(why));
        }
    }
    let code = if is_stdin { print_bytes(&stdin_text(&analysis, &rights), CLEAN) } else { CLEAN };
    code.max(show_rest(analysis, options, notes, is_stdin))
}

/// The files that change, with what is in them now.
fn changes(library: &Library, changed: Texts) -> Vec<Change> {
    let before = |path: &Path| match library.find(path) {
        Some(source) => library.sources().get(source).bytes().to_vec(),
        // A fix may have brought it in.
        None => std::fs::read(path).unwrap_or_default(),
    };
    let changes = changed.into_iter().map(|(path, after)| Change { before: before(&path), path, after });
    changes.filter(|change| change.before != change.after).collect()
}

fn verified(
    options: &CheckOptions,
    analysis: &Analysis,
    changes: &[Change],
    notes: &mut Vec<String>,
) -> Result<(), String> {
    match &options.fixes.verify_with {
        Some(program) if !changes.is_empty() => verify::verify(program, analysis, changes, notes),
        _ => Ok(()),
    }
}

fn unwritten(message: String) -> RunError {
    RunError { kind: "io", path: String::new(), message }
}

fn stdin_text(analysis: &Analysis, rights: &Rights) -> Vec<u8> {
    let source = rights.stdin.as_ref().and_then(|path| analysis.library.find(path));
    source.map(|source| analysis.library.sources().get(source).bytes().to_vec()).unwrap_or_default()
}

/// Says what was done, and shows what is left.
fn show_rest(mut analysis: Analysis, options: &CheckOptions, notes: Vec<String>, is_stdin: bool) -> u8 {
    let tells_notes = |option: &FormatOption| option.file.is_none() && option.format == Format::Human;
    let is_told = options.format.is_empty() || options.format.iter().any(tells_notes);
    if is_told && !options.fixes.fix_only {
        analysis.notes.extend(notes);
    } else {
        explain_lines(&notes.join("\n"));
    }
    if options.fixes.fix_only {
        let code = present(&analysis, options, Show::FilesOnly);
        return if code == INCOMPLETE { INCOMPLETE } else { CLEAN };
    }
    present(&analysis, options, if is_stdin { Show::Stderr } else { Show::Stdout })
}

fn show_diff(
    analysis: &Analysis,
    options: &CheckOptions,
    library: &Library,
    changes: &[Change],
    notes: &[String],
) -> u8 {
    let mut text = Vec::new();
    for Change { path, before, after } in changes {
        let source = library.find(path).map(|source| library.sources().get(source).display_path());
        let name = source.unwrap_or_else(|| path.display().to_string());
        let name = sanitize::line(&name);
        let diff = TextDiff::from_lines(before.as_slice(), after.as_slice());
        if let Err(error) = diff.unified_diff().header(&name, &name).to_writer(&mut text) {
            complain(&format!("the output could not be written: {error}"));
        }
    }
    let is_seen = std::io::stdout().is_terminal();
    let code = if is_seen { print_bytes(&made_safe(&text), CLEAN) } else { print_bytes(&text, CLEAN) };
    explain_lines(&notes.join("\n"));
    let changes = if changes.is_empty() { CLEAN } else { FINDINGS };
    match present(analysis, options, Show::FilesOnly) {
        INCOMPLETE => INCOMPLETE,
        _ => code.max(changes),
    }
}

/// A patch is made of the bytes of the files, and a terminal may take some of those for commands.
fn made_safe(text: &[u8]) -> Vec<u8> {
    let mut safe = Vec::new();
    for line in String::from_utf8_lossy(text).lines() {
        let _ = writeln!(safe, "{}", sanitize::line(line));
    }
    safe
}

/// `fixed 3 findings in 2 files (1 more with --unsafe-fixes)`
fn sentence(verb: &str, fixed: usize, files: usize, left_to_unsafe: usize) -> Option<String> {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let done = format!("{verb} {fixed} finding{} in {files} file{}", plural(fixed), plural(files));
    match (fixed, left_to_unsafe) {
        (0, 0) => None,
        (0, more) => Some(format!("{verb} nothing ({more} with --unsafe-fixes)")),
        (_, 0) => Some(done),
        (_, more) => Some(format!("{done} ({more} more with --unsafe-fixes)")),
    }
}

/// What may be edited: what lies in the folders of the given paths, scripts and container files among them; of standard
/// input, itself alone.
struct Rights {
    roots: Vec<PathBuf>,
    stdin: Option<PathBuf>,
}

impl Rights {
    fn of(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)]) -> Self {
        let stdin = texts.iter().map(|(path, _)| disk::canonical(path)).next();
        let roots =
            input::roots(options, &Shelf::new(&options.settings)).iter().map(|root| disk::canonical(root)).collect();
        Self { roots, stdin }
    }

    fn why_not_edit(&self, identity: &Path, text: &[u8]) -> Option<&'static str> {
        if self.stdin.as_deref().is_some_and(|stdin| stdin != identity) {
            return Some("only standard input is mended");
        }
        if self.stdin.is_none() && !self.roots.iter().any(|root| identity.starts_with(root)) {
            return Some("it lies outside of the given paths");
        }
        is_generated(text).then_some("it says that it is not to be edited")
    }
}

/// Sentences at the top of files whose next version comes from somewhere else.
const GENERATED: &[&str] = &[
    "do not edit",
    "do not modify",
    "modify this file manually",
    "@generated",
    "auto-generated",
    "automatically generated",
];

fn is_generated(text: &[u8]) -> bool {
    let lines = text.split(|byte| *byte == b'\n').take(20).map(String::from_utf8_lossy);
    let mut comments = lines.take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    comments.any(|line| GENERATED.iter().any(|words| line.to_ascii_lowercase().contains(words)))
}

/// An analysis, seen by who mends.
struct Examination<'r> {
    analysis: Analysis,
    /// What nginx would refuse, also by rules that are not wanted.
    refusals: Vec<(&'static str, String)>,
    rights: &'r Rights,
}

impl<'r> Examination<'r> {
    fn new(rights: &'r Rights, mut analysis: Analysis) -> Self {
        let refusals = std::mem::take(&mut analysis.refusals);
        Self { analysis, refusals, rights }
    }
}

impl Examined for Examination<'_> {
    fn sources(&self) -> &Sources {
        self.analysis.library.sources()
    }

    fn identity(&self, source: SourceId) -> &Path {
        self.analysis.library.identity(source)
    }

    fn diagnostics(&self) -> &[Diagnostic] {
        &self.analysis.diagnostics
    }

    fn refusals(&self) -> Vec<(&'static str, String)> {
        self.refusals.clone()
    }

    fn syntax_errors(&self, source: SourceId) -> usize {
        self.analysis.library.tree(source).errors().len()
    }

    fn failures(&self) -> usize {
        self.analysis.errors.len()
    }

    fn why_not_edit(&self, source: SourceId) -> Option<&'static str> {
        self.rights.why_not_edit(self.identity(source), self.sources().get(source).bytes())
    }
}
