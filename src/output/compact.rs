//! One line per finding, `path:line:col: severity: message [rule]`: what editors' error patterns and `grep` read.

use std::fmt::Write as _;

use super::{Report, sanitize};

/// All findings, one a line; columns count code points. What could not be analysed is not in here.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for diagnostic in report.diagnostics {
        let source = report.sources.get(diagnostic.primary.span.source);
        let start = source.position(diagnostic.primary.span.start);
        let written = writeln!(
            out,
            "{}:{}:{}: {}: {} [{}]",
            sanitize::line(&source.display_path()),
            start.line,
            start.column,
            diagnostic.severity.as_str(),
            sanitize::line(&diagnostic.message),
            diagnostic.rule,
        );
        debug_assert!(written.is_ok(), "a String takes everything");
    }
    out
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
}
