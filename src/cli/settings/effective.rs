//! What holds in the end: the settings file and the command line, which counts more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;

use super::file::is_of_module;
use super::shelf::Sheet;
use crate::check::{Level, Levels, LevelsOfRules, Settings};
use crate::cli::args::{CheckOptions, Threshold};
use crate::cli::values::{ValueOptions, read_env_file};
use crate::cli::{clock, disk};
use crate::config::Library;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives;
use crate::output::RunError;
use crate::project::{Mapping, MappingKind, Told};
use crate::source::SourceId;
use crate::template::{Environment, Mode};

/// The rule and its option that make a comment without a reason a finding.
const REQUIRED_REASON: [&str; 2] = ["suppression-without-reason", "required"];

impl Sheet {
    /// The settings of the engine.
    pub(in crate::cli) fn engine(&self, options: &CheckOptions, library: &Library) -> Settings {
        let file = &self.file;
        let mut everywhere = file.rules.levels.clone();
        // Who asks for a rule gets it.
        everywhere.retain(|rule, level| *level != Level::Off || !options.select.contains(rule));
        let of_modules = file.extra_modules.iter().flat_map(|module| {
            let definitions = directives::all().iter().filter(|definition| is_of_module(definition, &module.0));
            definitions.map(|definition| definition.name.to_owned())
        });
        let declared = options.extra_directives.iter().chain(&file.extra_directives).cloned();
        let told = options.set.iter().cloned();
        let required = file.require_reason.then(|| (REQUIRED_REASON.map(str::to_owned).into(), "true".to_owned()));
        Settings {
            target: options.nginx_version.or(file.nginx_version.as_ref().map(|release| release.0)),
            pedantic: options.pedantic || file.pedantic,
            select: options.select.iter().cloned().collect(),
            ignore: options.ignore.iter().cloned().collect(),
            levels: Levels { everywhere, in_texts: Arc::new(self.levels_in_texts(library)) },
            min_severity: options.min_severity.or(file.min_severity.as_ref().map(|severity| severity.0)),
            extra_directives: declared.chain(of_modules).collect(),
            options: required.into_iter().chain(file.rules.options.clone()).chain(told).collect(),
            today: clock::today(),
        }
    }

    fn levels_in_texts(&self, library: &Library) -> HashMap<SourceId, LevelsOfRules> {
        let mut levels: HashMap<SourceId, LevelsOfRules> = HashMap::default();
        for (globs, said) in &self.per_path {
            let matching = library.sources().iter().filter(|(_, source)| globs.matches(source.path()));
            for (source, _) in matching {
                levels.entry(source).or_default().extend(said.clone());
            }
        }
        levels
    }

    /// From which severity on a finding makes the exit code 1.
    pub(in crate::cli) fn threshold(&self, options: &CheckOptions) -> Threshold {
        let told = options.fail_on.or(self.file.fail_on.as_ref().map(|threshold| threshold.0));
        told.unwrap_or(Threshold(Some(Severity::Warning)))
    }

    /// The values for placeholders; files that cannot be read are errors.
    pub(in crate::cli) fn environment(&self, told: &ValueOptions) -> (Environment, Vec<RunError>) {
        let (mut environment, mut errors) = (Environment::default(), Vec::new());
        for file in &self.file.env_files {
            errors.extend(read_env_file(&mut environment, &self.folder.join(file)));
        }
        for (name, value) in &self.file.define {
            environment.insert(&name.0, &value.get_ref().to_string(), &self.place(value.span().start));
        }
        let (told, more) = told.environment();
        environment.take_in(&told);
        errors.extend(more);
        (environment, errors)
    }

    /// What is said about the project of a configuration whose files these are.
    pub(in crate::cli) fn told(&self, mappings: &[Mapping], files: &BTreeSet<PathBuf>) -> Told {
        let own = self.file.path_map.iter().map(|(container, project)| Mapping {
            container: container.0.clone(),
            project: disk::canonical(&self.folder.join(project)),
            kind: MappingKind::Told,
            span: None,
        });
        let mut modes: BTreeMap<PathBuf, Option<Mode>> = BTreeMap::new();
        for (globs, mode) in &self.templates {
            modes.extend(files.iter().filter(|file| globs.matches(file)).map(|file| (file.clone(), mode.clone())));
        }
        Told { mappings: own.chain(mappings.iter().cloned()).collect(), modes }
    }

    /// The folder outside of which nothing is read.
    pub(in crate::cli) fn root(&self, options: &CheckOptions) -> Option<PathBuf> {
        options.root.clone().or_else(|| self.file.root.as_ref().map(|root| self.folder.join(root.get_ref())))
    }

    /// Is a file one that is left alone?
    pub(in crate::cli) fn excludes(&self, file: &Path) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.matches(file))
    }
}

/// From which severity on findings make the exit code 1; in each text as the settings of its configuration say.
#[derive(Debug, Default)]
pub(in crate::cli) struct Thresholds {
    of_texts: HashMap<SourceId, Threshold>,
    /// For what is in no configuration.
    otherwise: Threshold,
}

impl Thresholds {
    /// Where configurations with several settings share a text, the strictest counts.
    pub(in crate::cli) fn new<'t>(configurations: impl IntoIterator<Item = (Threshold, &'t [SourceId])>) -> Self {
        let mut thresholds = Self { of_texts: HashMap::default(), otherwise: Threshold(None) };
        for (threshold, sources) in configurations {
            thresholds.otherwise = stricter(thresholds.otherwise, threshold);
            for source in sources {
                let known = thresholds.of_texts.entry(*source).or_insert(threshold);
                *known = stricter(*known, threshold);
            }
        }
        thresholds
    }

    /// Does a finding make the exit code 1?
    pub(in crate::cli) fn is_failure(&self, finding: &Diagnostic) -> bool {
        let Threshold(threshold) = self.of_texts.get(&finding.primary.span.source).unwrap_or(&self.otherwise);
        threshold.is_some_and(|threshold| finding.severity >= threshold)
    }
}

fn stricter(one: Threshold, other: Threshold) -> Threshold {
    match (one.0, other.0) {
        (Some(one), Some(other)) => Threshold(Some(one.min(other))),
        (one, other) => Threshold(one.or(other)),
    }
}
