//! SARIF 2.1.0: what code scanning and many editors read.
//!
//! Columns count UTF-16 code units, which `columnKind` says and which is what viewers take for granted that do not look.

mod line_hash;
mod model;
mod rules;
#[cfg(test)]
mod tests;
mod uri;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use foldhash::HashMap;

use self::line_hash::{LineHash, line_hashes};
use self::model::{
    BaseId, BaseIds, Change, CodeFlow, Driver, Fingerprints, Fix, FixProperties, Invocation, Location, Log, Message,
    Notification, PhysicalLocation, Region, Replacement, Run, SarifResult, Step, Suppression, ThreadFlow, Tool,
};
use super::{Report, json_text, sanitize};
use crate::diagnostic::{self, Diagnostic, Silencer};
use crate::source::{SourceId, Span};

/// Code scanning takes no more.
const MOST_RESULTS: usize = 25_000;
/// Code scanning shows no more.
const MOST_RELATED: usize = 100;

type Found<'a> = (&'a Diagnostic, String, Option<&'a Silencer>);

/// One log with one run, also when nothing was found. Silenced findings are in it, with what silences them.
pub fn render(report: &Report<'_>) -> String {
    json_text(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, MOST_RESULTS)],
    }) + "\n"
}

fn run(report: &Report<'_>, most: usize) -> Run {
    let (found, left_out) = most_severe(report.fingerprinted().collect(), most);
    let ids: BTreeSet<&'static str> = found.iter().map(|(found, ..)| found.rule).collect();
    let rules: Vec<_> = ids.iter().filter_map(|id| Some(rules::rule(id, (report.page_of)(id)?))).collect();
    let index_of = rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let writer = Writer { report, index_of, hashes: hashes(report, &found), has_baseline: report.baselined() > 0 };
    let results = found.iter().map(|found| writer.result(found)).collect();
    let version = env!("CARGO_PKG_VERSION");
    Run {
        tool: Tool { driver: Driver { name: env!("CARGO_PKG_NAME"), version, semantic_version: version, rules } },
        invocations: [Invocation {
            execution_successful: report.errors.is_empty(),
            tool_execution_notifications: notifications(report, left_out),
        }],
        original_uri_base_ids: BaseIds {
            source_root: BaseId { description: Message::new("the folder that nginspect was started in") },
        },
        column_kind: "utf16CodeUnits",
        results,
    }
}

/// So many findings in their order, without the least severe if there are more, and how many were left out. Findings that
/// are shown come before those that are silenced.
fn most_severe(found: Vec<Found<'_>>, most: usize) -> (Vec<Found<'_>>, usize) {
    let mut ranked: Vec<usize> = (0..found.len()).collect();
    ranked.sort_by_key(|index| (found[*index].2.is_some(), Reverse(found[*index].0.severity)));
    let mut is_kept = vec![false; found.len()];
    ranked.iter().take(most).for_each(|index| is_kept[*index] = true);
    let left_out = found.len().saturating_sub(most);
    let kept = found.into_iter().zip(is_kept).filter_map(|(found, is_kept)| is_kept.then_some(found));
    (kept.collect(), left_out)
}

fn hashes(report: &Report<'_>, found: &[Found<'_>]) -> HashMap<SourceId, Vec<LineHash>> {
    let mut hashes = HashMap::default();
    for (found, ..) in found {
        let source = found.primary.span.source;
        hashes.entry(source).or_insert_with(|| line_hashes(report.sources.get(source).bytes()));
    }
    hashes
}

/// What could not be analysed, and what else there is to say about the run.
fn notifications(report: &Report<'_>, left_out: usize) -> Vec<Notification> {
    let error = |error: &super::RunError| {
        let physical_location =
            PhysicalLocation { artifact_location: uri::location_of(Path::new(&error.path)), region: None };
        let location = (!error.path.is_empty()).then_some(Location { physical_location, message: None });
        Notification { level: "error", message: message(&error.message), locations: location.into_iter().collect() }
    };
    let note = |text: &str| Notification { level: "note", message: message(text), locations: Vec::new() };
    let cut = format!("{left_out} more findings are not in this log, which would be too large");
    let notes = report.notes.iter().map(String::as_str).chain((left_out > 0).then_some(cut.as_str()));
    report.errors.iter().map(error).chain(notes.map(note)).collect()
}

/// What people read is made safe to show; replacements and addresses are exact.
fn message(text: &str) -> Message {
    Message::new(sanitize::line(text))
}

struct Writer<'r> {
    report: &'r Report<'r>,
    /// The places of the rules in the log.
    index_of: HashMap<&'static str, usize>,
    hashes: HashMap<SourceId, Vec<LineHash>>,
    has_baseline: bool,
}

impl Writer<'_> {
    fn result(&self, (found, fingerprint, silencer): &Found<'_>) -> SarifResult {
        let label = (!found.primary.message.is_empty()).then(|| message(&found.primary.message));
        SarifResult {
            rule_id: found.rule,
            rule_index: self.index_of.get(found.rule).copied(),
            level: rules::level(found.severity),
            message: text_of(found),
            locations: [self.location(found.primary.span, label)],
            related_locations: self.related(found),
            code_flows: self.include_chain(found).into_iter().collect(),
            partial_fingerprints: Fingerprints {
                line_hash: self.line_hash(found.primary.span),
                own: fingerprint.clone(),
            },
            suppressions: silencer.map(suppression).into_iter().collect(),
            baseline_state: self.baseline_state(*silencer),
            fixes: found.fixes.iter().map(|offered| self.fix(offered)).collect(),
        }
    }

    fn line_hash(&self, span: Span) -> String {
        let line = self.report.sources.get(span.source).line_of(span.start) as usize;
        // A CR alone ends a line for the uploader, so it never has fewer than we have.
        self.hashes[&span.source].get(line - 1).copied().unwrap_or_default().to_string()
    }

    /// Where a baseline is used, everything is either in it or new.
    fn baseline_state(&self, silencer: Option<&Silencer>) -> Option<&'static str> {
        match silencer {
            Some(Silencer::Baseline) => Some("unchanged"),
            _ => self.has_baseline.then_some("new"),
        }
    }

    fn location(&self, span: Span, message: Option<Message>) -> Location {
        let artifact_location = uri::location_of(self.report.sources.get(span.source).path());
        let physical_location = PhysicalLocation { artifact_location, region: Some(self.region(span)) };
        Location { physical_location, message }
    }

    fn region(&self, span: Span) -> Region {
        let (start, end) = self.report.sources.positions(span);
        Region {
            start_line: start.line,
            start_column: start.utf16_column,
            end_line: end.line,
            end_column: end.utf16_column,
        }
    }

    fn related(&self, found: &Diagnostic) -> Vec<Location> {
        let labels = found.related.iter().take(MOST_RELATED);
        labels.map(|label| self.location(label.span, Some(message(&label.message)))).collect()
    }

    /// The way from the main file to the finding.
    fn include_chain(&self, found: &Diagnostic) -> Option<CodeFlow> {
        let mut steps: Vec<Step> = found
            .include_chain
            .iter()
            .map(|include| Step { location: self.location(*include, Some(Message::new("included from here"))) })
            .collect();
        if steps.is_empty() {
            return None;
        }
        steps.push(Step { location: self.location(found.primary.span, Some(message(&found.message))) });
        Some(CodeFlow { thread_flows: [ThreadFlow { locations: steps }] })
    }

    fn fix(&self, fix: &diagnostic::Fix) -> Fix {
        let mut changes: BTreeMap<SourceId, Vec<Replacement>> = BTreeMap::new();
        for edit in &fix.edits {
            let (deleted_region, inserted_content) = (self.region(edit.span), Message::new(&edit.content));
            changes.entry(edit.span.source).or_default().push(Replacement { deleted_region, inserted_content });
        }
        let change = |(source, replacements)| {
            let artifact_location = uri::location_of(self.report.sources.get(source).path());
            Change { artifact_location, replacements }
        };
        Fix {
            description: message(&fix.title),
            artifact_changes: changes.into_iter().map(change).collect(),
            properties: FixProperties { applicability: fix.safety.as_str() },
        }
    }
}

fn text_of(found: &Diagnostic) -> Message {
    let help = found.help.as_deref().map(|help| format!("\n{}", sanitize::line(help))).unwrap_or_default();
    Message::new(format!("{}{help}", sanitize::line(&found.message)))
}

fn suppression(silencer: &Silencer) -> Suppression {
    match silencer {
        Silencer::Comment(reason) => Suppression {
            kind: "inSource",
            justification: (!reason.is_empty()).then(|| sanitize::line(reason).into_owned()),
        },
        Silencer::Baseline => Suppression { kind: "external", justification: Some("the baseline knows it".to_owned()) },
    }
}
