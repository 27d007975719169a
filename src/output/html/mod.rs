//! A report for a browser: one file that loads nothing. Without JavaScript it is a list that unfolds; with it, it can be
//! filtered.
//!
//! Every text goes through `maud`, which escapes it; and should one slip through, the policy in the head runs no script
//! but the one that is brought along.

mod diff;
mod excerpt;
mod finding;
mod prose;
mod tree;

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::finding::Finding;
use super::{Report, human::plural, sanitize};
use crate::diagnostic::{Category, Severity};
use crate::source::SourceId;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The hashes of both; a test says what they have to be.
const STYLE_HASH: &str = "sha256-KT7w4BOESwMk8erWAOko1pzCBUsU+dI75OYLs6cvUbg=";
const SCRIPT_HASH: &str = "sha256-XFr6TV8kP1UHxJXKeWpVYgqO4OVzApgU1SReTTH52ts=";

/// With more findings than this, the less severe ones stay out: a browser has to lay all of it out.
const MOST_FINDINGS: usize = 5_000;
/// The same for those that are silenced.
const MOST_SILENCED: usize = 1_000;
/// With more findings than this, they are folded at first.
const MOST_UNFOLDED: usize = 100;

/// The whole page.
pub fn render(report: &Report<'_>) -> String {
    let all: Vec<Finding<'_>> = finding::of(report);
    let (shown, silenced) = all.split_at(report.diagnostics.len());
    let files = by_file(most_severe(shown, MOST_FINDINGS));
    let policy = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; img-src data:; base-uri 'none'; form-action 'none'"
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "nginspect: " (verdict(report)) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#findings" { "to the findings" }
                (header(report))
                div .columns {
                    (side(&files))
                    main {
                        (run_errors(report))
                        (findings(report, &files))
                        (silenced_section(report, silenced))
                        (tree::section(report, &anchors(&files)))
                        (notes(report))
                    }
                }
                footer { "nginspect " (env!("CARGO_PKG_VERSION")) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// The findings in one file.
struct File<'a> {
    path: String,
    source: SourceId,
    findings: Vec<&'a Finding<'a>>,
}

impl File<'_> {
    fn anchor(&self, index: usize) -> String {
        format!("file-{}", index + 1)
    }
}

/// At most so many, in the order that they came in.
fn most_severe<'a>(findings: &'a [Finding<'a>], most: usize) -> Vec<&'a Finding<'a>> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(findings[*index].diagnostic.severity));
    order.truncate(most);
    order.sort_unstable();
    order.into_iter().map(|index| &findings[index]).collect()
}

fn by_file<'a>(findings: Vec<&'a Finding<'a>>) -> Vec<File<'a>> {
    let mut files: Vec<File<'a>> = Vec::new();
    let mut places: HashMap<SourceId, usize> = HashMap::default();
    for finding in findings {
        let source = finding.diagnostic.primary.span.source;
        let place = *places.entry(source).or_insert_with(|| {
            files.push(File { path: finding.path.clone(), source, findings: Vec::new() });
            files.len() - 1
        });
        files[place].findings.push(finding);
    }
    files
}

/// Where in the page the findings of a file are, and how many there are.
fn anchors(files: &[File<'_>]) -> HashMap<SourceId, (String, usize)> {
    let anchor = |(index, file): (usize, &File<'_>)| (file.source, (file.anchor(index), file.findings.len()));
    files.iter().enumerate().map(anchor).collect()
}

fn verdict(report: &Report<'_>) -> String {
    let counts = Severity::ALL.iter().rev().map(|severity| (severity, report.count(*severity)));
    let counts = counts.filter(|(_, count)| *count > 0).map(|(severity, count)| match severity {
        Severity::Info => format!("{count} info"),
        _ => format!("{count} {}", plural(count, severity.as_str())),
    });
    let counts: Vec<String> = counts.collect();
    let found = if counts.is_empty() { "no problems".to_owned() } else { counts.join(", ") };
    format!("{found} in {} {}", report.files, plural(report.files, "file"))
}

fn header(report: &Report<'_>) -> Markup {
    let tile = |class: &str, count: usize, word: String| {
        html! { div .tile.(class).none[count == 0] { dt { (word) } dd { (count) } } }
    };
    let counted = |severity: Severity| {
        let count = report.count(severity);
        let word = if severity == Severity::Info { "info".to_owned() } else { plural(count, severity.as_str()) };
        tile(severity.as_str(), count, word)
    };
    html! {
        header {
            h1 { "nginspect" span .verdict { (verdict(report)) } }
            dl .tiles {
                @for severity in Severity::ALL.iter().rev() { (counted(*severity)) }
                (tile("fixable", report.fixable(), "with a fix".to_owned()))
                (tile("silenced", report.suppressed(), "suppressed".to_owned()))
                (tile("silenced", report.baselined(), "in the baseline".to_owned()))
                (tile("files", report.files, plural(report.files, "file")))
            }
        }
    }
}

/// The filters, which are there as soon as the script runs, and the files.
fn side(files: &[File<'_>]) -> Markup {
    let findings = || files.iter().flat_map(|file| &file.findings).map(|finding| finding.diagnostic);
    let categories: HashSet<Category> = findings().map(|found| found.category).collect();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    findings().for_each(|found| *rules.entry(found.rule).or_default() += 1);
    html! {
        @if !files.is_empty() {
            aside { details open {
                summary { "Filters and files" }
                form #filters hidden role="search" aria-label="filter the findings" {
                    label { "Text " input type="search" name="text" autocomplete="off" placeholder="press / to search"; }
                    fieldset {
                        legend { "Severity" }
                        @for severity in Severity::ALL.iter().rev() {
                            label .choice { input type="checkbox" name="severity" value=(severity.as_str()) checked; " " (severity.as_str()) }
                        }
                    }
                    (choice("category", "Category", Category::ALL.iter().filter(|category| categories.contains(category))
                        .map(|category| (category.as_str(), category.as_str().to_owned()))))
                    (choice("rule", "Rule", rules.iter().map(|(rule, count)| (*rule, format!("{rule} ({count})")))))
                    (choice("file", "File", files.iter().map(|file| (file.path.as_str(), file.path.clone()))))
                    p .buttons {
                        button type="reset" { "Reset" } " "
                        button type="button" name="unfold" { "Unfold all" } " "
                        button type="button" name="fold" { "Fold all" }
                    }
                    output name="count" aria-live="polite" {}
                }
                nav aria-label="files with findings" {
                    h2 { "Files" }
                    ol { @for (index, file) in files.iter().enumerate() {
                        li { a href={ "#" (file.anchor(index)) } { (file.path) } " " span .count { (file.findings.len()) } }
                    } }
                }
            } }
        }
    }
}

fn choice<'v>(name: &str, title: &str, values: impl Iterator<Item = (&'v str, String)>) -> Markup {
    html! {
        label { (title) " "
            select name=(name) {
                option value="" { "all" }
                @for (value, text) in values { option value=(value) { (text) } }
            }
        }
    }
}

fn run_errors(report: &Report<'_>) -> Markup {
    html! {
        @if !report.errors.is_empty() {
            section .incomplete aria-labelledby="incomplete" {
                h2 #incomplete { "The run is incomplete" }
                ul { @for error in report.errors {
                    li {
                        @if error.kind == "internal" { strong { "internal error: " } }
                        @if !error.path.is_empty() { code { (sanitize::line(&error.path)) } ": " }
                        (sanitize::line(&error.message))
                    }
                } }
            }
        }
    }
}

fn findings(report: &Report<'_>, files: &[File<'_>]) -> Markup {
    let left_out = report.diagnostics.len().saturating_sub(MOST_FINDINGS);
    let is_open = report.diagnostics.len() <= MOST_UNFOLDED;
    html! {
        section #findings .many[!is_open] aria-labelledby="findings-title" tabindex="-1" {
            h2 #findings-title { "Findings" }
            @if files.is_empty() { p .good { "No problems were found." } }
            @if left_out > 0 {
                p .limit { "The " (left_out) " least severe findings are not on this page; other formats have all of them." }
            }
            @for (index, file) in files.iter().enumerate() {
                details .file #(file.anchor(index)) data-file=(file.path) open {
                    summary { h3 { (file.path) } " " span .count { (file.findings.len()) } }
                    @for finding in &file.findings { (finding.markup(report, is_open)) }
                }
            }
            p .nothing hidden { "Nothing that the filters let through." }
        }
    }
}

fn silenced_section(report: &Report<'_>, silenced: &[Finding<'_>]) -> Markup {
    let left_out = silenced.len().saturating_sub(MOST_SILENCED);
    html! {
        @if !silenced.is_empty() {
            section aria-labelledby="silenced" {
                details .fold {
                    summary { h2 #silenced { "Silenced findings" } " " span .count { (silenced.len()) } }
                    @if left_out > 0 { p .limit { (left_out) " more are not on this page; other formats have them." } }
                    @for finding in silenced.iter().take(MOST_SILENCED) { (finding.markup(report, false)) }
                }
            }
        }
    }
}

fn notes(report: &Report<'_>) -> Markup {
    html! {
        @if !report.notes.is_empty() {
            section aria-labelledby="notes" {
                h2 #notes { "Notes" }
                ul { @for note in report.notes { li { (sanitize::line(note)) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests;
