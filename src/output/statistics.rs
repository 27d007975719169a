//! How often each rule found something, as a table.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Report;
use super::snippet::{Painter, Tone};
use crate::diagnostic::Severity;

/// What a rule found.
#[derive(Debug)]
struct Row {
    rule: &'static str,
    severity: Severity,
    count: usize,
    fixable: usize,
}

/// The rules with findings: the most frequent first, then by severity and name.
fn rows(report: &Report<'_>) -> Vec<Row> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for found in report.diagnostics {
        let row =
            rows.entry(found.rule).or_insert(Row { rule: found.rule, severity: found.severity, count: 0, fixable: 0 });
        row.severity = row.severity.max(found.severity);
        row.count += 1;
        row.fixable += usize::from(!found.fixes.is_empty());
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_key(|row| (Reverse(row.count), Reverse(row.severity), row.rule));
    rows
}

/// One line for each rule, and one that says what the columns are; nothing without findings.
pub(super) fn table(report: &Report<'_>, painter: &Painter) -> String {
    let rows = rows(report);
    if rows.is_empty() {
        return String::new();
    }
    let digits = |numbers: &dyn Fn(&Row) -> usize, title: &str| {
        rows.iter().map(|row| numbers(row).to_string().len()).max().unwrap_or(0).max(title.len())
    };
    let (counts, fixes) = (digits(&|row| row.count, "count"), digits(&|row| row.fixable, "fixable"));
    let title = format!("{:>counts$}  {:>fixes$}  {:8}  rule", "count", "fixable", "severity");
    let mut text = painter.paint(Tone::Faint, &title) + "\n";
    for Row { rule, severity, count, fixable } in &rows {
        let word = painter.paint(Tone::Severity(*severity), &format!("{:8}", severity.as_str()));
        let fixable = if *fixable == 0 { "-".to_owned() } else { fixable.to_string() };
        let rule = painter.link(rule, report.url_of(rule));
        text += &format!("{count:>counts$}  {fixable:>fixes$}  {word}  {rule}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Safety, Severity};
    use crate::output::human::{Style, render_statistics};
    use crate::output::testing::Sample;

    const PLAIN: Style = Style { color: false, links: false, unicode: true, width: 80 };

    #[test]
    fn rules_are_counted_and_sorted() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "listen 80;\n");
        for _ in 0..12 {
            let found = sample.finding("often", file, "80", "m").severity(Severity::Warning);
            found.fix("mend it", Safety::Safe, Vec::new());
        }
        sample.finding("b-rule", file, "80", "m").severity(Severity::Info);
        sample.finding("a-rule", file, "80", "m").severity(Severity::Info);
        sample.finding("grave", file, "80", "m");
        sample.notes.push("a note".into());
        insta::assert_snapshot!(render_statistics(&sample.report(), &PLAIN), @r"
        count  fixable  severity  rule
           12       12  warning   often
            1        -  error     grave
            1        -  info      a-rule
            1        -  info      b-rule

        note: a note
        1 error, 12 warnings, 2 info in 1 file (12 fixable)
        ");
        sample.diagnostics.clear();
        sample.notes.clear();
        assert_eq!(render_statistics(&sample.report(), &PLAIN), "no problems in 1 file\n");
    }
}
