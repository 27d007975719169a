//! Checkstyle's XML, which many servers and plugins for pipelines read. What could not be analysed is not in here.

use std::fmt::Write as _;

use super::xml::escape;
use super::{Report, by_file};

/// One document; columns count code points.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
    let written = write(&mut out, report);
    debug_assert!(written.is_ok(), "a String takes everything");
    out + "</checkstyle>\n"
}

fn write(out: &mut String, report: &Report<'_>) -> std::fmt::Result {
    for (source, diagnostics) in by_file(report) {
        writeln!(out, "  <file name=\"{}\">", escape(&source.display_path()))?;
        for diagnostic in diagnostics {
            let start = source.position(diagnostic.primary.span.start);
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"nginspect.{}\"/>",
                start.line,
                start.column,
                diagnostic.severity.as_str(),
                escape(&diagnostic.message),
                diagnostic.rule,
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::output::testing::Sample;

    #[test]
    fn findings_stand_below_their_files() {
        let mut sample = Sample::new();
        let first = sample.file("a&b.conf", "server {\n é80;\n}\n");
        let second = sample.file("c.conf", "listen");
        sample.finding("some-rule", first, "80", "a < \"b\"\u{1b}").severity(Severity::Info);
        sample.finding("some-rule", second, "listen", "c").severity(Severity::Warning);
        sample.finding("other-rule", first, "server", "d");
        let text = render(&sample.report());
        roxmltree::Document::parse(&text).unwrap();
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="a&amp;b.conf">
            <error line="2" column="3" severity="info" message="a &lt; &quot;b&quot;␛" source="nginspect.some-rule"/>
            <error line="1" column="1" severity="error" message="d" source="nginspect.other-rule"/>
          </file>
          <file name="c.conf">
            <error line="1" column="1" severity="warning" message="c" source="nginspect.some-rule"/>
          </file>
        </checkstyle>
        "#);
    }

    #[test]
    fn nothing_found_is_a_document_too() {
        assert!(roxmltree::Document::parse(&render(&Sample::new().report())).is_ok());
    }
}
