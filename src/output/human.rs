//! What a person reads in a terminal: each finding with the lines that it is about, and a summary.

use super::cut::Room;
use super::snippet::{Painter, Tone};
pub use super::style::Style;
use super::window::windows;
use super::{Report, RunError, sanitize, statistics, wrap::wrap};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::source::Span;

/// No line of source is shown wider than this, however wide the terminal is.
const WIDEST_LINE: usize = 160;
/// With more related labels than this …
const MOST_RELATED: usize = 6;
/// … so many are shown.
const SHOWN_RELATED: usize = 5;
/// So many of the `include` directives that lead to a finding are named.
const SHOWN_INCLUDES: usize = 3;

/// All findings, then what could not be analysed, the notes and the summary.
pub fn render(report: &Report<'_>, style: &Style) -> String {
    let page = Page { report, painter: Painter::new(style), style: *style };
    let mut out = page.diagnostics();
    page.end(&mut out);
    out
}

/// How often each rule found something, and then what [`render`] says behind the findings.
pub fn render_statistics(report: &Report<'_>, style: &Style) -> String {
    let page = Page { report, painter: Painter::new(style), style: *style };
    let mut out = statistics::table(report, &page.painter);
    if !out.is_empty() {
        out.push('\n');
    }
    page.end(&mut out);
    out
}

/// The findings alone.
pub fn render_findings(report: &Report<'_>, style: &Style) -> String {
    Page { report, painter: Painter::new(style), style: *style }.diagnostics()
}

struct Page<'a> {
    report: &'a Report<'a>,
    painter: Painter,
    style: Style,
}

impl Page<'_> {
    fn diagnostics(&self) -> String {
        let mut out = String::new();
        for diagnostic in self.report.diagnostics {
            self.diagnostic(&mut out, diagnostic);
            out.push('\n');
        }
        out
    }

    /// What could not be analysed, the notes and the summary.
    fn end(&self, out: &mut String) {
        for error in self.report.errors {
            self.error(out, error);
        }
        for note in self.report.notes {
            self.tagged(out, Tone::Strong, "note:", &sanitize::line(note), None);
        }
        self.summary(out);
    }

    fn diagnostic(&self, out: &mut String, diagnostic: &Diagnostic) {
        let tone = Tone::Severity(diagnostic.severity);
        let tag = format!("{}[{}]:", diagnostic.severity.as_str(), diagnostic.rule);
        self.tagged(out, tone, &tag, &sanitize::line(&diagnostic.message), Some(diagnostic.rule));

        let count = diagnostic.related.len();
        let shown = if count > MOST_RELATED { SHOWN_RELATED } else { count };
        let room = self.room(diagnostic);
        let windows = windows(self.report.sources, &diagnostic.primary, &diagnostic.related[..shown], room);
        out.push_str(&self.painter.draw(&windows, diagnostic.severity));

        if shown < count {
            let more = format!("{} and {} more", self.ellipsis(), count - shown);
            self.footer(out, &more, "");
        }
        if !diagnostic.include_chain.is_empty() {
            self.footer(out, "included from", &self.include_chain(&diagnostic.include_chain));
        }
        for line in diagnostic.help.iter().flat_map(|help| help.lines()) {
            self.footer(out, "help:", &sanitize::line(line));
        }
        for fix in &diagnostic.fixes {
            let caveat = if fix.safety == Safety::Unsafe { " (unsafe)" } else { "" };
            self.footer(out, "fix:", &(sanitize::line(&fix.title) + caveat));
        }
    }

    /// What is left for source text beside the line numbers.
    fn room(&self, diagnostic: &Diagnostic) -> Room {
        let spans = diagnostic.related.iter().map(|label| label.span).chain([diagnostic.primary.span]);
        let last_line = spans.map(|span| self.report.sources.get(span.source).line_of(span.end)).max();
        let gutter = last_line.unwrap_or(0).to_string().len() + 4;
        Room { columns: self.style.width.saturating_sub(gutter).clamp(40, WIDEST_LINE), ellipsis: self.ellipsis() }
    }

    fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }

    /// The nearest first, as compilers do.
    fn include_chain(&self, chain: &[Span]) -> String {
        let named = chain.iter().rev().take(SHOWN_INCLUDES).map(|span| {
            let source = self.report.sources.get(span.source);
            format!("{}:{}", sanitize::line(&source.display_path()), source.line_of(span.start))
        });
        let mut text = named.collect::<Vec<_>>().join(", from ");
        if chain.len() > SHOWN_INCLUDES {
            text += &format!(", {} and {} more", self.ellipsis(), chain.len() - SHOWN_INCLUDES);
        }
        text
    }

    fn error(&self, out: &mut String, error: &RunError) {
        let tag = if error.kind == "internal" { "internal error:" } else { "error:" };
        let message = sanitize::line(&error.message);
        let text = if error.path.is_empty() {
            message.into_owned()
        } else {
            format!("{}: {message}", sanitize::line(&error.path))
        };
        self.tagged(out, Tone::Severity(Severity::Error), tag, &text, None);
    }

    /// A line at the margin: a coloured tag, in which a rule may be named, and a text that stands out.
    fn tagged(&self, out: &mut String, tone: Tone, tag: &str, text: &str, rule: Option<&str>) {
        let first = self.style.width.saturating_sub(tag.chars().count() + 1);
        let lines = wrap(text, first, self.style.width.saturating_sub(2));
        let lines: Vec<String> = lines.iter().map(|line| self.painter.paint(Tone::Strong, line)).collect();
        let tag = match rule {
            Some(rule) => tag.replacen(rule, &self.painter.link(rule, self.report.url_of(rule)), 1),
            None => tag.to_owned(),
        };
        let tag = self.painter.paint(tone, &tag);
        *out += &format!("{tag} {}\n", lines.join("\n  "));
    }

    /// A line below a snippet, its text aligned with itself and with that of other short tags.
    fn footer(&self, out: &mut String, tag: &str, text: &str) {
        let tone = if tag.ends_with(':') { Tone::Help } else { Tone::Faint };
        let tag = format!("{tag:>5}");
        let indent = tag.chars().count() + 3;
        let columns = self.style.width.saturating_sub(indent);
        let text = wrap(text, columns, columns).join(&format!("\n{:indent$}", ""));
        let line = format!("  {} {text}", self.painter.paint(tone, &tag));
        out.push_str(line.trim_end_matches(' '));
        out.push('\n');
    }

    fn summary(&self, out: &mut String) {
        let report = self.report;
        let counts = Severity::ALL.iter().rev().map(|severity| (*severity, report.count(*severity)));
        let counts: Vec<String> = counts
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| {
                // "info" has no plural.
                let word = if severity == Severity::Info { "info".into() } else { plural(count, severity.as_str()) };
                self.painter.paint(Tone::Severity(severity), &format!("{count} {word}"))
            })
            .collect();
        let found = if counts.is_empty() { self.painter.paint(Tone::Help, "no problems") } else { counts.join(", ") };
        *out += &format!("{found} in {} {}", report.files, plural(report.files, "file"));
        if report.fixable() > 0 {
            *out += &format!(" ({} fixable)", report.fixable());
        }
        for (count, what) in [(report.suppressed(), "suppressed"), (report.baselined(), "in the baseline")] {
            if count > 0 {
                *out += &format!(", {count} {what}");
            }
        }
        if !report.errors.is_empty() {
            *out += "; the run is incomplete, see above";
        }
        out.push('\n');
    }
}

pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_string() } else { format!("{word}s") }
}

#[cfg(test)]
#[path = "human_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "human_properties.rs"]
mod properties;
