//! `nginspect check`: finds the configurations, runs the rules over each, and prints what came of it.

use std::collections::{BTreeMap, HashSet};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::args::{CheckOptions, Color, Format, Threshold};
use super::{CLEAN, FINDINGS, INCOMPLETE, USAGE, complain, discover, disk, print};
use crate::check::{self, Settings};
use crate::config::entry::{self, FileKind, FoundEntry};
use crate::config::project::Project;
use crate::config::{self, Entry, Files, Library};
use crate::diagnostic::Diagnostic;
use crate::output::{self, Report, RunError, human::Style};
use crate::page::Page;
use crate::rules::RULES;
use crate::source::SourceId;
use crate::template;

/// The name that standard input goes by unless it is given one.
const STDIN_NAME: &str = "<stdin>";

pub(super) fn run(options: &CheckOptions) -> u8 {
    let reads_stdin = options.paths.iter().any(|path| path == Path::new("-"));
    if options.stdin_filename.is_some() && !reads_stdin {
        complain("--stdin-filename goes with the path -");
        return USAGE;
    }
    let mut run = Run::new(options);
    run.collect(options);
    let mut entries = run.entries(options);
    let requested = run.add_mains(options, &mut entries);
    let projects = run.projects(&entries);
    let Run { library, disk, mut errors, mut notes, .. } = run;
    let library = Arc::new(library);
    let settings = settings(options);
    let results: Vec<(Vec<SourceId>, usize, check::Findings)> = entries
        .par_iter()
        .zip(&projects)
        .map(|(found, project)| {
            let config = config::build(Arc::clone(&library), &disk, &found.entry, &found.includes);
            (config.sources().to_vec(), config.problems().count(), check::check(&config, project, &settings, RULES))
        })
        .collect();
    notes.extend(fragment_note(&entries));
    let mut sources: HashSet<SourceId> = HashSet::new();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut lost = 0;
    for ((read, problems, findings), found) in results.into_iter().zip(&entries) {
        sources.extend(read);
        lost += problems;
        diagnostics.extend(findings.diagnostics);
        let path = found.entry.paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        let crash = |rule| RunError {
            kind: "internal",
            path: path.clone(),
            message: format!("the rule {rule} failed; please report this"),
        };
        errors.extend(findings.crashed.into_iter().map(crash));
    }
    if lost > 0 && !options.pedantic {
        let (files, were) = if lost == 1 { ("file", "was") } else { ("files", "were") };
        notes.push(format!(
            "{lost} included {files} {were} not found here; what depends on them is not judged (--pedantic lists them)"
        ));
    }
    if let Some(requested) = requested {
        diagnostics.retain(|diagnostic| requested.contains(&diagnostic.primary.span.source));
    }
    check::sort_and_merge(&mut diagnostics, library.sources());
    if entries.is_empty() && errors.is_empty() && notes.is_empty() {
        errors.push(RunError {
            kind: "io",
            path: String::new(),
            message: "no nginx configuration was found".to_owned(),
        });
    }
    let files = sources.len();
    let report =
        Report { sources: library.sources(), diagnostics: &diagnostics, errors: &errors, files, notes: &notes, url_of };
    print(&render(&report, options), exit_code(&report, options.fail_on))
}

fn url_of(rule: &str) -> Option<&'static str> {
    RULES.iter().find(|known| known.id == rule).and_then(|rule| Page::parse(rule.page).ok()).and_then(|page| page.url())
}

fn settings(options: &CheckOptions) -> Settings {
    Settings {
        target: options.nginx_version,
        pedantic: options.pedantic,
        select: options.select.iter().cloned().collect(),
        ignore: options.ignore.iter().cloned().collect(),
        min_severity: options.min_severity,
        options: options.set.iter().cloned().collect(),
    }
}

fn exit_code(report: &Report<'_>, Threshold(threshold): Threshold) -> u8 {
    if !report.errors.is_empty() {
        return INCOMPLETE;
    }
    let fails = |diagnostic: &Diagnostic| threshold.is_some_and(|threshold| diagnostic.severity >= threshold);
    if report.diagnostics.iter().any(fails) { FINDINGS } else { CLEAN }
}

fn render(report: &Report<'_>, options: &CheckOptions) -> String {
    // Formats without a place for what could not be read say it on standard error.
    if matches!(options.format, Format::JsonLines | Format::Compact) {
        for error in report.errors {
            complain(&format!("{}: {}", error.path, error.message));
        }
    }
    match options.format {
        Format::Json => output::json::render(report),
        Format::JsonLines => output::json::render_lines(report),
        Format::Compact => output::compact::render(report),
        Format::Human => output::human::render(report, &style(options.color)),
    }
}

fn style(color: Color) -> Style {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        Color::Auto => is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") || std::io::stdout().is_terminal(),
    };
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).clamp(40, 120);
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let unicode = locale.is_none_or(|locale| !matches!(locale.as_str(), "C" | "POSIX"));
    Style { color, unicode, width }
}

/// "3 files were read as parts of http, …": which guesses were made about fragments.
fn fragment_note(entries: &[FoundEntry]) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for found in entries.iter().filter(|found| found.entry.outer != config::Outer::Nothing) {
        let place = found.entry.context.map_or("an unknown block", |context| context.name());
        *counts.entry(place.to_owned()).or_default() += found.entry.paths.len();
    }
    let parts: Vec<String> = counts.iter().map(|(place, count)| format!("{count} as part of {place}")).collect();
    (!parts.is_empty()).then(|| format!("no main file was given; read {}", parts.join(", ")))
}

struct Run {
    library: Library,
    disk: disk::Disk,
    candidates: Vec<PathBuf>,
    /// The files that were named one by one, and standard input.
    named: HashSet<PathBuf>,
    folders: Vec<PathBuf>,
    errors: Vec<RunError>,
    notes: Vec<String>,
}

impl Run {
    fn new(options: &CheckOptions) -> Self {
        let roots: Vec<PathBuf> = match &options.root {
            Some(root) => vec![root.clone()],
            None => options
                .paths
                .iter()
                .map(|path| match (path.is_dir(), path == Path::new("-")) {
                    (true, _) => path.clone(),
                    (_, true) => {
                        discover::project_root(options.stdin_filename.as_deref().unwrap_or(Path::new(".")), None)
                    }
                    _ => discover::project_root(path, None),
                })
                .collect(),
        };
        let folders =
            options.paths.iter().filter(|path| path.is_dir()).filter_map(|path| path.canonicalize().ok()).collect();
        Self {
            library: Library::default(),
            disk: disk::Disk::new(roots),
            candidates: Vec::new(),
            named: HashSet::new(),
            folders,
            errors: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Finds and reads the files that the paths stand for.
    fn collect(&mut self, options: &CheckOptions) {
        for path in &options.paths {
            if path == Path::new("-") {
                self.take_stdin(options.stdin_filename.as_deref().unwrap_or(Path::new(STDIN_NAME)));
            } else if path.is_dir() {
                let (found, failed) = discover::configurations(path);
                self.candidates.extend(found);
                self.errors.extend(failed.into_iter().map(|(path, why)| io_error(&path, why)));
            } else {
                self.named.insert(disk::canonical(path));
                self.candidates.push(path.clone());
            }
        }
        for (path, error) in self.library.load(&self.disk, &self.candidates) {
            self.errors.push(io_error(&path, disk::explain(&error)));
        }
    }

    fn take_stdin(&mut self, name: &Path) {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            return self.errors.push(io_error(name, error.to_string()));
        }
        self.disk.put(name, bytes);
        self.named.insert(disk::canonical(name));
        self.candidates.push(name.to_path_buf());
    }

    /// The configurations among the files. A file that was named is one, whatever it looks like; files in other template
    /// languages are left out and noted.
    fn entries(&mut self, options: &CheckOptions) -> Vec<FoundEntry> {
        let mut skipped: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        let (library, disk) = (&self.library, &self.disk);
        self.candidates.retain(|path| {
            let Some(source) = library.find(&disk.identity(path)) else { return false };
            let text = library.sources().get(source).bytes();
            let language = template::other_language(path, text, !library.tree(source).errors().is_empty());
            if let Some(language) = language {
                skipped.entry(language).or_default().push(path.display().to_string());
            }
            language.is_none()
        });
        self.notes.extend(skipped.into_iter().map(|(language, paths)| {
            let more = if paths.len() > 1 { format!(" and {} more", paths.len() - 1) } else { String::new() };
            format!("not analysed, because written in another template language ({language}): {}{more}", paths[0])
        }));
        let named: HashSet<SourceId> = self.named.iter().filter_map(|path| self.library.find(path)).collect();
        let forced = options.context;
        let kind_of = |library: &Library, source: SourceId| match (forced, named.contains(&source)) {
            (Some(kind), _) => kind,
            (None, true) => match entry::classify(library, source) {
                FileKind::Foreign => FileKind::Fragment(None),
                kind => kind,
            },
            (None, false) => entry::classify(library, source),
        };
        entry::find_entries(&mut self.library, &self.disk, &self.candidates, &kind_of)
    }

    /// A fragment that was named is judged inside the main file that includes it, if there is one nearby. Then only what
    /// was asked for is reported: the texts that are returned.
    fn add_mains(&mut self, options: &CheckOptions, entries: &mut [FoundEntry]) -> Option<HashSet<SourceId>> {
        if options.context.is_some() || !self.folders.is_empty() {
            return None;
        }
        let mut requested = HashSet::new();
        let mut replaced = false;
        for found in entries.iter_mut() {
            let own = found.entry.paths.iter().filter_map(|path| self.library.find(&disk::canonical(path)));
            let own: Vec<SourceId> = own.collect();
            let brought = found.includes.values().filter_map(|resolution| match resolution {
                config::include::Resolution::Files(paths) => Some(paths),
                _ => None,
            });
            requested.extend(brought.flatten().filter_map(|path| self.library.find(path)));
            requested.extend(own.iter().copied());
            if found.entry.outer == config::Outer::Nothing {
                continue;
            }
            if let Some(main) = self.main_of(&found.entry, &own) {
                *found = main;
                replaced = true;
            }
        }
        replaced.then_some(requested)
    }

    fn main_of(&mut self, fragment: &Entry, sources: &[SourceId]) -> Option<FoundEntry> {
        let path = fragment.paths.first()?;
        for main in entry::possible_mains(path) {
            if self.disk.probe(&main).is_err() {
                continue;
            }
            let entry = Entry::new(vec![main], FileKind::Main);
            let includes = config::load_includes(&mut self.library, &self.disk, &entry);
            let reaches = includes.values().any(|resolution| match resolution {
                config::include::Resolution::Files(paths) => {
                    paths.iter().filter_map(|path| self.library.find(path)).any(|source| sources.contains(&source))
                }
                _ => false,
            });
            if reaches {
                return Some(FoundEntry { entry, includes });
            }
        }
        None
    }

    /// What the files around each configuration tell; the same project is read once.
    fn projects(&mut self, entries: &[FoundEntry]) -> Vec<Arc<Project>> {
        let mut known: BTreeMap<PathBuf, Arc<Project>> = BTreeMap::new();
        let roots: Vec<PathBuf> = entries
            .iter()
            .map(|found| {
                let path = found.entry.paths.first().map_or(Path::new("."), PathBuf::as_path);
                let canonical = disk::canonical(path);
                let limit = self.folders.iter().find(|folder| canonical.starts_with(folder));
                discover::project_root(path, limit.map(PathBuf::as_path))
            })
            .collect();
        roots
            .into_iter()
            .map(|root| {
                if let Some(project) = known.get(&root) {
                    return Arc::clone(project);
                }
                let project = Arc::new(self.read_project(&root));
                known.insert(root, Arc::clone(&project));
                project
            })
            .collect()
    }

    fn read_project(&mut self, root: &Path) -> Project {
        // Evidence lies around the configuration, and so it may be read even where includes may not lead.
        let files = disk::Disk::new([root.to_path_buf()]);
        let mut sources = Vec::new();
        for path in discover::evidence(root) {
            let identity = disk::canonical(&path);
            let known = self.library.find(&identity);
            let source = known.or_else(|| {
                let bytes = files.read(&path).ok()?;
                Some(self.library.add_plain(identity, discover::relative(&path), bytes))
            });
            sources.extend(source);
        }
        let texts = self.library.sources();
        Project::read(sources.into_iter().map(|source| (source, texts.get(source))))
    }
}

fn io_error(path: &Path, message: String) -> RunError {
    RunError { kind: "io", path: path.display().to_string(), message }
}
