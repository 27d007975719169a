//! Shows the mistakes in settings files as findings are shown.

use crate::cli::args::Color;
use crate::cli::{complain, explain_text, terminal};
use crate::diagnostic::{Category, Confidence, Diagnostic, Label, Severity, Span};
use crate::output::{Report, human};
use crate::source::{Source, Sources};

use super::shelf::Mistaken;

/// Prints all mistakes to standard error.
pub(in crate::cli) fn complain_about(files: &[Mistaken], color: Color) {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    for file in files {
        let source = sources.add(Source::new(&file.shown, file.text.as_bytes().to_vec()));
        for mistake in &file.mistakes {
            let Some(range) = &mistake.span else {
                complain(&format!("{}: {}", file.shown.display(), mistake.message));
                continue;
            };
            let (start, end) = (range.start.min(file.text.len()), range.end.min(file.text.len()));
            let span = Span::new(source, start as u32, end.max(start) as u32);
            diagnostics.push(diagnostic(span, mistake.message.clone()));
        }
    }
    let report = Report {
        sources: &sources,
        diagnostics: &diagnostics,
        silenced: &[],
        errors: &[],
        files: files.len(),
        notes: &[],
        inclusions: &[],
        page_of: |_| None,
    };
    explain_text(&human::render_findings(&report, &terminal::style(color, false)));
}

fn diagnostic(span: Span, message: String) -> Diagnostic {
    Diagnostic {
        rule: "settings",
        category: Category::Syntax,
        severity: Severity::Error,
        confidence: Confidence::High,
        nginx_rejects: false,
        message,
        help: None,
        primary: Label { span, message: "".into() },
        related: Vec::new(),
        include_chain: Vec::new(),
        fixes: Vec::new(),
        hides: None,
    }
}
