//! Annotations of GitHub Actions: commands that the runner reads from the log and shows on the lines of a change.
//!
//! A step has room for ten annotations of a kind. The most important ones come first; what has no room follows as plain
//! lines, so that the log has everything.

use super::{Report, RunError, compact, in_repository, sanitize};
use crate::diagnostic::{Diagnostic, Severity};

/// How many annotations of one kind are shown.
const ROOM: usize = 10;

/// An annotation, and the line that stands for it where there is no room.
struct Annotation {
    severity: Severity,
    command: String,
    line: String,
}

/// All findings and all that could not be analysed; columns count code points.
pub fn render(report: &Report<'_>) -> String {
    let errors = report.errors.iter().map(failure);
    let mut annotations: Vec<Annotation> =
        errors.chain(report.diagnostics.iter().map(|found| finding(report, found))).collect();
    annotations.sort_by_key(|annotation| std::cmp::Reverse(annotation.severity));
    let count = |severity| annotations.iter().filter(|annotation| annotation.severity == severity).count();
    let has_room = Severity::ALL.iter().all(|severity| count(*severity) <= ROOM);
    // The notice about those that are left out takes the place of one.
    let room = |severity| if severity == Severity::Info && !has_room { ROOM - 1 } else { ROOM };
    let (mut out, mut rest, mut left_out) = (String::new(), String::new(), 0);
    for severity in Severity::ALL.iter().rev() {
        for (index, annotation) in annotations.iter().filter(|found| found.severity == *severity).enumerate() {
            let is_shown = index < room(*severity);
            left_out += usize::from(!is_shown);
            let (text, line) = if is_shown { (&mut out, &annotation.command) } else { (&mut rest, &annotation.line) };
            text.push_str(line);
            text.push('\n');
        }
    }
    if left_out > 0 {
        out.push_str(&format!("::notice title=nginspect::{left_out} more, which the log of this step lists\n"));
    }
    out + &rest
}

fn finding(report: &Report<'_>, found: &Diagnostic) -> Annotation {
    let source = report.sources.get(found.primary.span.source);
    let (start, end) = report.sources.positions(found.primary.span);
    let place = match start.line == end.line {
        true => format!("line={},col={},endLine={},endColumn={}", start.line, start.column, end.line, end.column),
        // Columns would be taken for those of the first line.
        false => format!("line={},endLine={}", start.line, end.line),
    };
    let help = found.help.as_deref().map(|help| format!("%0A{}", data(help))).unwrap_or_default();
    let kind = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let (path, message) = (source.display_path(), data(&found.message));
    let file = property(in_repository(&path));
    Annotation {
        severity: found.severity,
        command: format!("::{kind} file={file},{place},title={}::{message}{help}", property(found.rule)),
        line: compact::line(report, found),
    }
}

fn failure(error: &RunError) -> Annotation {
    let separator = if error.path.is_empty() { "" } else { ": " };
    let text = format!("{}{separator}{}", error.path, error.message);
    Annotation {
        severity: Severity::Error,
        command: format!("::error title=nginspect::{}", data(&text)),
        line: compact::path(&text),
    }
}

/// The text behind a command.
fn data(text: &str) -> String {
    sanitize::line(text).replace('%', "%25")
}

/// The value of a property. A path keeps its line ends, so that it still names its file.
fn property(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' | '\r' | '\n' | ':' | ',' => escaped.push_str(&format!("%{:02X}", c as u32)),
            _ => match sanitize::replacement(c) {
                Some(visible) => escaped.push_str(&visible),
                None => escaped.push(c),
            },
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::Sample;

    #[test]
    fn commands_are_escaped_and_errors_come_first() {
        let mut sample = Sample::new();
        let file = sample.file("./a\n::error::,%.conf", "server {\n é80;\n}\n");
        sample.finding("some-rule", file, "80", "x\n::error::y 100%").severity(Severity::Info).help("do\u{1b}");
        sample.finding("other-rule", file, "{\n é80;\n}", "z").severity(Severity::Warning);
        sample.errors.push(RunError { kind: "io", path: "b\nc".into(), message: "gone".into() });
        sample.errors.push(RunError { kind: "io", path: String::new(), message: "nothing".into() });
        insta::assert_snapshot!(render(&sample.report()), @r"
        ::error title=nginspect::b␊c: gone
        ::error title=nginspect::nothing
        ::warning file=a%0A%3A%3Aerror%3A%3A%2C%25.conf,line=1,endLine=3,title=other-rule::z
        ::notice file=a%0A%3A%3Aerror%3A%3A%2C%25.conf,line=2,col=3,endLine=2,endColumn=5,title=some-rule::x␊::error::y 100%25%0Ado␛
        ");
    }

    #[test]
    fn what_has_no_room_is_counted_and_listed() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "server");
        for severity in [Severity::Info, Severity::Warning, Severity::Error] {
            for _ in 0..12 {
                sample.finding("some-rule", file, "server", "m").severity(severity);
            }
        }
        let text = render(&sample.report());
        let count = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((count("::error "), count("::warning "), count("::notice ")), (10, 10, 10));
        assert_eq!(count("a.conf:1:1: "), 7);
        assert!(text.contains("::notice title=nginspect::7 more"), "{text}");
    }

    #[test]
    fn ten_of_each_have_room() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "server");
        for _ in 0..10 {
            sample.finding("some-rule", file, "server", "m").severity(Severity::Info);
        }
        let text = render(&sample.report());
        assert_eq!(text.lines().filter(|line| line.starts_with("::notice file=")).count(), 10);
        assert_eq!(text.lines().count(), 10);
    }
}
