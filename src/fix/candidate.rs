//! Which fixes are carried out in one round.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Examined;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::fingerprint::fingerprints;
use crate::source::{SourceId, Span};

/// What a fix is known by from round to round: the finding's fingerprint and the title.
pub(super) type FixKey = (String, String);

/// What a finding is known by when lines have moved: rule, file and message.
pub(super) type FindingKey = (&'static str, SourceId, String);

/// A fix that may be carried out, and all the findings that want these same edits.
pub(super) struct Candidate {
    pub(super) keys: Vec<FixKey>,
    pub(super) findings: Vec<FindingKey>,
    pub(super) edits: Vec<Edit>,
    /// Where the first of its findings is.
    pub(super) place: Span,
}

/// A finding, its best fix that may be carried out, and what that is known by.
pub(super) type Wanted<'d> = (&'d Diagnostic, &'d Fix, FixKey);

/// The findings with a fix that may be carried out.
pub(super) fn wanted<'d, A: Examined>(examined: &'d A, allowed: Safety, dropped: &HashSet<FixKey>) -> Vec<Wanted<'d>> {
    let diagnostics = examined.diagnostics();
    let is_wanted = |(fix, key): &(&Fix, FixKey)| {
        let may_edit = |edit: &Edit| examined.why_not_edit(edit.span.source).is_none();
        fix.safety <= allowed && !fix.edits.is_empty() && fix.edits.iter().all(may_edit) && !dropped.contains(key)
    };
    let findings = diagnostics.iter().zip(fingerprints(examined.sources(), diagnostics));
    let best = findings.filter_map(|(diagnostic, fingerprint)| {
        let mut fixes = diagnostic.fixes.iter().map(|fix| (fix, (fingerprint.clone(), fix.title.clone())));
        let (fix, key) = fixes.find(is_wanted)?;
        Some((diagnostic, fix, key))
    });
    best.collect()
}

/// Chooses, in the order of the findings, fixes that do not touch each other. What touches one that is chosen waits for the
/// next round, which may want something else.
pub(super) fn choose(wanted: Vec<Wanted<'_>>) -> Vec<Candidate> {
    let disputed = disputed(&wanted);
    let (mut chosen, mut taken): (Vec<Candidate>, Taken) = (Vec::new(), Taken::default());
    let mut by_edits: HashMap<&[Edit], usize> = HashMap::new();
    for (diagnostic, fix, key) in wanted {
        if fix.edits.iter().any(|edit| disputed.contains(&(diagnostic.rule, edit.span))) {
            continue;
        }
        let place = diagnostic.primary.span;
        let finding = (diagnostic.rule, place.source, diagnostic.message.clone());
        if let Some(same) = by_edits.get(fix.edits.as_slice()) {
            chosen[*same].keys.push(key);
            chosen[*same].findings.push(finding);
        } else if taken.take(&fix.edits) {
            by_edits.insert(&fix.edits, chosen.len());
            chosen.push(Candidate { keys: vec![key], findings: vec![finding], edits: fix.edits.clone(), place });
        }
    }
    chosen
}

/// The places where a rule wants this for one configuration and that for another which shares the file.
fn disputed(wanted: &[Wanted<'_>]) -> HashSet<(&'static str, Span)> {
    let mut firsts: HashMap<(&'static str, Span), (&str, &[Span])> = HashMap::new();
    let mut disputed = HashSet::new();
    for (diagnostic, fix, _) in wanted {
        for edit in &fix.edits {
            let key = (diagnostic.rule, edit.span);
            let (content, chain) = *firsts.entry(key).or_insert((&edit.content, &diagnostic.include_chain));
            // Of several lines that one place lacks, the next one comes in the next round.
            let is_other = chain != diagnostic.include_chain || edit.span.start < edit.span.end;
            if is_other && content != edit.content {
                disputed.insert(key);
            }
        }
    }
    disputed
}

/// The bytes that are to be edited.
#[derive(Default)]
struct Taken(BTreeMap<(SourceId, u32), u32>);

impl Taken {
    /// Takes the places of a fix, if none of them touches one that is taken.
    fn take(&mut self, edits: &[Edit]) -> bool {
        let is_free = |edit: &Edit| {
            let Span { source, start, end } = edit.span;
            let before = self.0.range(..=(source, end)).next_back();
            before.is_none_or(|((taken, _), taken_end)| *taken != source || *taken_end < start)
        };
        let is_free = edits.iter().all(is_free);
        if is_free {
            for Span { source, start, end } in edits.iter().map(|edit| edit.span) {
                let reach = self.0.entry((source, start)).or_default();
                *reach = end.max(*reach);
            }
        }
        is_free
    }
}
