//! One finding as a piece of the page.

use maud::{Markup, html};

use super::super::cut::Room;
use super::super::window::windows;
use super::super::{Report, sanitize};
use super::prose::prose;
use super::{diff, excerpt};
use crate::diagnostic::{Diagnostic, Fix, Safety, Silencer};
use crate::source::Span;

/// Lines are cut to what a wide window shows.
const ROOM: Room = Room { columns: 140, ellipsis: "…" };
/// So many further places of a finding are shown.
const MOST_RELATED: usize = 12;
/// So many of the `include` directives that lead to a finding are named.
const MOST_INCLUDES: usize = 8;

pub(super) struct Finding<'a> {
    pub(super) diagnostic: &'a Diagnostic,
    pub(super) path: String,
    by: Option<&'a Silencer>,
    anchor: String,
}

/// All findings: first those to show, then the silenced ones.
pub(super) fn of<'a>(report: &'a Report<'_>) -> Vec<Finding<'a>> {
    let finding = |(diagnostic, fingerprint, by): (&'a Diagnostic, String, _)| {
        let source = report.sources.get(diagnostic.primary.span.source);
        let path = sanitize::line(&source.display_path()).into_owned();
        Finding { diagnostic, path, by, anchor: format!("f-{}", fingerprint.replace(':', "-")) }
    };
    report.fingerprinted().map(finding).collect()
}

impl Finding<'_> {
    pub(super) fn markup(&self, report: &Report<'_>, is_open: bool) -> Markup {
        let found = self.diagnostic;
        let severity = found.severity.as_str();
        let line = report.sources.get(found.primary.span.source).line_of(found.primary.span.start);
        html! {
            details .finding.(severity) #(self.anchor) open[is_open]
                data-severity=(severity) data-category=(found.category.as_str()) data-rule=(found.rule) {
                summary {
                    span .badge { (severity) } " "
                    span .message { (prose(&found.message)) } " "
                    span .where { code { (found.rule) } " " span { "line " (line) } }
                }
                div .body {
                    (self.facts(report))
                    (self.places(report))
                    @for line in found.help.iter().flat_map(|help| help.lines()) {
                        p .help { strong { "help: " } (prose(line)) }
                    }
                    @for fix in &found.fixes { (fix_markup(report, fix)) }
                }
            }
        }
    }

    fn facts(&self, report: &Report<'_>) -> Markup {
        let found = self.diagnostic;
        html! {
            p .facts {
                @match report.url_of(found.rule) {
                    Some(url) => a href=(url) rel="noopener noreferrer" { "reference" span .unseen { " of " (found.rule) } },
                    None => {},
                }
                span { (found.category.as_str()) }
                span { (found.confidence.as_str()) " confidence" }
                @if found.nginx_rejects { strong { "nginx refuses to start" } }
                @match self.by {
                    Some(Silencer::Comment(reason)) if reason.is_empty() => span { "suppressed by a comment" },
                    Some(Silencer::Comment(reason)) => span { "suppressed by a comment: " (sanitize::line(reason)) },
                    Some(Silencer::Baseline) => span { "in the baseline" },
                    None => {},
                }
                a .self href={ "#" (self.anchor) } { "link" span .unseen { " to this finding" } }
            }
        }
    }

    /// The excerpts, and how nginx gets there.
    fn places(&self, report: &Report<'_>) -> Markup {
        let Diagnostic { primary, related, include_chain, .. } = self.diagnostic;
        let shown = related.len().min(MOST_RELATED);
        let place = |span: &Span| {
            let source = report.sources.get(span.source);
            format!("{}:{}", sanitize::line(&source.display_path()), source.line_of(span.start))
        };
        html! {
            @for window in windows(report.sources, primary, &related[..shown], ROOM) { (excerpt::markup(&window)) }
            @if shown < related.len() { p .limit { "and " (related.len() - shown) " more places" } }
            @if !include_chain.is_empty() {
                p .chain {
                    "included from "
                    // The nearest first, as compilers do.
                    @for (index, span) in include_chain.iter().rev().take(MOST_INCLUDES).enumerate() {
                        @if index > 0 { ", from " }
                        code { (place(span)) }
                    }
                    @if include_chain.len() > MOST_INCLUDES { ", and " (include_chain.len() - MOST_INCLUDES) " more" }
                }
            }
        }
    }
}

fn fix_markup(report: &Report<'_>, fix: &Fix) -> Markup {
    html! {
        div .fix {
            p {
                strong { "fix: " } (prose(&fix.title))
                @if fix.safety == Safety::Unsafe { " " span .caveat { "(unsafe: changes behaviour)" } }
            }
            (diff::markup(report.sources, &fix.edits))
        }
    }
}
