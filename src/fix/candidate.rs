//! Which fixes are carried out in one round.

use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use super::Examined;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::fingerprint::fingerprints;
use crate::source::{SourceId, Span};

/// What a fix is known by from round to round: the finding's fingerprint and the title.
pub(super) type FixKey = (String, Cow<'static, str>);

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
    let mut by_edits: HashMap<&[Edit], usize> = HashMap::default();
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
    let mut firsts: HashMap<(&'static str, Span), (&str, &[Span])> = HashMap::default();
    let mut disputed = HashSet::default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::Sample;

    /// A wish: rule, first and last byte of an edit, and what to write there.
    type Wish = (&'static str, u32, u32, &'static str);

    /// What is chosen of these wishes, as the contents of the edits; wishes with the same edits are counted.
    fn chosen(wishes: &[Wish]) -> Vec<(String, usize)> {
        chosen_of(&wishes.iter().map(|wish| (vec![*wish], None)).collect::<Vec<_>>())
    }

    /// The same for fixes of several edits, in places with or without a way that includes lead there.
    fn chosen_of(fixes: &[(Vec<Wish>, Option<u32>)]) -> Vec<(String, usize)> {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "0123456789".repeat(10));
        for (number, (wishes, chain)) in fixes.iter().enumerate() {
            let edit = |(_, start, end, content): &Wish| Edit::replace(Span::new(file, *start, *end), *content);
            let span = Span::new(file, number as u32, number as u32);
            let finding = sample.finding_at(wishes[0].0, span, "m");
            finding.fix("title", Safety::Safe, wishes.iter().map(edit).collect());
            finding.include_chain = chain.iter().map(|at| Span::new(file, *at, *at)).collect();
        }
        let wanted = sample
            .diagnostics
            .iter()
            .enumerate()
            .map(|(number, finding)| (finding, &finding.fixes[0], (number.to_string(), "title".into())));
        let candidates = choose(wanted.collect());
        let shown = |candidate: &Candidate| {
            assert_eq!(candidate.keys.len(), candidate.findings.len());
            let contents: Vec<&str> = candidate.edits.iter().map(|edit| edit.content.as_str()).collect();
            (contents.join(" "), candidate.findings.len())
        };
        candidates.iter().map(shown).collect()
    }

    fn ones(contents: &[&str]) -> Vec<(String, usize)> {
        contents.iter().map(|content| ((*content).to_owned(), 1)).collect()
    }

    #[test]
    fn fixes_that_touch_wait() {
        assert_eq!(chosen(&[("r", 0, 5, "a"), ("r", 6, 9, "b")]), ones(&["a", "b"]));
        assert_eq!(chosen(&[("r", 0, 5, "a"), ("r", 5, 9, "b")]), ones(&["a"]));
        assert_eq!(chosen(&[("r", 5, 9, "a"), ("r", 0, 5, "b")]), ones(&["a"]));
        assert_eq!(chosen(&[("r", 0, 9, "a"), ("r", 4, 5, "b")]), ones(&["a"]));
        assert_eq!(chosen(&[("r", 4, 5, "a"), ("r", 0, 9, "b")]), ones(&["a"]));
        assert_eq!(chosen(&[("r", 3, 3, "a"), ("q", 3, 3, "b")]), ones(&["a"]));
        let several = |first: Vec<Wish>, second: Vec<Wish>| chosen_of(&[(first, None), (second, None)]);
        let apart = several(vec![("r", 0, 1, "a"), ("r", 20, 21, "b")], vec![("r", 10, 11, "c"), ("r", 30, 31, "d")]);
        assert_eq!(apart, ones(&["a b", "c d"]));
        let touching =
            several(vec![("r", 0, 1, "a"), ("r", 20, 21, "b")], vec![("r", 10, 11, "c"), ("r", 21, 31, "d")]);
        assert_eq!(touching, ones(&["a b"]));
        // What a fix of several edits in one place takes is all of it.
        let long = several(vec![("r", 0, 9, "a"), ("r", 0, 0, "b")], vec![("r", 5, 6, "c")]);
        assert_eq!(long, ones(&["a b"]));
    }

    #[test]
    fn the_same_edits_are_carried_out_once() {
        assert_eq!(chosen(&[("r", 0, 5, "a"), ("q", 0, 5, "a"), ("r", 0, 5, "a")]), [("a".to_owned(), 3)]);
    }

    #[test]
    fn what_a_rule_wants_differently_for_another_configuration_is_left() {
        let places = |first: Option<u32>, second: Option<u32>, end: u32| {
            chosen_of(&[(vec![("r", 5, end, "a")], first), (vec![("r", 5, end, "b")], second)])
        };
        assert_eq!(places(Some(1), Some(2), 5), []);
        assert_eq!(places(Some(1), Some(2), 6), []);
        // One place lacks two lines: one after the other.
        assert_eq!(places(Some(1), Some(1), 5), ones(&["a"]));
        assert_eq!(places(Some(1), Some(1), 6), []);
        assert_eq!(
            chosen_of(&[(vec![("r", 5, 5, "a")], Some(1)), (vec![("r", 5, 5, "a")], Some(2))]),
            [("a".to_owned(), 2)]
        );
    }
}
