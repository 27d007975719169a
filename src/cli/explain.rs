//! `nginspect explain` and `nginspect rules`: what the tool knows, in words.

use std::fmt::Write;

use serde::Serialize;

use super::args::ListFormat;
use super::{CLEAN, print};
use crate::output::wrap::wrap;
use crate::page::Page;
use crate::rules::RULES;

/// One rule in `rules --format json`.
#[derive(Serialize)]
struct Listed {
    id: &'static str,
    title: &'static str,
    category: &'static str,
    severity: &'static str,
    confidence: &'static str,
    fix: Option<&'static str>,
    nginx_rejects: bool,
    url: Option<&'static str>,
}

fn listed() -> Vec<Listed> {
    let row = |id, page: Page| Listed {
        id,
        title: page.title,
        category: page.category.as_str(),
        severity: page.severity.as_str(),
        confidence: page.confidence.as_str(),
        fix: page.fix.map(|fix| fix.as_str()),
        nginx_rejects: page.rejects,
        url: page.url(),
    };
    RULES.iter().map(|rule| row(rule.id, rule.parsed_page())).collect()
}

pub(super) fn rules(format: ListFormat) -> u8 {
    let rules = listed();
    let text = match format {
        ListFormat::Json => {
            let document = serde_json::json!({ "version": 1, "rules": rules });
            format!("{document}\n")
        }
        ListFormat::Human => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
            let mut text = String::new();
            for rule in &rules {
                let fix = rule.fix.map_or(String::from("-"), |fix| format!("{fix} fix"));
                let _ = writeln!(
                    text,
                    "{:width$}  {:8} {:7} {:11} {}",
                    rule.id, rule.severity, rule.confidence, fix, rule.title
                );
            }
            text
        }
    };
    print(&text, CLEAN)
}

pub(super) fn explain(id: &str) -> u8 {
    let Some(rule) = RULES.iter().find(|rule| rule.id == id) else { return super::USAGE };
    let page = rule.parsed_page();
    let mut text = format!("{id}: {}\n", page.title);
    let fix = page.fix.map_or("no automatic fix".to_owned(), |fix| format!("{} fix", fix.as_str()));
    let rejects = if page.rejects { ", nginx refuses to start" } else { "" };
    let facts =
        [page.category.as_str(), page.severity.as_str(), &format!("{} confidence", page.confidence.as_str()), &fix];
    let _ = writeln!(text, "{}{rejects}\n", facts.join(", "));
    text.push_str(&readable(page.body, super::terminal_width()));
    if page.references().next().is_some() {
        text.push_str("\nReferences\n");
        for reference in page.references() {
            let _ = writeln!(text, "  {reference}");
        }
    }
    print(&text, CLEAN)
}

/// The Markdown of a page for a terminal: headings and fences lose their marks, code is indented, prose is broken anew.
fn readable(markdown: &str, width: usize) -> String {
    let mut text = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in markdown.trim().lines().chain([""]) {
        let goes_on = !in_code && !line.is_empty() && !line.starts_with(['#', '-', '`', '|']);
        if goes_on {
            paragraph.push(' ');
            paragraph.push_str(line.trim());
            continue;
        }
        flush(&mut text, &mut paragraph, width);
        if let Some(info) = line.strip_prefix("```") {
            in_code = !in_code;
            if let Some(kind) = info.strip_prefix("nginx ").filter(|_| in_code) {
                let _ = writeln!(text, "  [{kind}]");
            }
        } else if in_code {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        } else if line.starts_with('-') || line.starts_with('`') {
            paragraph.push_str(line);
        } else {
            let _ = writeln!(text, "{}", line.trim_start_matches('#').trim_start());
        }
    }
    format!("{}\n", text.trim_end())
}

/// Writes a paragraph or an item of a list, whose further lines are indented.
fn flush(text: &mut String, paragraph: &mut String, width: usize) {
    if paragraph.is_empty() {
        return;
    }
    let indentation = if paragraph.starts_with('-') { "  " } else { "" };
    let lines = wrap(paragraph.trim(), width, width - indentation.len());
    for (index, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "{}{line}", if index == 0 { "" } else { indentation });
    }
    paragraph.clear();
}
