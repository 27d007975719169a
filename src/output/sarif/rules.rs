//! What a log says about the rules that have results.
//!
//! Code scanning sorts by its own words, which follow from the page of a rule:
//!
//! | page | SARIF |
//! |---|---|
//! | severity error, warning, info | level `error`, `warning`, `note`; `problem.severity` `error`, `warning`, `recommendation` |
//! | confidence high, medium, low | `precision` `very-high`, `high`, `low` |
//! | category | a tag |
//! | category security with severity error, warning, info | `security-severity` 8.0 (high), 5.5 (medium), 2.0 (low) |

use super::model::{Configuration, Message, Rule, RuleProperties};
use crate::diagnostic::{Category, Confidence, Severity, shorten};
use crate::page::Page;

/// Descriptions must not be longer.
const LONGEST_DESCRIPTION: usize = 1024;

/// What there is to say about a rule.
pub(super) fn rule(id: &'static str, page: &Page) -> Rule {
    let reason = first_paragraph(page.body).unwrap_or_else(|| page.title.to_owned());
    Rule {
        id,
        name: name(id),
        short_description: Message::new(shorten(page.title, LONGEST_DESCRIPTION)),
        full_description: Message::new(shorten(&reason, LONGEST_DESCRIPTION)),
        help: Message {
            text: format!("{reason}\n\nnginspect explain {id} tells more, with examples."),
            markdown: Some(markdown(page)),
        },
        help_uri: page.url(),
        default_configuration: Configuration { level: level(page.severity) },
        properties: RuleProperties {
            tags: vec!["nginx", page.category.as_str()],
            precision: precision(page.confidence),
            problem_severity: match page.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
            security_severity: (page.category == Category::Security).then(|| security_severity(page.severity)),
        },
    }
}

/// SARIF's word for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "low",
    }
}

/// From 7.0 on it is shown as high, from 4.0 on as medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.5",
        Severity::Info => "2.0",
    }
}

/// `alias-traversal` is `AliasTraversal`.
fn name(id: &str) -> String {
    let capitalized = |word: &str| {
        word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1)).collect::<String>()
    };
    id.split('-').map(capitalized).collect()
}

/// Why the rule matters, on one line.
fn first_paragraph(body: &str) -> Option<String> {
    let is_text =
        |paragraph: &&str| !paragraph.trim_start().starts_with(['#', '`', '|']) && !paragraph.trim().is_empty();
    let paragraph = body.split("\n\n").find(is_text)?;
    Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn markdown(page: &Page) -> String {
    let references = page.references().map(|reference| format!("\n- {reference}"));
    let references: String = references.collect();
    match references.is_empty() {
        true => page.body.trim().to_owned(),
        false => format!("{}\n\n## References\n{references}\n", page.body.trim()),
    }
}
