//! What several kinds of test need.

pub(crate) mod memory;
pub(crate) mod mending;
pub(crate) mod nginx;

use std::path::PathBuf;
use std::process::Command;

use nginspect::check::{self, Findings, Settings};
use nginspect::config::Config;
use nginspect::nginx::context::Context;
use nginspect::page::Example;
use nginspect::project::Project;
use nginspect::rules::{self, RULES};
use nginspect::suppress::Comments;

pub(crate) use memory::{Memory, read, read_project, run_all};

/// The built program, with an environment that changes nothing.
pub(crate) fn command() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("nginspect"));
    let terminal = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK"];
    let ci = ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI"];
    for name in terminal.iter().chain(&ci) {
        command.env_remove(name);
    }
    command
}

/// What the other files of an example tell; `missing=` names a file that is not there.
pub(crate) fn read_example_project(config: &Config, example: &Example) -> Project {
    let missing_files = example.attribute("missing").map(PathBuf::from).into_iter().collect();
    Project { missing_files, ..read_project(config) }
}

/// The context that a word of pages and tables means; in the corpus, `full` is a main file.
pub(crate) fn context_named(word: &str) -> Option<Context> {
    match word {
        "main" | "full" => Some(Context::Main),
        "http" => Some(Context::Http),
        "server" => Some(Context::Server),
        "location" => Some(Context::Location),
        "stream" => Some(Context::Stream),
        _ => None,
    }
}

/// Reads an example of a page.
pub(crate) fn read_example(example: &Example) -> Config {
    let files = Memory::new(example.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
    let word = example.attribute("context").unwrap_or("http");
    let context = context_named(word).unwrap_or_else(|| panic!("context={word} of an example is not understood"));
    read(&files, &example.files[0].0, Some(context))
}

/// Runs one rule, with findings of low confidence too; a rule that panics fails the test. The rule about comments that
/// silence nothing needs all the others.
pub(crate) fn run_rule(config: &Config, project: &Project, rule: &str, version: Option<&str>) -> Findings {
    let target = version.map(|version| version.parse().expect("the version of an example can be read"));
    let today = Some("2026-01-15".parse().expect("a day"));
    let needs_all = rule == "suppression-unused";
    let select = [rule.to_owned()].into_iter().filter(|_| !needs_all).collect();
    let settings = Settings { target, pedantic: true, select, today, ..Settings::default() };
    let mut findings = check::check(config, project, &settings, RULES);
    assert!(findings.crashed.is_empty(), "{:?} panicked", findings.crashed);
    if needs_all {
        let comments = Comments::read(config.library(), today);
        let sources = config.library().sources();
        let (found, hidden) = (findings.diagnostics, findings.hidden);
        let outcome = rules::silence(&comments, found, &hidden, sources, &|_| &settings, &|_, _| true);
        let (diagnostics, hidden) = outcome.shown.into_iter().partition(|finding| finding.rule == rule);
        findings = Findings { diagnostics, hidden, ..Findings::default() };
    }
    findings
}

/// File and line of each finding.
pub(crate) fn lines(config: &Config, findings: &Findings) -> Vec<(String, u32)> {
    let sources = config.library().sources();
    let place = |span: nginspect::source::Span| {
        let source = sources.get(span.source);
        (source.display_path(), source.line_of(span.start))
    };
    let mut lines: Vec<_> = findings.diagnostics.iter().map(|d| place(d.primary.span)).collect();
    lines.sort();
    lines.dedup();
    lines
}
