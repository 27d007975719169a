//! JSON for editors and scripts, version 1. Keys are never taken away within a version; new ones may come.
//!
//! Positions come in all three units that consumers count in, so that none of them has to convert.

use std::fmt::Write as _;

use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use super::{Report, json_text};
use crate::diagnostic::{self, Safety, Severity, Silencer};
use crate::source::{self, Span};

/// Everything that one run of nginspect has found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "nginspect report, version 1")]
pub struct Document<'a> {
    /// Version of this format; it changes only when a key goes away or changes its meaning.
    pub version: u32,
    /// Who wrote this.
    pub tool: Tool,
    /// The run in numbers.
    pub summary: Summary,
    /// The findings, in the order of files and lines; silenced ones come last.
    pub diagnostics: Vec<Diagnostic<'a>>,
    /// What could not be read or analysed.
    pub errors: Vec<RunError<'a>>,
}

/// The program that wrote the document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// Always `nginspect`.
    pub name: &'static str,
    /// The release.
    pub version: &'static str,
}

/// The run in numbers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Files looked at; a file that is included twice counts once.
    pub files: usize,
    /// Findings of severity `error`.
    pub error: usize,
    /// Findings of severity `warning`.
    pub warning: usize,
    /// Findings of severity `info`.
    pub info: usize,
    /// Findings with at least one fix.
    pub fixable: usize,
    /// Findings silenced by a comment or a setting.
    pub suppressed: usize,
    /// Findings silenced because a baseline knows them.
    pub baselined: usize,
    /// Whether something could not be analysed; `errors` says what.
    pub incomplete: bool,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diagnostic<'a> {
    /// Name of the rule.
    pub rule: &'static str,
    /// The same as `rule`, for consumers that look for a code.
    pub code: &'static str,
    /// The kind of harm.
    #[schemars(extend("enum" = diagnostic::Category::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>()))]
    pub category: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = Severity::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>()))]
    pub severity: &'static str,
    /// How sure the rule is.
    #[schemars(extend("enum" = diagnostic::Confidence::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>()))]
    pub confidence: &'static str,
    /// Whether nginx would refuse to start because of this.
    pub nginx_rejects: bool,
    /// What is wrong and why it matters.
    pub message: &'a str,
    /// What to do about it.
    pub help: Option<&'a str>,
    /// Where to read more.
    pub url: Option<&'static str>,
    /// The file, as it was named or relative, with `/` between its parts.
    pub path: String,
    /// Where the finding starts.
    pub start: Position,
    /// Where it ends; exclusive.
    pub end: Position,
    /// Further places that belong to it: causes, and what it clashes with.
    pub related: Vec<Related<'a>>,
    /// The `include` directives that lead to the file, outermost first.
    pub include_chain: Vec<IncludedFrom>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix<'a>>,
    /// What silences the finding; null if nothing does.
    pub suppressed: Option<Suppressed<'a>>,
    /// Identity across edits: from rule, path and the text around, and `:N` for the N-th of the same in a run.
    #[schemars(regex(pattern = r"^[0-9a-f]{16}:[1-9][0-9]*$"))]
    pub fingerprint: String,
}

/// What silences a finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Suppressed<'a> {
    /// `comment` (in the configuration) or `baseline`.
    pub by: &'static str,
    /// The reason that the comment gives, if it gives one.
    pub reason: Option<&'a str>,
}

/// A place between two characters. Lines and columns count from 1, the offset from 0.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Position {
    /// Line, counted by LF.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// Column in Unicode code points; a byte that is not UTF-8 counts as one.
    #[schemars(range(min = 1))]
    pub column: u32,
    /// Bytes from the start of the file.
    pub offset: u32,
    /// Column in bytes.
    #[schemars(range(min = 1))]
    pub byte_column: u32,
    /// Column in UTF-16 code units.
    #[schemars(range(min = 1))]
    pub utf16_column: u32,
}

/// A further place and what is to be said about it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Related<'a> {
    /// The file.
    pub path: String,
    /// Where the place starts.
    pub start: Position,
    /// Where it ends; exclusive.
    pub end: Position,
    /// What is there.
    pub message: &'a str,
}

/// An `include` directive.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IncludedFrom {
    /// The file that the directive stands in.
    pub path: String,
    /// Its line.
    #[schemars(range(min = 1))]
    pub line: u32,
}

/// A way to mend a finding; all of its edits belong together.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fix<'a> {
    /// What it does, in the imperative.
    pub title: &'a str,
    /// `safe` may run unattended, `unsafe` changes behaviour in a way that a person should agree to.
    #[schemars(extend("enum" = Safety::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>()))]
    pub applicability: &'static str,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit<'a>>,
}

/// One replacement of text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Edit<'a> {
    /// The file.
    pub path: String,
    /// Where the text that goes starts.
    pub start: Position,
    /// Where it ends; exclusive. The same as `start` for an insertion.
    pub end: Position,
    /// What comes in its place.
    pub content: &'a str,
}

/// Why a part of the input was not analysed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunError<'a> {
    /// `io` (missing, unreadable, no regular file, too large) or `internal` (a bug in nginspect).
    pub kind: &'static str,
    /// What it concerns, as the user named it; empty where no path is concerned.
    pub path: &'a str,
    /// What went wrong.
    pub message: &'a str,
}

/// The whole run as one document on one line, also when nothing was found.
pub fn render(report: &Report<'_>) -> String {
    let document = Document {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: summary(report),
        diagnostics: diagnostics(report).collect(),
        errors: report.errors.iter().map(run_error).collect(),
    };
    json_text(&document) + "\n"
}

/// One finding a line, each the same object as in the document.
pub fn render_lines(report: &Report<'_>) -> String {
    diagnostics(report).fold(String::new(), |mut out, diagnostic| {
        let written = writeln!(out, "{}", json_text(&diagnostic));
        debug_assert!(written.is_ok(), "a String takes everything");
        out
    })
}

/// The JSON Schema of [`render`]'s document, indented.
pub fn schema() -> String {
    let schema = schema_for!(Document<'_>);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn summary(report: &Report<'_>) -> Summary {
    Summary {
        files: report.files,
        error: report.count(Severity::Error),
        warning: report.count(Severity::Warning),
        info: report.count(Severity::Info),
        fixable: report.fixable(),
        suppressed: report.suppressed(),
        baselined: report.baselined(),
        incomplete: !report.errors.is_empty(),
    }
}

fn diagnostics<'a>(report: &'a Report<'_>) -> impl Iterator<Item = Diagnostic<'a>> {
    report.fingerprinted().map(|(found, fingerprint, silencer)| {
        let (path, start, end) = place(report, found.primary.span);
        Diagnostic {
            rule: found.rule,
            code: found.rule,
            category: found.category.as_str(),
            severity: found.severity.as_str(),
            confidence: found.confidence.as_str(),
            nginx_rejects: found.nginx_rejects,
            message: &found.message,
            help: found.help.as_deref(),
            url: report.url_of(found.rule),
            path,
            start,
            end,
            related: found.related.iter().map(|label| related(report, label)).collect(),
            include_chain: found.include_chain.iter().map(|span| included_from(report, *span)).collect(),
            fixes: found.fixes.iter().map(|offered| fix(report, offered)).collect(),
            suppressed: silencer.map(suppressed),
            fingerprint,
        }
    })
}

fn suppressed(silencer: &Silencer) -> Suppressed<'_> {
    match silencer {
        Silencer::Comment(reason) => {
            Suppressed { by: "comment", reason: Some(reason.as_str()).filter(|reason| !reason.is_empty()) }
        }
        Silencer::Baseline => Suppressed { by: "baseline", reason: None },
    }
}

fn place(report: &Report<'_>, span: Span) -> (String, Position, Position) {
    let (start, end) = report.sources.positions(span);
    (report.sources.get(span.source).display_path(), position(start), position(end))
}

fn position(at: source::Position) -> Position {
    let source::Position { line, column, byte_column, utf16_column, offset } = at;
    Position { line, column, offset, byte_column, utf16_column }
}

fn related<'a>(report: &Report<'_>, label: &'a diagnostic::Label) -> Related<'a> {
    let (path, start, end) = place(report, label.span);
    Related { path, start, end, message: &label.message }
}

fn included_from(report: &Report<'_>, include: Span) -> IncludedFrom {
    let source = report.sources.get(include.source);
    IncludedFrom { path: source.display_path(), line: source.line_of(include.start) }
}

fn fix<'a>(report: &Report<'_>, fix: &'a diagnostic::Fix) -> Fix<'a> {
    let edits = fix.edits.iter().map(|edit| {
        let (path, start, end) = place(report, edit.span);
        Edit { path, start, end, content: &edit.content }
    });
    Fix { title: &fix.title, applicability: fix.safety.as_str(), edits: edits.collect() }
}

fn run_error(error: &super::RunError) -> RunError<'_> {
    RunError { kind: error.kind, path: &error.path, message: &error.message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Edit;
    use crate::output::testing::Sample;
    use serde_json::Value;

    fn sample() -> Sample {
        let mut sample = Sample::new();
        let main = sample.file("nginx.conf", "http {\n  include a.conf;\n}\n");
        let file = sample.file("a.conf", "location /i {\n  alias /srv/\u{1f600}/;\n}\n");
        let (location, include) = (sample.span(file, "/i"), sample.span(main, "include a.conf;"));
        let found = sample.finding("alias-traversal", file, "alias /srv/\u{1f600}/;", "a\u{1b}\"b");
        found.help("end it with a slash").related(location, "no slash here").include_chain.push(include);
        found.fix("append a slash", Safety::Safe, vec![Edit::insert(location.at_end(), "/")]);
        sample.finding("no-page", main, "http", "m").severity(Severity::Info);
        sample.errors.push(super::super::RunError { kind: "io", path: "x".into(), message: "gone".into() });
        sample
    }

    fn assert_valid(text: &str) -> Value {
        let value = serde_json::from_str(text).unwrap();
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        jsonschema::validate(&schema, &value).unwrap();
        value
    }

    #[test]
    fn document_is_as_published() {
        let text = render(&sample().report());
        assert_valid(&text);
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r#"{"version":1,"tool":{"name":"nginspect","version":"VERSION"},"summary":{"files":2,"error":1,"warning":0,"info":1,"fixable":1,"suppressed":0,"baselined":0,"incomplete":true},"diagnostics":[{"rule":"alias-traversal","code":"alias-traversal","category":"security","severity":"error","confidence":"high","nginx_rejects":false,"message":"a\u001b\"b","help":"end it with a slash","url":"https://nginx.org/en/docs/","path":"a.conf","start":{"line":2,"column":3,"offset":16,"byte_column":3,"utf16_column":3},"end":{"line":2,"column":17,"offset":33,"byte_column":20,"utf16_column":18},"related":[{"path":"a.conf","start":{"line":1,"column":10,"offset":9,"byte_column":10,"utf16_column":10},"end":{"line":1,"column":12,"offset":11,"byte_column":12,"utf16_column":12},"message":"no slash here"}],"include_chain":[{"path":"nginx.conf","line":2}],"fixes":[{"title":"append a slash","applicability":"safe","edits":[{"path":"a.conf","start":{"line":1,"column":12,"offset":11,"byte_column":12,"utf16_column":12},"end":{"line":1,"column":12,"offset":11,"byte_column":12,"utf16_column":12},"content":"/"}]}],"suppressed":null,"fingerprint":"4405d60ced28e820:1"},{"rule":"no-page","code":"no-page","category":"security","severity":"info","confidence":"high","nginx_rejects":false,"message":"m","help":null,"url":null,"path":"nginx.conf","start":{"line":1,"column":1,"offset":0,"byte_column":1,"utf16_column":1},"end":{"line":1,"column":5,"offset":4,"byte_column":5,"utf16_column":5},"related":[],"include_chain":[],"fixes":[],"suppressed":null,"fingerprint":"44e399f421e45abb:1"}],"errors":[{"kind":"io","path":"x","message":"gone"}]}"#);
    }

    #[test]
    fn lines_hold_the_same_objects() {
        let sample = sample();
        let document = assert_valid(&render(&sample.report()));
        let lines: Vec<Value> =
            render_lines(&sample.report()).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(document["diagnostics"], Value::Array(lines));
    }

    #[test]
    fn nothing_found_is_a_document_too() {
        let document = assert_valid(&render(&Sample::new().report()));
        assert_eq!(document["diagnostics"], serde_json::json!([]));
        assert_eq!(document["summary"]["incomplete"], false);
    }
}
