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
