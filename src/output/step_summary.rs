//! The summary of a job of GitHub Actions, as Markdown: annotations have little room, this has more.

use super::{Report, in_repository, sanitize};
use crate::diagnostic::{Diagnostic, Severity, shorten};

/// How many findings the table has at the most.
const ROWS: usize = 200;
/// Behind so many characters, a cell is cut.
const CELL: usize = 300;

/// A heading, the run in numbers, what could not be analysed, and a table of the findings, the worst first.
pub fn render(report: &Report<'_>) -> String {
    let mut out = format!("### nginspect\n\n{}\n", numbers(report));
    for error in report.errors.iter().take(ROWS) {
        let path = if error.path.is_empty() { String::new() } else { format!("{}: ", cell(&error.path)) };
        out.push_str(&format!("\n- not analysed: {path}{}", cell(&error.message)));
    }
    if !report.errors.is_empty() {
        out.push('\n');
    }
    if report.diagnostics.is_empty() {
        return out;
    }
    let mut worst_first: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    worst_first.sort_by_key(|found| std::cmp::Reverse(found.severity));
    out.push_str("\n| severity | where | what | rule |\n|---|---|---|---|\n");
    out.extend(worst_first.iter().take(ROWS).map(|found| row(report, found)));
    if let Some(more) = worst_first.len().checked_sub(ROWS).filter(|more| *more > 0) {
        out.push_str(&format!("\n… and {more} more\n"));
    }
    out
}

fn numbers(report: &Report<'_>) -> String {
    let count = |severity, one: &str, many: &str| match report.count(severity) {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let files = if report.files == 1 { "1 file".to_owned() } else { format!("{} files", report.files) };
    let found = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
        count(Severity::Info, "note", "notes"),
    ];
    let hidden = [(report.suppressed(), "suppressed"), (report.baselined(), "in the baseline")];
    let hidden = hidden.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("; {count} {what}"));
    format!("{} in {files}{}", found.join(", "), hidden.collect::<String>())
}

fn row(report: &Report<'_>, found: &Diagnostic) -> String {
    let source = report.sources.get(found.primary.span.source);
    let start = source.position(found.primary.span.start);
    let rule = match report.url_of(found.rule) {
        Some(url) => format!("[{}](<{url}>)", found.rule),
        None => found.rule.to_owned(),
    };
    let place = format!("{}:{}:{}", cell(in_repository(&source.display_path())), start.line, start.column);
    format!("| {} | {place} | {} | {rule} |\n", found.severity.as_str(), cell(&found.message))
}

/// Text without any meaning to Markdown.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in shorten(&sanitize::line(text), CELL).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ';' | '/' | '-') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Silenced, Silencer};
    use crate::output::RunError;
    use crate::output::testing::Sample;

    #[test]
    fn findings_are_a_table_that_nothing_breaks() {
        let mut sample = Sample::new();
        let file = sample.file("./a|b.conf", "server {\n é80;\n}\n");
        sample.finding("no-page", file, "80", "$a <b> `c`\n| [d](e) @f").severity(Severity::Info);
        sample.finding("some-rule", file, "server", "z");
        let silenced = Silenced { diagnostic: sample.diagnostics[0].clone(), by: Silencer::Baseline };
        sample.silenced.push(silenced);
        sample.errors.push(RunError { kind: "io", path: "b*".into(), message: "gone".into() });
        insta::assert_snapshot!(render(&sample.report()), @r"
        ### nginspect

        1 error, 0 warnings, 1 note in 1 file; 1 in the baseline

        - not analysed: b\*: gone

        | severity | where | what | rule |
        |---|---|---|---|
        | error | a\|b.conf:1:1 | z | [some-rule](<https://nginx.org/en/docs/>) |
        | info | a\|b.conf:2:3 | \$a \<b\> \`c\`␊\| \[d\]\(e\) \@f | no-page |
        ");
    }

    #[test]
    fn nothing_found_has_no_table() {
        assert_eq!(render(&Sample::new().report()), "### nginspect\n\n0 errors, 0 warnings, 0 notes in 0 files\n");
    }

    #[test]
    fn a_long_table_is_cut() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "server");
        for _ in 0..ROWS + 5 {
            sample.finding("some-rule", file, "server", "m");
        }
        let text = render(&sample.report());
        assert_eq!(text.lines().filter(|line| line.starts_with("| error")).count(), ROWS);
        assert!(text.ends_with("… and 5 more\n"));
    }
}
