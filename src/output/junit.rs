//! JUnit's XML, which pipelines show as test results: a file is a suite, a finding a test that failed.
//!
//! An `info` is worth knowing and fails nothing: its test passes, with the finding as its output.

use std::fmt::Write as _;

use super::xml::escape;
use super::{Report, RunError, by_file};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;

/// One document; columns count code points. A run without findings is one test that passed.
pub fn render(report: &Report<'_>) -> String {
    let mut suites = String::new();
    let written = write_suites(&mut suites, report);
    debug_assert!(written.is_ok(), "a String takes everything");
    let failures = report.diagnostics.iter().filter(|found| fails(found)).count();
    let counts = Counts { tests: report.diagnostics.len(), failures, errors: report.errors.len() };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nginspect\" {}>\n{suites}</testsuites>\n",
        counts.attributes()
    )
}

struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Counts {
    /// What could not be analysed is a test as well, and so is the one that says that all is well.
    fn attributes(&self) -> String {
        let tests = (self.tests + self.errors).max(1);
        format!("tests=\"{tests}\" failures=\"{}\" errors=\"{}\"", self.failures, self.errors)
    }
}

fn write_suites(out: &mut String, report: &Report<'_>) -> std::fmt::Result {
    for (source, diagnostics) in by_file(report) {
        let failures = diagnostics.iter().filter(|found| fails(found)).count();
        open_suite(out, &source.display_path(), &Counts { tests: diagnostics.len(), failures, errors: 0 })?;
        for diagnostic in diagnostics {
            write_finding(out, source, diagnostic)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    if !report.errors.is_empty() {
        open_suite(out, "nginspect", &Counts { tests: 0, failures: 0, errors: report.errors.len() })?;
        report.errors.iter().try_for_each(|error| write_error(out, error))?;
        writeln!(out, "  </testsuite>")?;
    } else if report.diagnostics.is_empty() {
        open_suite(out, "nginspect", &Counts { tests: 1, failures: 0, errors: 0 })?;
        writeln!(out, "    <testcase name=\"No errors found\" classname=\"nginspect\"/>\n  </testsuite>")?;
    }
    Ok(())
}

fn fails(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity > Severity::Info
}

fn open_suite(out: &mut String, name: &str, counts: &Counts) -> std::fmt::Result {
    let attributes = counts.attributes();
    writeln!(out, "  <testsuite name=\"{}\" package=\"org.nginspect\" {attributes}>", escape(name))
}

fn write_finding(out: &mut String, source: &Source, diagnostic: &Diagnostic) -> std::fmt::Result {
    let start = source.position(diagnostic.primary.span.start);
    let (path, message) = (escape(&source.display_path()), escape(&diagnostic.message));
    writeln!(
        out,
        "    <testcase name=\"org.nginspect.{}\" classname=\"{path}\" line=\"{}\" column=\"{}\">",
        diagnostic.rule, start.line, start.column
    )?;
    let help = diagnostic.help.as_deref().map(|help| format!("\nhelp: {}", escape(help))).unwrap_or_default();
    let text = format!("{path}:{}:{}: {message}{help}", start.line, start.column);
    match fails(diagnostic) {
        true => {
            let severity = diagnostic.severity.as_str();
            writeln!(out, "      <failure type=\"{severity}\" message=\"{message}\">{text}</failure>")?;
        }
        false => writeln!(out, "      <system-out>{text}</system-out>")?,
    }
    writeln!(out, "    </testcase>")
}

fn write_error(out: &mut String, error: &RunError) -> std::fmt::Result {
    let (path, message) = (escape(&error.path), escape(&error.message));
    writeln!(out, "    <testcase name=\"org.nginspect.{}\" classname=\"{path}\">", error.kind)?;
    writeln!(out, "      <error type=\"{}\" message=\"{message}\">{path}: {message}</error>", error.kind)?;
    writeln!(out, "    </testcase>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::Sample;

    #[test]
    fn findings_and_errors_are_tests() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "server {\n 80;\n}\n");
        sample.finding("some-rule", file, "80", "a < b").help("x & y");
        sample.finding("other-rule", file, "server", "d").severity(Severity::Info);
        sample.errors.push(RunError { kind: "io", path: "b.conf".into(), message: "gone".into() });
        let text = render(&sample.report());
        roxmltree::Document::parse(&text).unwrap();
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="nginspect" tests="3" failures="1" errors="1">
          <testsuite name="a.conf" package="org.nginspect" tests="2" failures="1" errors="0">
            <testcase name="org.nginspect.some-rule" classname="a.conf" line="2" column="2">
              <failure type="error" message="a &lt; b">a.conf:2:2: a &lt; b
        help: x &amp; y</failure>
            </testcase>
            <testcase name="org.nginspect.other-rule" classname="a.conf" line="1" column="1">
              <system-out>a.conf:1:1: d</system-out>
            </testcase>
          </testsuite>
          <testsuite name="nginspect" package="org.nginspect" tests="1" failures="0" errors="1">
            <testcase name="org.nginspect.io" classname="b.conf">
              <error type="io" message="gone">b.conf: gone</error>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn a_clean_run_is_a_test_that_passed() {
        let text = render(&Sample::new().report());
        roxmltree::Document::parse(&text).unwrap();
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="nginspect" tests="1" failures="0" errors="0">
          <testsuite name="nginspect" package="org.nginspect" tests="1" failures="0" errors="0">
            <testcase name="No errors found" classname="nginspect"/>
          </testsuite>
        </testsuites>
        "#);
    }
}
