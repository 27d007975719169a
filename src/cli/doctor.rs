//! `nginspect doctor`: what the program sees of a project and of the place it runs in, and why it decides as it does.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

use clap::Parser;

use super::args::{Arguments, CheckOptions, Color, Command};
use super::survey::{Role, Survey, survey};
use super::{CLEAN, INCOMPLETE, USAGE, complain, discover, print, terminal};
use crate::nginx::version::Version;
use crate::output::sanitize;
use crate::rules::RULES;

/// Of longer lists only the beginning is shown.
const SHOWN: usize = 20;

/// What decides about colours, characters and links.
const VARIABLES: &[&str] = &[
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "TERM",
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "RAYON_NUM_THREADS",
];

pub(super) fn run(path: &Path) -> u8 {
    if !path.exists() {
        complain(&format!("{}: no such file or folder", path.display()));
        return INCOMPLETE;
    }
    let Some(options) = options_for(path) else { return USAGE };
    let survey = survey(&options, &[]);
    let mut report = Lines::default();
    program(&mut report);
    project(&mut report, path, &survey);
    templates(&mut report, &survey);
    left_out(&mut report, &survey);
    surroundings(&mut report);
    print(&report.0, if survey.errors.is_empty() { CLEAN } else { INCOMPLETE })
}

/// The options of a check that says nothing but the path: the parser knows all defaults.
fn options_for(path: &Path) -> Option<Box<CheckOptions>> {
    let words = ["nginspect", "check", "--"].map(OsString::from).into_iter().chain([path.into()]);
    match Arguments::try_parse_from(words).ok()?.command {
        Command::Check(options) => Some(options),
        _ => None,
    }
}

/// Lines under headings, made safe for a terminal.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn heading(&mut self, text: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.0, "{gap}{text}");
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "  {}", sanitize::line(text));
    }

    fn lines(&mut self, texts: &[String]) {
        texts.iter().take(SHOWN).for_each(|text| self.line(text));
        if let Some(more) = texts.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            self.line(&format!("and {more} more; nginspect check --show-files has all"));
        }
    }
}

fn program(report: &mut Lines) {
    report.heading("program");
    let (os, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    report.line(&format!("nginspect {} on {os}, {machine}", env!("CARGO_PKG_VERSION")));
    report.line(&format!("{} rules; knows nginx up to {}", RULES.len(), Version::NEWEST));
    match std::env::current_exe() {
        Ok(path) => report.line(&path.display().to_string()),
        Err(error) => report.line(&format!("where it lies cannot be told: {error}")),
    }
}

fn project(report: &mut Lines, path: &Path, survey: &Survey) {
    report.heading("project");
    let (root, mark) = discover::project_root_with_mark(path, None);
    let why = mark.map_or("because nothing around it marks one".to_owned(), |mark| format!("because of {mark}"));
    report.line(&format!("folder: {} ({why})", root.display()));
    for file in &survey.settings {
        report.line(&format!("settings: {file}"));
    }
    for release in &survey.releases {
        report.line(&format!("nginx: {release}"));
    }
    for role in Role::ALL {
        let count = survey.files.iter().filter(|file| file.role == role).count();
        if count > 0 {
            report.line(&format!("{}: {count} {}", role.name(), if count == 1 { "file" } else { "files" }));
        }
    }
    if survey.files.is_empty() {
        report.line("no nginx configuration was found");
    }
}

fn templates(report: &mut Lines, survey: &Survey) {
    let templates = survey.files.iter().filter_map(|file| Some(format!("{}: {}", file.path, file.template.as_ref()?)));
    let templates: Vec<String> = templates.collect();
    if !templates.is_empty() {
        report.heading("templates (nginspect render FILE tells the values, and where they come from)");
        report.lines(&templates);
    }
}

fn left_out(report: &mut Lines, survey: &Survey) {
    let lost = survey.lost.iter().map(|lost| format!("{}: include {}: {}", lost.place, lost.include, lost.reason));
    let skipped = survey.files.iter().filter_map(|file| Some(format!("{}: {}", file.path, file.reason.as_ref()?)));
    let errors = survey.errors.iter().map(|error| format!("{}: {}", error.path, error.message));
    let lists: [(&str, Vec<String>); 3] = [
        ("includes that were not followed", lost.collect()),
        ("files that are not looked at", skipped.collect()),
        ("broken: what could not be read", errors.collect()),
    ];
    for (heading, lines) in lists.iter().filter(|(_, lines)| !lines.is_empty()) {
        report.heading(heading);
        report.lines(lines);
    }
}

fn surroundings(report: &mut Lines) {
    report.heading("terminal");
    let style = terminal::style(Color::Auto, true);
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    report.line(&format!("colours: {}; more than ASCII: {}", yes(style.color), yes(style.unicode)));
    report.line(&format!("columns: {}", style.width));
    for name in VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            report.line(&format!("{name}={}", value.to_string_lossy()));
        }
    }
}
