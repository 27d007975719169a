//! What is shown: for people, for machines, and for the next run.

use std::sync::LazyLock;

use nginspect::baseline::Baseline;
use nginspect::check;
use nginspect::diagnostic::{Category, Confidence, Diagnostic, Edit, Label, Safety, Severity, Silenced, Silencer};
use nginspect::fix;
use nginspect::output::human::Style;
use nginspect::output::{
    Report, RunError, checkstyle, compact, github, gitlab, html, human, json, junit, rdjson, sanitize, sarif,
    step_summary,
};
use nginspect::page::Page;
use nginspect::rules::RULES;
use nginspect::source::{Source, Sources, Span};
use serde_json::Value;

use super::{configurations, files_of};
use crate::support::memory::{read_project, run_all};

static PAGE: LazyLock<Page> = LazyLock::new(|| RULES[0].parsed_page());

fn report<'a>(
    sources: &'a Sources,
    diagnostics: &'a [Diagnostic],
    silenced: &'a [Silenced],
    errors: &'a [RunError],
    notes: &'a [String],
) -> Report<'a> {
    let page_of = |rule: &str| (rule != "no-page").then(|| &*PAGE);
    Report { sources, diagnostics, silenced, errors, inclusions: &[], files: 2, notes, page_of }
}

/// Findings whose texts, paths, words and places are the input's are shown in every format; nothing in them steers a terminal
/// or breaks a document.
pub(super) fn render(input: &[u8]) {
    let words = String::from_utf8_lossy(input);
    let line = words.lines().next().unwrap_or_default();
    let mut sources = Sources::default();
    let files = [line, "b.conf"].map(|path| sources.add(Source::new(path, input.to_vec())));
    let spans = input.chunks_exact(3).take(4).map(|bytes| {
        let start = u32::from(bytes[0]) << (bytes[1] & 3);
        Span::new(files[usize::from(bytes[1] >> 7)], start, start + u32::from(bytes[2]))
    });
    let spans: Vec<Span> = spans.collect();
    let diagnostics: Vec<Diagnostic> = spans.iter().map(|span| finding(*span, &words, &spans)).collect();
    let by = Silencer::Comment(line.to_owned());
    let silenced: Vec<Silenced> =
        diagnostics.iter().take(2).map(|found| Silenced { diagnostic: found.clone(), by: by.clone() }).collect();
    let errors = [RunError { kind: "io", path: line.to_owned(), message: words.to_string() }];
    let notes = [words.to_string()];
    assert_formats(&report(&sources, &diagnostics, &silenced, &errors, &notes));
}

fn finding(span: Span, words: &str, others: &[Span]) -> Diagnostic {
    let related = others.iter().map(|span| Label { span: *span, message: words.to_owned().into() });
    let mut finding = Diagnostic {
        rule: "some-rule",
        category: Category::Security,
        severity: Severity::ALL[span.start as usize % 3],
        confidence: Confidence::High,
        nginx_rejects: false,
        message: words.chars().take(300).collect(),
        help: None,
        primary: Label { span, message: words.to_owned().into() },
        related: related.collect(),
        include_chain: others.to_vec(),
        fixes: Vec::new(),
        hides: None,
    };
    finding.help(words.to_owned()).fix(words.to_owned(), Safety::Safe, vec![Edit::insert(span, words)]);
    finding
}

fn assert_formats(report: &Report<'_>) {
    let is_fine = |c: char| c == '\n' || sanitize::replacement(c).is_none();
    for (unicode, width) in [(true, 100), (false, 41)] {
        let shown = human::render(report, &Style { color: false, links: false, unicode, width });
        assert!(shown.chars().all(is_fine), "{shown:?}");
        let colored = human::render(report, &Style { color: true, links: true, unicode, width });
        assert!(colored.chars().all(|c| c == '\x1b' || is_fine(c)), "{colored:?}");
    }
    let page = html::render(report);
    assert!(page.chars().all(is_fine) && page.matches("<script").count() == 1, "{page:?}");
    for text in [compact::render(report), github::render(report), step_summary::render(report)] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }
    assert_eq!(compact::render(report).lines().count(), report.diagnostics.len());
    for text in [json::render(report), sarif::render(report), gitlab::render(report), rdjson::render(report)] {
        assert!(serde_json::from_str::<Value>(&text).is_ok() && text.lines().count() == 1, "{text:?}");
    }
    for text in [checkstyle::render(report), junit::render(report)] {
        assert!(roxmltree::Document::parse(&text).is_ok(), "{text:?}");
    }
}

/// The JSON of real findings says all that is needed to carry out their fixes; and a baseline that can be read is written as it
/// was read.
pub(super) fn json(input: &[u8]) {
    if let Ok(baseline) = Baseline::parse(input) {
        let text = baseline.render();
        assert_eq!(Baseline::parse(text.as_bytes()).as_ref(), Ok(&baseline), "{text}");
    }
    let (_, files) = files_of(input);
    let (library, configurations) = configurations(&files);
    let findings = configurations.iter().flat_map(|config| run_all(config, &read_project(config)).diagnostics);
    let mut findings: Vec<Diagnostic> = findings.collect();
    check::sort_and_merge(&mut findings, library.sources());
    let text = json::render(&report(library.sources(), &findings, &[], &[], &[]));
    let document: Value = serde_json::from_str(&text).expect("a document");
    let written = document["diagnostics"].as_array().expect("findings");
    assert_eq!(written.len(), findings.len());
    for (finding, written) in findings.iter().zip(written) {
        assert_eq!(written["message"].as_str(), Some(finding.message.as_str()));
        let span = span_of(written, finding.primary.span);
        assert_eq!(span, finding.primary.span);
        for (fix, written) in finding.fixes.iter().zip(written["fixes"].as_array().expect("fixes")) {
            assert_fix(&fix.edits, written, library.sources());
        }
    }
    assert_known(library.sources(), &findings, &document);
}

fn assert_fix(edits: &[Edit], written: &Value, sources: &Sources) {
    let read = written["edits"].as_array().expect("edits").iter().zip(edits).map(|(written, edit)| Edit {
        span: span_of(written, edit.span),
        content: written["content"].as_str().expect("a text").to_owned(),
    });
    let read: Vec<Edit> = read.collect();
    for edit in edits {
        let (source, text) = (edit.span.source, sources.get(edit.span.source).bytes());
        assert_eq!(fix::apply(source, text, &read), fix::apply(source, text, edits));
    }
}

/// The place that is written, in the text that `of` is in.
fn span_of(written: &Value, of: Span) -> Span {
    let offset = |key: &str| written[key]["offset"].as_u64().and_then(|offset| u32::try_from(offset).ok());
    Span::new(of.source, offset("start").expect("a start"), offset("end").expect("an end"))
}

/// A baseline of all that was found knows all of it, also after it was written and read again.
fn assert_known(sources: &Sources, findings: &[Diagnostic], document: &Value) {
    let mut baseline = Baseline::default();
    let keys = findings.iter().zip(document["diagnostics"].as_array().expect("findings")).map(|(finding, written)| {
        let path = sources.get(finding.primary.span.source).display_path();
        let fingerprint = written["fingerprint"].as_str().expect("a fingerprint").to_owned();
        (nginspect::baseline::Key { path, rule: finding.rule.to_owned(), fingerprint }, finding.message.clone())
    });
    let keys: Vec<_> = keys.collect();
    keys.iter().cloned().for_each(|(key, message)| baseline.add(key, message));
    let read = Baseline::parse(baseline.render().as_bytes()).expect("a baseline that was just written");
    assert!(keys.iter().all(|(key, _)| read.knows(key)) && read.len() == findings.len());
}
