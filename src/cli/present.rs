//! Shows what a run found: in the formats that were asked for, on standard output and in files, and as an exit code.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::LazyLock;

use super::analysis::Analysis;
use super::args::{CheckOptions, Color, Format, FormatOption, Threshold};
use super::{CLEAN, FINDINGS, INCOMPLETE, complain, print};
use crate::diagnostic::Diagnostic;
use crate::output::{self, Report, human::Style};
use crate::rules::RULES;

/// Do these formats go together? Only one of them can have standard output.
pub(super) fn consistent(formats: &[FormatOption]) -> Result<(), String> {
    match formats.iter().filter(|option| option.file.is_none()).count() {
        0 | 1 => Ok(()),
        _ => Err("only one --format can go to standard output; write FORMAT=FILE for the others".to_owned()),
    }
}

/// Prints and writes everything; returns the exit code.
pub(super) fn present(analysis: &Analysis, options: &CheckOptions) -> u8 {
    let report = Report {
        sources: analysis.library.sources(),
        diagnostics: &analysis.diagnostics,
        silenced: &analysis.silenced,
        errors: &analysis.errors,
        files: analysis.files,
        notes: &analysis.notes,
        url_of,
    };
    let mut code = exit_code(&report, options.fail_on);
    let human = FormatOption { format: Format::Human, file: None };
    let formats = if options.format.is_empty() { std::slice::from_ref(&human) } else { &options.format };
    // Formats without a place for what could not be read say it on standard error.
    if formats.iter().all(|option| !option.format.tells_errors()) {
        for error in report.errors {
            let separator = if error.path.is_empty() { "" } else { ": " };
            complain(&format!("{}{separator}{}", error.path, error.message));
        }
    }
    for option in formats {
        let text = render(&report, option, options.color);
        code = match &option.file {
            None => print(&text, code),
            Some(file) => write(file, &text, code),
        };
    }
    code
}

fn write(file: &Path, text: &str, code: u8) -> u8 {
    match std::fs::write(file, text) {
        Ok(()) => code,
        Err(error) => {
            complain(&format!("{}: the output could not be written: {error}", file.display()));
            INCOMPLETE
        }
    }
}

fn render(report: &Report<'_>, option: &FormatOption, color: Color) -> String {
    match option.format {
        Format::Json => output::json::render(report),
        Format::JsonLines => output::json::render_lines(report),
        Format::Compact => output::compact::render(report),
        Format::Human => output::human::render(report, &style(color, option.file.is_none())),
    }
}

fn exit_code(report: &Report<'_>, Threshold(threshold): Threshold) -> u8 {
    if !report.errors.is_empty() {
        return INCOMPLETE;
    }
    let fails = |diagnostic: &Diagnostic| threshold.is_some_and(|threshold| diagnostic.severity >= threshold);
    if report.diagnostics.iter().any(fails) { FINDINGS } else { CLEAN }
}

/// Where to read more about a rule. Asked for every finding, and so read from the pages once.
fn url_of(rule: &str) -> Option<&'static str> {
    static URLS: LazyLock<HashMap<&str, Option<&str>>> =
        LazyLock::new(|| RULES.iter().map(|rule| (rule.id, rule.parsed_page().url())).collect());
    URLS.get(rule).copied().flatten()
}

/// How human output looks, on standard output or in a file.
pub(super) fn style(color: Color, on_stdout: bool) -> Style {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if !on_stdout => false,
        Color::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        Color::Auto => is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") || std::io::stdout().is_terminal(),
    };
    let width = super::terminal_width();
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let unicode = locale.is_none_or(|locale| !matches!(locale.as_str(), "C" | "POSIX"));
    Style { color, unicode, width }
}
