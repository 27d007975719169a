//! The engine of `check --fix` over files in memory.

use std::path::Path;

use nginspect::check::{self, Findings, Settings};
use nginspect::config::Config;
use nginspect::diagnostic::{Diagnostic, Safety};
use nginspect::fix::{self, Examined, Mended, Texts};
use nginspect::nginx::context::Context;
use nginspect::nginx::version::Version;
use nginspect::rules::RULES;
use nginspect::source::{SourceId, Sources};

use super::memory::{Memory, read, read_project};

/// A configuration in memory and what every rule says about it.
pub(crate) struct Examination {
    config: Config,
    findings: Findings,
}

impl Examination {
    fn new(files: &Memory, entry: &str, context: Option<Context>, target: Option<Version>) -> Self {
        let config = read(files, entry, context);
        let settings = Settings { target, pedantic: true, ..Settings::default() };
        let mut findings = check::check(&config, &read_project(&config), &settings, RULES);
        check::sort_and_merge(&mut findings.diagnostics, config.library().sources());
        Self { config, findings }
    }
}

impl Examined for Examination {
    fn sources(&self) -> &Sources {
        self.config.library().sources()
    }

    fn identity(&self, source: SourceId) -> &Path {
        self.config.library().identity(source)
    }

    fn diagnostics(&self) -> &[Diagnostic] {
        &self.findings.diagnostics
    }

    fn refusals(&self) -> Vec<(&'static str, String)> {
        let refused = self.findings.diagnostics.iter().filter(|found| found.nginx_rejects);
        refused.map(|found| (found.rule, found.message.clone())).collect()
    }

    fn syntax_errors(&self, source: SourceId) -> usize {
        self.config.library().tree(source).errors().len()
    }

    fn failures(&self) -> usize {
        self.findings.crashed.len()
    }

    fn why_not_edit(&self, source: SourceId) -> Option<&'static str> {
        self.sources().get(source).path().starts_with("<stock>").then_some("it is a stock file")
    }
}

/// Mends the configuration that starts at `entry` as far as this is allowed; the files are what they become.
pub(crate) fn mend(
    files: &mut Memory,
    entry: &str,
    context: Option<Context>,
    target: Option<Version>,
    allowed: Safety,
) -> Mended<Examination> {
    let look = |changed: &Texts| {
        let files = files.0.iter().chain(changed).map(|(path, text)| (path.clone(), text.clone()));
        Examination::new(&Memory(files.collect()), entry, context, target)
    };
    let mended = fix::mend(look(&Texts::new()), allowed, look);
    files.0.extend(mended.texts.clone());
    mended
}
