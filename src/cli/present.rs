//! Shows what a run found: in the formats that were asked for, on standard output and in files, and as an exit code.

use std::io::Write;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};

use foldhash::HashMap;

use super::analysis::Analysis;
use super::args::{CheckOptions, Format, FormatOption};
use super::settings::{Thresholds, complain_about};
use super::{CLEAN, FINDINGS, INCOMPLETE, USAGE, complain, explain_text, print, terminal, write};
use crate::check::Rule;
use crate::output::{self, Report};
use crate::page::Page;
use crate::rules::RULES;

/// Do these formats go together? Only one of them can have standard output.
pub(super) fn consistent(formats: &[FormatOption]) -> Result<(), String> {
    match formats.iter().filter(|option| option.file.is_none()).count() {
        0 | 1 => Ok(()),
        _ => Err("only one --format can go to standard output; write FORMAT=FILE for the others".to_owned()),
    }
}

/// Where findings go that go to no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// To standard output.
    Stdout,
    /// To standard error, for standard output is needed for something else.
    Stderr,
    /// Nowhere.
    FilesOnly,
}

/// Prints and writes everything; returns the exit code.
pub(super) fn present(analysis: &Analysis, options: &CheckOptions, show: Show) -> u8 {
    if !analysis.mistaken.is_empty() {
        complain_about(&analysis.mistaken, options.color);
        return USAGE;
    }
    let report = Report {
        sources: analysis.library.sources(),
        diagnostics: &analysis.diagnostics,
        silenced: &analysis.silenced,
        errors: &analysis.errors,
        inclusions: &analysis.inclusions,
        files: analysis.files,
        notes: &analysis.notes,
        page_of,
    };
    let mut code = exit_code(&report, &analysis.thresholds);
    let human = FormatOption { format: Format::Human, file: None };
    let formats = if options.format.is_empty() { std::slice::from_ref(&human) } else { &options.format };
    let formats: Vec<&FormatOption> =
        formats.iter().filter(|option| option.file.is_some() || show != Show::FilesOnly).collect();
    // What could not be read is on standard error, unless standard output says it.
    if formats.iter().all(|option| option.file.is_some() || !option.format.tells_errors()) {
        for error in report.errors {
            let separator = if error.path.is_empty() { "" } else { ": " };
            complain(&format!("{}{separator}{}", error.path, error.message));
        }
    }
    if formats.iter().any(|option| option.format == Format::Github) {
        code = append_step_summary(&report, code);
    }
    for option in formats {
        let text = render(&report, option, options);
        code = match &option.file {
            None if show == Show::Stderr => {
                explain_text(&text);
                code
            }
            None => print(&text, code),
            Some(file) => write(file, &text, code),
        };
    }
    code
}

fn write(file: &Path, text: &str, code: u8) -> u8 {
    match write::create(file, text.as_bytes()) {
        Ok(()) => code,
        Err(why) => {
            complain(&why);
            INCOMPLETE
        }
    }
}

/// Where GitHub Actions offers a file for it, the summary of the job gets the findings, too.
fn append_step_summary(report: &Report<'_>, code: u8) -> u8 {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return code };
    let text = output::step_summary::render(report);
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&file);
    match opened.and_then(|mut opened| opened.write_all(text.as_bytes())) {
        Ok(()) => code,
        Err(error) => {
            complain(&format!("{}: the summary could not be written: {error}", Path::new(&file).display()));
            INCOMPLETE
        }
    }
}

fn render(report: &Report<'_>, option: &FormatOption, options: &CheckOptions) -> String {
    let style = || terminal::style(options.color, option.file.is_none());
    match option.format {
        Format::Json => output::json::render(report),
        Format::JsonLines => output::json::render_lines(report),
        Format::Html => output::html::render(report),
        Format::Compact => output::compact::render(report),
        Format::Sarif => output::sarif::render(report),
        Format::Github => output::github::render(report),
        Format::Gitlab => output::gitlab::render(report),
        Format::Checkstyle => output::checkstyle::render(report),
        Format::Junit => output::junit::render(report),
        Format::Rdjson => output::rdjson::render(report),
        Format::Human if options.statistics => output::human::render_statistics(report, &style()),
        Format::Human => output::human::render(report, &style()),
    }
}

fn exit_code(report: &Report<'_>, thresholds: &Thresholds) -> u8 {
    if !report.errors.is_empty() {
        return INCOMPLETE;
    }
    if report.diagnostics.iter().any(|finding| thresholds.is_failure(finding)) { FINDINGS } else { CLEAN }
}

/// What a rule is about. Asked for every finding, and so a page is read once.
fn page_of(rule: &str) -> Option<&'static Page> {
    static PAGES: LazyLock<HashMap<&str, (&Rule, OnceLock<Page>)>> =
        LazyLock::new(|| RULES.iter().map(|rule| (rule.id, (rule, OnceLock::new()))).collect());
    PAGES.get(rule).map(|(rule, page)| page.get_or_init(|| rule.parsed_page()))
}
