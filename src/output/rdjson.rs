//! Reviewdog's diagnostic format: comments on the lines of a change, with fixes as suggestions to click on. What could
//! not be analysed is not in here.

use serde::Serialize;

use super::{Report, in_repository, json_text, sanitize};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::fix;
use crate::source::{self, Span};

#[derive(Serialize)]
struct Result {
    source: Tool,
    diagnostics: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Serialize)]
struct Finding {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

/// The end is exclusive.
#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    /// In bytes.
    column: u32,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

/// One document, also when nothing was found.
pub fn render(report: &Report<'_>) -> String {
    let diagnostics = report.diagnostics.iter().map(|found| finding(report, found)).collect();
    json_text(&Result { source: Tool { name: env!("CARGO_PKG_NAME") }, diagnostics }) + "\n"
}

fn finding(report: &Report<'_>, found: &Diagnostic) -> Finding {
    let help = found.help.as_deref().map(|help| format!("\n\n{}", sanitize::line(help))).unwrap_or_default();
    let path = report.sources.get(found.primary.span.source).display_path();
    Finding {
        message: format!("{}{help}", sanitize::line(&found.message)),
        location: Location { path: in_repository(&path).to_owned(), range: range(report, found.primary.span) },
        severity: match found.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code { value: found.rule, url: report.url_of(found.rule) },
        suggestions: found.fixes.iter().filter_map(|fix| suggestion(report, found, fix)).collect(),
    }
}

/// All edits of a fix as one replacement: reviewdog would offer several of them one by one. None if they are not all in the
/// file of the finding, or if the text is not UTF-8.
fn suggestion(report: &Report<'_>, found: &Diagnostic, fix: &Fix) -> Option<Suggestion> {
    let source = found.primary.span.source;
    let whole = fix.edits.iter().map(|edit| edit.span).filter(|span| span.source == source).reduce(Span::to)?;
    if fix.edits.iter().any(|edit| edit.span.source != source) {
        return None;
    }
    let inside = |edit: &Edit| Edit {
        span: Span::new(source, edit.span.start - whole.start, edit.span.end - whole.start),
        content: edit.content.clone(),
    };
    let edits: Vec<Edit> = fix.edits.iter().map(inside).collect();
    let text = fix::apply(source, report.sources.get(source).slice(whole.start, whole.end), &edits)?;
    Some(Suggestion { range: range(report, whole), text: String::from_utf8(text).ok()? })
}

fn range(report: &Report<'_>, span: Span) -> Range {
    let (start, end) = report.sources.positions(span);
    let position = |at: source::Position| Position { line: at.line, column: at.byte_column };
    Range { start: position(start), end: position(end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Safety;
    use crate::output::testing::Sample;
    use serde_json::{Value, json};

    #[test]
    fn findings_have_byte_columns_and_suggestions() {
        let mut sample = Sample::new();
        let file = sample.file("./a.conf", "é a b c;\n");
        let (a, c) = (sample.span(file, "a"), sample.span(file, "c"));
        let found = sample.finding("some-rule", file, "b", "what").help("do");
        found.fix("swap", Safety::Safe, vec![Edit::replace(c, "A"), Edit::replace(a, "C")]);
        sample.finding("no-page", file, "c", "plain").severity(Severity::Info);
        insta::assert_snapshot!(render(&sample.report()), @r#"{"source":{"name":"nginspect"},"diagnostics":[{"message":"what\n\ndo","location":{"path":"a.conf","range":{"start":{"line":1,"column":6},"end":{"line":1,"column":7}}},"severity":"ERROR","code":{"value":"some-rule","url":"https://nginx.org/en/docs/"},"suggestions":[{"range":{"start":{"line":1,"column":4},"end":{"line":1,"column":9}},"text":"C b A"}]},{"message":"plain","location":{"path":"a.conf","range":{"start":{"line":1,"column":8},"end":{"line":1,"column":9}}},"severity":"INFO","code":{"value":"no-page"}}]}"#);
    }

    #[test]
    fn what_is_no_text_or_in_another_file_is_not_suggested() {
        let mut sample = Sample::new();
        let (file, other) = (sample.file("a.conf", b"a\xffb;\n"), sample.file("b.conf", "c;\n"));
        let (a, b, c) = (sample.span(file, "a"), sample.span(file, "b"), sample.span(other, "c"));
        let found = sample.finding("some-rule", file, "a", "what");
        found.fix("bytes", Safety::Safe, vec![Edit::insert(a, "x"), Edit::insert(b, "x")]);
        found.fix("both", Safety::Safe, vec![Edit::insert(a, "x"), Edit::insert(c, "x")]);
        found.fix("one", Safety::Safe, vec![Edit::insert(a, "x")]);
        let document: Value = serde_json::from_str(&render(&sample.report())).unwrap();
        let at = json!({ "line": 1, "column": 1 });
        let expected = json!([{ "range": { "start": at, "end": at }, "text": "x" }]);
        assert_eq!(document["diagnostics"][0]["suggestions"], expected);
    }
}
