//! What a run finds: the files of the command line, put together to configurations, with the rules run over each.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::args::CheckOptions;
use super::disk::Disk;
use super::input::Inputs;
use crate::check::{self, Findings, Rule, Settings};
use crate::config::entry::FoundEntry;
use crate::config::{self, Config, Files, Library, Outer};
use crate::diagnostic::{Diagnostic, Silenced, Span};
use crate::nginx::version::Version;
use crate::output::RunError;
use crate::project::Project;
use crate::rules::RULES;
use crate::source::SourceId;
use crate::template::Language;

/// What came of a run.
pub(super) struct Analysis {
    /// The texts and their trees.
    pub(super) library: Arc<Library>,
    /// What was found and is to be shown, in order.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was found and is not to be shown.
    pub(super) silenced: Vec<Silenced>,
    /// What could not be read or analysed.
    pub(super) errors: Vec<RunError>,
    /// Sentences for the summary.
    pub(super) notes: Vec<String>,
    /// How many files were looked at.
    pub(super) files: usize,
}

/// What came of one configuration; without a text if it could not be put together.
#[derive(Default)]
struct Checked {
    sources: Vec<SourceId>,
    /// How many of its includes were not followed.
    lost_includes: usize,
    findings: Findings,
}

/// What lies around one configuration.
struct Surroundings {
    project: Arc<Project>,
    /// The release of the image that has it.
    version: Option<Version>,
}

impl Surroundings {
    fn of(inputs: &Inputs, found: &FoundEntry) -> Self {
        let path = found.entry.paths.first().map_or(Path::new("."), PathBuf::as_path);
        let project = inputs.project_of(path);
        let version = project.deployment.version_of(&inputs.disk.identity(path)).map(|(version, _)| version);
        Self { project, version }
    }
}

/// Reads the files that the options name and runs the rules over them. `texts` stand for what is on disk under these paths,
/// standard input among them.
pub(super) fn analyse(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)]) -> Analysis {
    analyse_with(options, texts, RULES)
}

fn analyse_with(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)], rules: &[Rule]) -> Analysis {
    let mut inputs = Inputs::new(options, texts);
    inputs.collect(options);
    let mut entries = inputs.entries(options);
    let requested = inputs.add_mains(options, &mut entries);
    let surroundings: Vec<Surroundings> = entries.iter().map(|found| Surroundings::of(&inputs, found)).collect();
    let Inputs { library, disk, mut errors, mut notes, .. } = inputs;
    let library = Arc::new(library);
    let checked = check_all(options, &entries, &surroundings, &library, &disk, rules);
    notes.extend(fragment_note(&entries));
    notes.extend(template_notes(&checked, &library));
    notes.extend(include_note(&checked).filter(|_| !options.pedantic));
    for (checked, found) in checked.iter().zip(&entries) {
        errors.extend(checked.findings.crashed.iter().map(|rule| crash(&format!("the rule {rule}"), found)));
        errors.extend(checked.sources.is_empty().then(|| crash("reading it as a configuration", found)));
    }
    if entries.is_empty() && errors.is_empty() && notes.is_empty() {
        let message = "no nginx configuration was found".to_owned();
        errors.push(RunError { kind: "io", path: String::new(), message });
    }
    let files = checked.iter().flat_map(|checked| &checked.sources).collect::<HashSet<_>>().len();
    let mut diagnostics: Vec<Diagnostic> =
        checked.into_iter().flat_map(|checked| checked.findings.diagnostics).collect();
    if let Some(requested) = requested {
        // What stands in a script is about the texts that its labels name.
        let is_about = |span: &Span| requested.contains(&span.source);
        diagnostics.retain(|diagnostic| match library.is_plain(diagnostic.primary.span.source) {
            false => is_about(&diagnostic.primary.span),
            true => diagnostic.related.iter().any(|label| is_about(&label.span)),
        });
    }
    check::sort_and_merge(&mut diagnostics, library.sources());
    Analysis { library, diagnostics, silenced: Vec::new(), errors, notes, files }
}

fn check_all(
    options: &CheckOptions,
    entries: &[FoundEntry],
    surroundings: &[Surroundings],
    library: &Arc<Library>,
    disk: &Disk,
    rules: &[Rule],
) -> Vec<Checked> {
    let settings = settings(options);
    let check = |(found, Surroundings { project, version }): (&FoundEntry, &Surroundings)| {
        let build = || config::build(Arc::clone(library), disk, &found.entry, &found.includes);
        // A bug that shows on one configuration is no reason to be silent about the others.
        let Ok(config) = catch_unwind(AssertUnwindSafe(build)) else { return Checked::default() };
        let looked = options.check_files.then(|| with_missing_files(project, &config));
        let settings = Settings { target: settings.target.or(*version), ..settings.clone() };
        let findings = check::check(&config, looked.as_ref().unwrap_or(project), &settings, rules);
        Checked { sources: config.sources().to_vec(), lost_includes: config.problems().count(), findings }
    };
    entries.par_iter().zip(surroundings).map(check).collect()
}

fn settings(options: &CheckOptions) -> Settings {
    Settings {
        target: options.nginx_version,
        pedantic: options.pedantic,
        select: options.select.iter().cloned().collect(),
        ignore: options.ignore.iter().cloned().collect(),
        min_severity: options.min_severity,
        extra_directives: options.extra_directives.iter().cloned().collect(),
        options: options.set.iter().cloned().collect(),
    }
}

/// What is known of the project, and which of the files that the configuration names are not there.
fn with_missing_files(project: &Project, config: &Config) -> Project {
    let names = config.referenced_files().into_iter().map(|file| file.path);
    let missing_files = names.filter(|path| !path.is_file()).collect();
    Project { missing_files, ..project.clone() }
}

fn crash(what: &str, found: &FoundEntry) -> RunError {
    let path = found.entry.paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    RunError { kind: "internal", path, message: format!("{what} failed; please report this") }
}

/// How many files were read as templates of which language.
fn template_notes(checked: &[Checked], library: &Library) -> Vec<String> {
    let sources: HashSet<SourceId> = checked.iter().flat_map(|checked| checked.sources.iter().copied()).collect();
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for language in sources.into_iter().filter_map(|source| library.language(source)) {
        *counts.entry(language).or_default() += 1;
    }
    let note = |(language, count): (Language, usize)| match (language.name(), count) {
        (name @ "ERB", 1) => format!("1 file was read as an {name} template"),
        (name, 1) => format!("1 file was read as a {name} template"),
        (name, count) => format!("{count} files were read as {name} templates"),
    };
    counts.into_iter().map(note).collect()
}

/// How many includes were not followed.
fn include_note(checked: &[Checked]) -> Option<String> {
    let note = |what| format!("{what} not followed; what depends on it is not judged (--pedantic tells more)");
    match checked.iter().map(|checked| checked.lost_includes).sum() {
        0 => None,
        1 => Some(note("1 include was".to_owned())),
        lost => Some(note(format!("{lost} includes were"))),
    }
}

/// "… were read as parts: 3 of http": which guesses were made about fragments.
fn fragment_note(entries: &[FoundEntry]) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for found in entries.iter().filter(|found| found.entry.outer != Outer::Nothing) {
        let place = found.entry.context.map_or("an unknown block", |context| context.name());
        *counts.entry(place.to_owned()).or_default() += found.entry.paths.len();
    }
    let parts: Vec<String> = counts.iter().map(|(place, count)| format!("{count} of {place}")).collect();
    (!parts.is_empty()).then(|| format!("files that no main file includes were read as parts: {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::cli::args::{Arguments, Command};
    use crate::cli::present;
    use clap::Parser;

    #[test]
    fn a_rule_that_fails_is_named_with_the_file_and_costs_no_other_finding() {
        fn panics(check: &mut Check<'_>) {
            assert!(check.config.all("sendfile").next().is_none(), "a bug");
        }
        fn reports(check: &mut Check<'_>) {
            check.report(check.config.root(), "still here");
        }
        std::panic::set_hook(Box::new(|_| {}));
        let page = RULES[0].page;
        let rules = [Rule { id: "panics", page, check: panics }, Rule { id: "reports", page, check: reports }];
        let folder = tempfile::tempdir().expect("a temporary folder");
        let names = ["good.conf", "bad.conf"].map(|name| folder.path().join(name));
        std::fs::write(&names[0], "server { listen 80; }\n").expect("written");
        std::fs::write(&names[1], "server { sendfile on; }\n").expect("written");
        let paths = names.iter().map(|name| name.display().to_string());
        let arguments = ["nginspect", "check"].map(str::to_owned).into_iter().chain(paths);
        let Ok(Arguments { command: Command::Check(options) }) = Arguments::try_parse_from(arguments) else {
            panic!("a check")
        };
        let analysis = analyse_with(&options, &[], &rules);
        assert_eq!(analysis.diagnostics.len(), 2);
        let error = &analysis.errors[..];
        assert!(matches!(error, [error] if error.path.ends_with("bad.conf") && error.message.contains("panics")));
        assert_eq!(present::present(&analysis, &options), crate::cli::INCOMPLETE);
    }
}
