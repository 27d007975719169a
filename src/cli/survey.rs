//! What a run would look at, and as what: every file with its part in the whole, and what was left out, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use serde::Serialize;

use super::args::CheckOptions;
use super::discover;
use super::input::Inputs;
use crate::config::entry::{FoundEntry, is_plainly_foreign};
use crate::config::{self, Config, Library, Outer, ProblemKind};
use crate::output::RunError;
use crate::source::{SourceId, Span};

/// Everything that a run would look at.
pub(super) struct Survey {
    pub(super) files: Vec<SurveyedFile>,
    /// The includes that were not followed.
    pub(super) lost: Vec<LostInclude>,
    /// What could not be read.
    pub(super) errors: Vec<RunError>,
    /// The settings files that count.
    pub(super) settings: BTreeSet<String>,
    /// Which release the configurations run on, and who says so; in words.
    pub(super) releases: BTreeSet<String>,
    /// The files on disk that were read.
    pub(super) read: Vec<PathBuf>,
}

/// One file, and what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct SurveyedFile {
    pub(super) path: String,
    pub(super) role: Role,
    /// The block that a fragment stands in, as far as it is known.
    pub(super) context: Option<&'static str>,
    /// How it is rendered, and what says so.
    pub(super) template: Option<String>,
    /// The lines that include it: `nginx.conf:12`.
    pub(super) included_by: Vec<String>,
    /// Why it is not looked at.
    pub(super) reason: Option<String>,
}

/// What a file is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    /// It has `http`, `events` or the like at its outermost level.
    Main,
    /// It is part of a configuration that includes it from outside of what is looked at.
    Fragment,
    /// Others include it.
    Included,
    /// nginx or its package brings it; its content is known.
    Stock,
    /// It is no configuration, but tells about one.
    Evidence,
    /// It is not looked at.
    Skipped,
}

impl Role {
    pub(super) const ALL: [Self; 6] =
        [Self::Main, Self::Fragment, Self::Included, Self::Stock, Self::Evidence, Self::Skipped];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Fragment => "fragment",
            Self::Included => "included",
            Self::Stock => "stock",
            Self::Evidence => "evidence",
            Self::Skipped => "skipped",
        }
    }
}

/// An include that was not followed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct LostInclude {
    /// Where it stands: `nginx.conf:12`.
    pub(super) place: String,
    pub(super) include: String,
    pub(super) reason: String,
}

/// A configuration, put together, and whether it starts from a main file.
struct Put {
    config: Config,
    entry: FoundEntry,
}

/// Looks at what a run with these options would look at. `texts` stand for what is on disk under these paths.
pub(super) fn survey(options: &CheckOptions, texts: &[(PathBuf, Vec<u8>)]) -> Survey {
    let mut inputs = Inputs::new(options, texts);
    inputs.collect(options);
    let candidates = inputs.candidates.clone();
    let mut entries = inputs.entries(options);
    inputs.add_mains(options, &mut entries);
    let releases = entries.iter().map(|found| release_of(&inputs, found, options)).collect();
    let sheets =
        candidates.iter().filter_map(|path| inputs.shelf.of(path).path.as_ref().map(|path| path.display().to_string()));
    let settings = sheets.collect();
    let excluded = inputs.excluded_sources(options);
    let Inputs { library, disk, errors, .. } = inputs;
    let library = Arc::new(library);
    let put = entries.into_iter().map(|entry| {
        let config = config::build(Arc::clone(&library), &disk, &entry.entry, &entry.includes);
        Put { config, entry }
    });
    let put: Vec<Put> = put.collect();
    let mut files = configurations(&library, &put);
    let excluded = excluded.into_iter().map(|source| library.sources().get(source).display_path());
    let excluded: HashSet<String> = excluded.collect();
    for file in files.iter_mut().filter(|file| excluded.contains(&file.path)) {
        file.reason = Some("it is excluded, and read only where others include it".to_owned());
    }
    files.extend(evidence(&library, &paths_of(&files)));
    files.extend(skipped(&library, &candidates, &paths_of(&files), &errors));
    for folder in options.paths.iter().filter(|path| path.is_dir()) {
        let irregular = discover::irregular(folder);
        files.extend(irregular.into_iter().map(|(path, what)| skipped_file(&path, format!("it is {what}"))));
    }
    files.sort();
    files.dedup();
    let lost = put.iter().flat_map(|put| lost_includes(&library, &put.config)).collect::<BTreeSet<_>>();
    let on_disk = library.sources().iter().map(|(source, _)| library.identity(source).to_path_buf());
    let read = on_disk.filter(|path| path.is_absolute()).collect();
    Survey { files, lost: lost.into_iter().collect(), errors, settings, releases, read }
}

/// The texts of all configurations, each with all places that include it.
fn configurations(library: &Library, put: &[Put]) -> Vec<SurveyedFile> {
    let mut files: BTreeMap<SourceId, SurveyedFile> = BTreeMap::new();
    for Put { config, entry } in put {
        let chains = config.sources().iter().map(|source| (*source, config.include_chain_of(*source)));
        for (source, chain) in chains {
            let file = files.entry(source).or_insert_with(|| SurveyedFile {
                path: library.sources().get(source).display_path(),
                role: Role::Included,
                context: None,
                template: template_of(library, source),
                included_by: Vec::new(),
                reason: None,
            });
            match chain.last() {
                Some(include) => file.included_by.push(place(library, *include)),
                None if entry.entry.outer == Outer::Nothing => file.role = Role::Main,
                None => {
                    file.role = Role::Fragment;
                    file.context = entry.entry.context.map(|context| context.name());
                }
            }
            if file.path.starts_with("<stock>") {
                file.role = Role::Stock;
            }
        }
    }
    let once = |mut file: SurveyedFile| {
        file.included_by.sort();
        file.included_by.dedup();
        file
    };
    files.into_values().map(once).collect()
}

fn template_of(library: &Library, source: SourceId) -> Option<String> {
    if let Some(language) = library.language(source) {
        return Some(format!("written in {}", language.name()));
    }
    let shown = library.sources().get(source).path();
    let recipe = library.recipe(library.identity(source), shown);
    let mode = || format!("rendered by envsubst, mode {} ({})", recipe.mode, recipe.evidence);
    library.is_template(source).then(mode)
}

/// What is read to learn about the configurations, and is none.
fn evidence(library: &Library, known: &HashSet<String>) -> Vec<SurveyedFile> {
    let plain = library.sources().iter().filter(|(source, _)| library.is_plain(*source));
    let paths = plain.map(|(_, text)| text.display_path()).filter(|path| !known.contains(path));
    let file = |path| SurveyedFile {
        path,
        role: Role::Evidence,
        context: None,
        template: None,
        included_by: Vec::new(),
        reason: None,
    };
    paths.map(file).collect()
}

/// What looks like a configuration by its name and is not looked at.
fn skipped(
    library: &Library,
    candidates: &[PathBuf],
    known: &HashSet<String>,
    errors: &[RunError],
) -> Vec<SurveyedFile> {
    let mut skipped: Vec<SurveyedFile> = Vec::new();
    for path in candidates {
        let reason = match library.find(&super::disk::canonical(path)) {
            Some(source) if known.contains(&library.sources().get(source).display_path()) => continue,
            Some(source) => match library.language(source).filter(|language| !language.has_tags()) {
                Some(language) => format!("it is written in another template language ({})", language.name()),
                None if is_plainly_foreign(library, source) => "it does not look like nginx at all".to_owned(),
                None => "it does not look like nginx".to_owned(),
            },
            None => {
                let shown = path.display().to_string();
                let error = errors.iter().find(|error| error.path == shown);
                error.map_or("it lies outside of what may be read".to_owned(), |error| error.message.clone())
            }
        };
        skipped.push(skipped_file(path, reason));
    }
    skipped
}

fn skipped_file(path: &Path, reason: String) -> SurveyedFile {
    let path = path.display().to_string();
    let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
    let (included_by, reason) = (Vec::new(), Some(reason));
    SurveyedFile { path, role: Role::Skipped, context: None, template: None, included_by, reason }
}

fn paths_of(files: &[SurveyedFile]) -> HashSet<String> {
    files.iter().map(|file| file.path.clone()).collect()
}

fn lost_includes(library: &Library, config: &Config) -> Vec<LostInclude> {
    let lost = config.problems().map(|(include, kind)| LostInclude {
        place: place(library, include.head()),
        include: include.arg(0).unwrap_or_default().to_owned(),
        reason: match kind {
            ProblemKind::Missing => "there is no such file".to_owned(),
            ProblemKind::Cycle => "it leads back to a file that is being read".to_owned(),
            ProblemKind::Budget => "too much is included".to_owned(),
            ProblemKind::Unknown(why) => why.clone(),
        },
    });
    lost.collect()
}

/// `nginx.conf:12`
fn place(library: &Library, span: Span) -> String {
    let source = library.sources().get(span.source);
    format!("{}:{}", source.display_path(), source.line_of(span.start))
}

fn release_of(inputs: &Inputs, found: &FoundEntry, options: &CheckOptions) -> String {
    let path = found.entry.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let project = inputs.project_of(path);
    let told = project.deployment.version_of(&super::disk::canonical(path));
    let set = inputs.shelf.of(path).file.nginx_version.as_ref().map(|release| release.0);
    match (options.nginx_version, set, told) {
        (Some(version), ..) => format!("{version}, because --nginx-version says so"),
        (None, Some(version), _) => format!("{version}, because the settings say so"),
        (None, None, Some((version, span))) => {
            format!("{version}, because of the image in {}", place(&inputs.library, span))
        }
        (None, None, None) => "the newest that is known, because nothing tells which one it is".to_owned(),
    }
}
