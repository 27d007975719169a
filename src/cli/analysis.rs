//! What a run finds: the files of the command line, put together to configurations, with the rules run over each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use rayon::prelude::*;

use super::args::CheckOptions;
use super::clock;
use super::disk::Disk;
use super::input::Inputs;
use super::notes;
use super::progress::Progress;
use super::settings::{Mistaken, SettingsOfTexts, SheetRef, Thresholds};
use super::silence::{self, Conclusive};
use crate::check::{self, Findings, Rule, Settings};
use crate::config::entry::FoundEntry;
use crate::config::{self, Config, Files, Library, Outer, ProblemKind};
use crate::diagnostic::{Diagnostic, Silenced, Span};
use crate::nginx::version::Version;
use crate::output::{Inclusion, RunError};
use crate::project::Project;
use crate::rules::{self, RULES};
use crate::source::{SourceId, Sources};
use crate::suppress::Comments;

/// What came of a run.
#[derive(Default)]
pub(super) struct Analysis {
    /// The texts and their trees.
    pub(super) library: Arc<Library>,
    /// What was found and is to be shown, in order.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was found and is not to be shown.
    pub(super) silenced: Vec<Silenced>,
    /// What was found and is not even worth mentioning: too small, or following from something else.
    pub(super) hidden: Vec<Diagnostic>,
    /// The comments that silence something.
    pub(super) comments: Comments,
    /// The texts whose findings are those of the run.
    pub(super) looked_at: HashSet<SourceId>,
    /// What the rules were told.
    settings: SettingsOfTexts,
    /// Rules that failed somewhere.
    crashed: HashSet<&'static str>,
    /// What could not be read or analysed.
    pub(super) errors: Vec<RunError>,
    /// Sentences for the summary.
    pub(super) notes: Vec<String>,
    /// How the texts came in, each way once.
    pub(super) inclusions: Vec<Inclusion>,
    /// How many files were looked at.
    pub(super) files: usize,
    /// Rule and message of all that nginx would refuse, wherever it is and whoever wants to know; of runs that mend.
    pub(super) refusals: Vec<(&'static str, String)>,
    /// The texts of each configuration that has a main file; that comes first.
    pub(super) mains: Vec<Vec<SourceId>>,
    /// Which findings make the exit code 1.
    pub(super) thresholds: Thresholds,
    /// The settings files with mistakes; if there are any, nothing was analysed.
    pub(super) mistaken: Vec<Mistaken>,
}

impl Analysis {
    /// Would a rule have said all that it has to say?
    pub(super) fn has_run(&self, rule: &str) -> bool {
        self.settings.run_everywhere(rule) && !self.crashed.contains(rule)
    }
}

/// What came of one configuration; without a text if it could not be put together.
#[derive(Default)]
struct Checked {
    sources: Vec<SourceId>,
    /// How many of its includes were not followed.
    lost_includes: usize,
    inclusions: Vec<Inclusion>,
    findings: Findings,
    /// What rules that comments name would find on other releases.
    elsewhere: Vec<Diagnostic>,
    refusals: Vec<(&'static str, String)>,
}

/// What lies around one configuration.
struct Surroundings {
    project: Arc<Project>,
    /// The release of the image that has it.
    version: Option<Version>,
    /// The settings file that counts for it.
    sheet: SheetRef,
}

impl Surroundings {
    fn of(inputs: &Inputs, found: &FoundEntry) -> Self {
        let path = found.entry.paths.first().map_or(Path::new("."), PathBuf::as_path);
        let project = inputs.project_of(path);
        let version = project.deployment.version_of(&inputs.disk.identity(path)).map(|(version, _)| version);
        Self { project, version, sheet: inputs.shelf.of(path) }
    }
}

/// Reads the files that the options name and runs the rules over them. `texts` stand for what is on disk under these paths,
/// standard input among them.
pub(super) fn analyse(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)], progress: &Progress) -> Analysis {
    analyse_with(options, texts, progress, RULES)
}

fn analyse_with(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)], progress: &Progress, rules: &[Rule]) -> Analysis {
    let mut inputs = Inputs::new(options, texts);
    inputs.collect(options);
    let mut entries = inputs.entries(options);
    let requested = inputs.add_mains(options, &mut entries);
    let surroundings: Vec<Surroundings> = entries.iter().map(|found| Surroundings::of(&inputs, found)).collect();
    let mistaken = inputs.shelf.mistaken();
    if !mistaken.is_empty() {
        return Analysis { mistaken, ..Analysis::default() };
    }
    let excluded = inputs.excluded_sources(options);
    let Inputs { library, disk, folders, mut errors, mut notes, shelf, .. } = inputs;
    let library = Arc::new(library);
    progress.start(entries.len());
    let comments = Comments::read(&library, clock::today());
    let run = Run { options, library, disk, comments, progress, rules };
    let (checked, settings) = run.check_all(&entries, &surroundings);
    let texts: HashSet<SourceId> = checked.iter().flat_map(|checked| checked.sources.iter().copied()).collect();
    notes.extend(notes::fragments(&entries));
    notes.extend(notes::templates(&texts, &run.library));
    let is_pedantic = options.pedantic || surroundings.iter().any(|around| around.sheet.file.pedantic);
    let lost_includes = checked.iter().map(|checked| checked.lost_includes).sum();
    notes.extend(notes::lost_includes(lost_includes).filter(|_| !is_pedantic));
    let mut crashed = HashSet::default();
    for (checked, found) in checked.iter().zip(&entries) {
        crashed.extend(checked.findings.crashed.iter().copied());
        errors.extend(checked.findings.crashed.iter().map(|rule| crash(&format!("the rule {rule}"), found)));
        errors.extend(checked.sources.is_empty().then(|| crash("reading it as a configuration", found)));
    }
    if entries.is_empty() && errors.is_empty() && notes.is_empty() {
        let message = "no nginx configuration was found".to_owned();
        errors.push(RunError { kind: "io", path: String::new(), message });
    }
    notes.extend(shelf.notes());
    let thresholds = surroundings.iter().map(|around| around.sheet.threshold(options));
    let thresholds = Thresholds::new(thresholds.zip(checked.iter().map(|checked| checked.sources.as_slice())));
    let mains = checked.iter().zip(&entries).filter(|(_, found)| found.entry.outer == Outer::Nothing);
    let mains = mains.map(|(checked, _)| checked.sources.clone()).filter(|sources| !sources.is_empty()).collect();
    let refusals = checked.iter().flat_map(|checked| checked.refusals.iter().cloned()).collect();
    let mut seen = HashSet::default();
    let inclusions = checked.iter().flat_map(|checked| &checked.inclusions);
    let inclusions = inclusions.filter(|inclusion| seen.insert(*inclusion)).cloned().collect();
    let conclusive = run.conclusive(&entries, &checked, &folders);
    let looked_at = run.looked_at(&checked, requested.as_ref());
    let mut found = gathered(checked, run.library.sources());
    found.diagnostics.retain(|diagnostic| !excluded.contains(&diagnostic.primary.span.source));
    if let Some(requested) = &requested {
        found.diagnostics.retain(|diagnostic| is_about(diagnostic, requested, &run.library));
    }
    let is_judged = |source, rule: &str| {
        let is_seen = looked_at.contains(&source) && !excluded.contains(&source);
        is_seen && conclusive.contains(source) && !crashed.contains(rule)
    };
    let also = [found.hidden.as_slice(), &found.elsewhere].concat();
    let sources = run.library.sources();
    let settings_of = |source| settings.of(source);
    let outcome = rules::silence(&run.comments, found.diagnostics, &also, sources, &settings_of, &is_judged);
    let (mut diagnostics, silenced, hidden) = (outcome.shown, outcome.silenced, found.hidden);
    check::sort_and_merge(&mut diagnostics, sources);
    let Run { library, comments, .. } = run;
    Analysis {
        library,
        diagnostics,
        silenced,
        hidden,
        comments,
        looked_at,
        settings,
        crashed,
        errors,
        notes,
        inclusions,
        files: texts.len(),
        thresholds,
        mistaken,
        refusals,
        mains,
    }
}

/// How the texts of a configuration came in, and which did not.
fn inclusions(config: &Config) -> Vec<Inclusion> {
    let entries = config.entries().map(|entry| Inclusion { by: None, brought: Ok(entry) });
    let includes =
        config.inclusions().map(|(include, source)| Inclusion { by: Some(include.head()), brought: Ok(source) });
    let lost = config.problems().map(|(include, problem)| {
        let why = match problem {
            ProblemKind::Missing => "the file is not there",
            ProblemKind::Cycle => "it is one of the files that lead here",
            ProblemKind::Budget => "too much is included",
            ProblemKind::Unknown(why) => why,
        };
        Inclusion { by: Some(include.head()), brought: Err(why.to_owned()) }
    });
    entries.chain(includes).chain(lost).collect()
}

/// What rules found in all configurations together.
struct Gathered {
    diagnostics: Vec<Diagnostic>,
    hidden: Vec<Diagnostic>,
    elsewhere: Vec<Diagnostic>,
}

fn gathered(checked: Vec<Checked>, sources: &Sources) -> Gathered {
    let mut found = Gathered { diagnostics: Vec::new(), hidden: Vec::new(), elsewhere: Vec::new() };
    for Checked { findings, elsewhere, .. } in checked {
        found.diagnostics.extend(findings.diagnostics);
        found.hidden.extend(findings.hidden);
        found.elsewhere.extend(elsewhere);
    }
    check::sort_and_merge(&mut found.diagnostics, sources);
    check::sort_and_merge(&mut found.hidden, sources);
    // What one configuration hides, another may show.
    let identity = |finding: &Diagnostic| (finding.rule, finding.primary.span, finding.message.clone());
    let shown: HashSet<_> = found.diagnostics.iter().map(identity).collect();
    found.hidden.retain(|finding| !shown.contains(&identity(finding)));
    found
}

/// Is a finding about one of the texts that were asked for? What stands in a script is about the texts that its labels name.
fn is_about(diagnostic: &Diagnostic, requested: &HashSet<SourceId>, library: &Library) -> bool {
    let is_about = |span: &Span| requested.contains(&span.source);
    match library.is_plain(diagnostic.primary.span.source) {
        false => is_about(&diagnostic.primary.span),
        true => diagnostic.related.iter().any(|label| is_about(&label.span)),
    }
}

/// What the rules run with.
struct Run<'o> {
    options: &'o CheckOptions,
    library: Arc<Library>,
    disk: Disk,
    comments: Comments,
    progress: &'o Progress,
    rules: &'o [Rule],
}

impl Run<'_> {
    /// What came of each configuration, and the settings that hold in its texts.
    fn check_all(&self, entries: &[FoundEntry], surroundings: &[Surroundings]) -> (Vec<Checked>, SettingsOfTexts) {
        let mut settings = SettingsOfTexts::default();
        let sheets: Vec<usize> = surroundings
            .iter()
            .map(|around| settings.number_of(&around.sheet.path, || around.sheet.engine(self.options, &self.library)))
            .collect();
        let checked: Vec<Checked> = entries
            .par_iter()
            .zip(surroundings)
            .zip(&sheets)
            .map(|((found, around), sheet)| self.check(found, around, settings.get(*sheet)))
            .inspect(|_| self.progress.step())
            .collect();
        for (checked, sheet) in checked.iter().zip(sheets) {
            settings.assign(&checked.sources, sheet);
        }
        (checked, settings)
    }

    fn check(&self, found: &FoundEntry, around: &Surroundings, settings: &Settings) -> Checked {
        let Surroundings { project, version, sheet } = around;
        let build = || config::build(Arc::clone(&self.library), &self.disk, &found.entry, &found.includes);
        // A bug that shows on one configuration is no reason to be silent about the others.
        let Ok(config) = catch_unwind(AssertUnwindSafe(build)) else { return Checked::default() };
        let looks = self.options.check_files || sheet.file.check_files;
        let looked = looks.then(|| with_missing_files(project, &config));
        let project = looked.as_ref().unwrap_or(project);
        let settings = Settings { target: settings.target.or(*version), ..settings.clone() };
        let findings = check::check(&config, project, &settings, self.rules);
        let elsewhere = silence::other_releases(&config, project, &settings, &self.comments, &findings);
        let (sources, lost_includes) = (config.sources().to_vec(), config.problems().count());
        let refusals = match self.options.fixes.is_asked() {
            true => refusals(&check::check(&config, project, &settings.widened(), self.rules)),
            false => Vec::new(),
        };
        Checked { sources, lost_includes, inclusions: inclusions(&config), findings, elsewhere, refusals }
    }

    fn conclusive<'r>(&'r self, entries: &[FoundEntry], checked: &[Checked], folders: &'r [PathBuf]) -> Conclusive<'r> {
        let mut conclusive = Conclusive::new(&self.library, &self.disk, folders);
        for (found, checked) in entries.iter().zip(checked) {
            conclusive.add(found, &checked.sources, checked.lost_includes);
        }
        conclusive
    }

    /// The texts that findings of the run are about; those beside the configurations only if nothing was singled out.
    fn looked_at(&self, checked: &[Checked], requested: Option<&HashSet<SourceId>>) -> HashSet<SourceId> {
        let configurations = checked.iter().flat_map(|checked| checked.sources.iter().copied());
        let beside = self.library.sources().iter().map(|(source, _)| source);
        let beside = beside.filter(|source| self.library.is_plain(*source) && requested.is_none());
        let is_requested = |source: &SourceId| requested.is_none_or(|requested| requested.contains(source));
        configurations.filter(is_requested).chain(beside).collect()
    }
}

fn refusals(findings: &Findings) -> Vec<(&'static str, String)> {
    let refused = findings.diagnostics.iter().filter(|found| found.nginx_rejects);
    refused.map(|found| (found.rule, found.message.clone())).collect()
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
        let analysis = analyse_with(&options, &[], &Progress::new(false), &rules);
        assert_eq!(analysis.diagnostics.len(), 2);
        let error = &analysis.errors[..];
        assert!(matches!(error, [error] if error.path.ends_with("bad.conf") && error.message.contains("panics")));
        assert_eq!(present::present(&analysis, &options, present::Show::Stdout), crate::cli::INCOMPLETE);
    }
}
