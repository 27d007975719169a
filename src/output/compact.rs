//! One line per finding, `path:line:col: severity: message [rule]`: what editors' error patterns and `grep` read.

use super::{Report, sanitize};
use crate::diagnostic::Diagnostic;

/// All findings, one a line; columns count code points. What could not be analysed is not in here.
pub fn render(report: &Report<'_>) -> String {
    report.diagnostics.iter().map(|diagnostic| line(report, diagnostic) + "\n").collect()
}

/// One finding, without a line feed.
pub(super) fn line(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let source = report.sources.get(diagnostic.primary.span.source);
    let start = source.position(diagnostic.primary.span.start);
    format!(
        "{}:{}:{}: {}: {} [{}]",
        path(&source.display_path()),
        start.line,
        start.column,
        diagnostic.severity.as_str(),
        sanitize::line(&diagnostic.message),
        diagnostic.rule,
    )
}

/// A path that can begin a line: `::` there would be a command to the runner of a pipeline.
pub(super) fn path(path: &str) -> String {
    let shown = sanitize::line(path);
    if shown.trim_start().starts_with("::") { format!("./{shown}") } else { shown.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::output::testing::Sample;

    #[test]
    fn one_line_each_with_code_point_columns() {
        let mut sample = Sample::new();
        let file = sample.file("a\n::error::.conf", "server {\n é80;\n}\n");
        sample.finding("some-rule", file, "80", "two\nlines \u{1b}[31m").severity(Severity::Warning);
        assert_eq!(render(&sample.report()), "a␊::error::.conf:2:3: warning: two␊lines ␛[31m [some-rule]\n");
    }

    #[test]
    fn no_line_begins_with_a_command_to_a_runner() {
        let mut sample = Sample::new();
        let file = sample.file("\u{2003}::error::a.conf", "server");
        sample.finding("some-rule", file, "server", "x");
        assert_eq!(render(&sample.report()), "./\u{2003}::error::a.conf:1:1: error: x [some-rule]\n");
    }
}
