//! Fixes, round after round, each looked at again before it counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};

use super::apply;
use super::candidate::{Candidate, FindingKey, FixKey, choose, wanted};
use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::source::{SourceId, Sources};

/// A configuration that still changes after so many rounds never comes to rest.
const MOST_ROUNDS: usize = 10;
/// So many analyses are spent on finding out which fixes do harm.
const MOST_TRIALS: usize = 200;

/// New texts by the one name of their files.
pub type Texts = BTreeMap<PathBuf, Vec<u8>>;

/// An analysis, as far as mending needs to know it.
pub trait Examined {
    /// The texts that were analysed.
    fn sources(&self) -> &Sources;
    /// The one name of a text's file.
    fn identity(&self, source: SourceId) -> &Path;
    /// The findings whose fixes are wanted, in order.
    fn diagnostics(&self) -> &[Diagnostic];
    /// Rule and message of everything that nginx would refuse, wanted or not.
    fn refusals(&self) -> Vec<(&'static str, String)>;
    /// How many mistakes of syntax a text has.
    fn syntax_errors(&self, source: SourceId) -> usize;
    /// How much could not be analysed.
    fn failures(&self) -> usize;
    /// Why a text is to stay as it is; none if it may be edited.
    fn why_not_edit(&self, source: SourceId) -> Option<&'static str>;
}

/// What came of it.
#[derive(Debug)]
pub struct Mended<A> {
    /// The analysis of the texts as they are now.
    pub examined: A,
    /// The texts that are different now.
    pub texts: Texts,
    /// How many findings were mended.
    pub fixed: usize,
    /// How many of the rest have a fix that is not safe.
    pub left_to_unsafe: usize,
    /// What was left alone, and why.
    pub notes: Vec<String>,
}

/// Carries out all fixes up to this safety that do no harm. `analyse` is asked what it thinks of changed texts; the texts
/// that it does not get are as they were.
pub fn mend<A: Examined>(examined: A, allowed: Safety, analyse: impl FnMut(&Texts) -> A) -> Mended<A> {
    let mut engine = Engine {
        examined,
        originals: Texts::new(),
        texts: Texts::new(),
        rounds: Vec::new(),
        allowed,
        analyse,
        trials: 0,
        dropped: HashSet::default(),
        notes: Vec::new(),
    };
    let is_at_rest = (0..MOST_ROUNDS).any(|_| !engine.round());
    if !is_at_rest && !engine.candidates().is_empty() {
        engine.notes.push(format!("there is more to fix after {MOST_ROUNDS} rounds; run it again"));
    }
    engine.note_left_alone();
    let left_to_unsafe = engine.left_to_unsafe();
    let Engine { examined, texts, rounds, notes, .. } = engine;
    let fixed = rounds.iter().flat_map(|round| &round.keys).count();
    Mended { examined, texts, fixed, left_to_unsafe, notes }
}

struct Engine<A, F> {
    examined: A,
    /// The texts that were changed, as they were.
    originals: Texts,
    /// The texts that are different.
    texts: Texts,
    rounds: Vec<Round>,
    allowed: Safety,
    analyse: F,
    trials: usize,
    dropped: HashSet<FixKey>,
    notes: Vec<String>,
}

/// What was done at once: the texts before it, and the fixes.
struct Round {
    before: Texts,
    keys: Vec<FixKey>,
}

/// Fixes that go together: the texts with them, and what the analysis says.
struct Accepted<'c, A> {
    fixes: Vec<&'c Candidate>,
    result: Option<(Texts, A)>,
}

impl<A: Examined, F: FnMut(&Texts) -> A> Engine<A, F> {
    fn candidates(&self) -> Vec<Candidate> {
        choose(wanted(&self.examined, self.allowed, &self.dropped))
    }

    /// One round; false if there is nothing to do any more.
    fn round(&mut self) -> bool {
        let candidates = self.candidates();
        if candidates.is_empty() {
            return false;
        }
        let mut accepted = Accepted { fixes: Vec::new(), result: None };
        self.settle(&mut accepted, &candidates.iter().collect::<Vec<_>>());
        let Some((texts, examined)) = accepted.result else { return true };
        let keys = accepted.fixes.iter().flat_map(|fix| &fix.keys).cloned().collect();
        self.rounds.push(Round { before: std::mem::replace(&mut self.texts, texts), keys });
        // Texts that come back show fixes that undo each other; then none of them counts.
        if let Some(first) = self.rounds.iter().position(|round| round.before == self.texts) {
            accepted.fixes.iter().for_each(|fix| self.drop(fix, "another fix undoes it"));
            self.dropped.extend(self.rounds.drain(first..).flat_map(|round| round.keys));
        }
        self.examined = examined;
        true
    }

    /// Takes as many of the candidates as do no harm together; those that do are found by halving. What does harm by itself is
    /// dropped, what does so beside others waits for the next round.
    fn settle<'c>(&mut self, accepted: &mut Accepted<'c, A>, candidates: &[&'c Candidate]) {
        let all: Vec<&Candidate> = accepted.fixes.iter().chain(candidates).copied().collect();
        match (self.tried(&all), candidates) {
            (Ok(result), _) => *accepted = Accepted { fixes: all, result: Some(result) },
            (Err(harm), [single]) if accepted.fixes.is_empty() => self.drop(single, harm),
            (Err(_), [single]) => {
                if let Err(harm) = self.tried(&[single]) {
                    self.drop(single, harm);
                }
            }
            (Err(_), _) if self.trials > MOST_TRIALS => {
                candidates.iter().for_each(|fix| self.drop(fix, "too many others do harm to tell them apart"));
            }
            (Err(_), _) => {
                let (first, second) = candidates.split_at(candidates.len() / 2);
                self.settle(accepted, first);
                self.settle(accepted, second);
            }
        }
    }

    /// The texts with these fixes and what the analysis says of them, or the harm that they do.
    fn tried(&mut self, fixes: &[&Candidate]) -> Result<(Texts, A), &'static str> {
        self.trials += 1;
        let texts = self.changed(fixes).ok_or("its edits contradict each other")?;
        let after = (self.analyse)(&texts);
        match self.harm(&after, fixes) {
            Some(harm) => Err(harm),
            None => Ok((texts, after)),
        }
    }

    /// The texts with these fixes; none if their edits do not go together.
    fn changed(&mut self, fixes: &[&Candidate]) -> Option<Texts> {
        let mut edits: HashMap<SourceId, Vec<Edit>> = HashMap::default();
        for edit in fixes.iter().flat_map(|fix| &fix.edits) {
            edits.entry(edit.span.source).or_default().push(edit.clone());
        }
        let mut texts = self.texts.clone();
        for (source, edits) in edits {
            let path = self.examined.identity(source).to_path_buf();
            let before = self.examined.sources().get(source).bytes();
            let text = apply(source, before, &edits)?;
            if *self.originals.entry(path.clone()).or_insert_with(|| before.to_vec()) == text {
                texts.remove(&path);
            } else {
                texts.insert(path, text);
            }
        }
        Some(texts)
    }

    /// What is worse after these fixes than it was before.
    fn harm(&self, after: &A, fixes: &[&Candidate]) -> Option<&'static str> {
        let before = &self.examined;
        if after.failures() > before.failures() {
            return Some("something could not be analysed any more");
        }
        let errors_before = syntax_errors(before);
        let has_more = |(path, count): (&Path, usize)| count > errors_before.get(path).copied().unwrap_or_default();
        if syntax_errors(after).into_iter().any(has_more) {
            return Some("the text would not parse any more");
        }
        let refused_before = counted(before.refusals());
        let is_new = |(refusal, count)| count > refused_before.get(&refusal).copied().unwrap_or_default();
        if counted(after.refusals()).into_iter().any(is_new) {
            return Some("nginx would refuse something else");
        }
        let (found_before, found_after) = (findings(before), findings(after));
        let mended = counted(fixes.iter().flat_map(|fix| &fix.findings).cloned());
        let is_left = |((rule, source, message), count): (FindingKey, usize)| {
            let key = (rule, before.identity(source), message.as_str());
            let found = |found: &HashMap<_, usize>| found.get(&key).copied().unwrap_or_default();
            found(&found_after) + count > found(&found_before)
        };
        mended.into_iter().any(is_left).then_some("the same would be found again")
    }

    fn drop(&mut self, fix: &Candidate, why: &str) {
        self.dropped.extend(fix.keys.iter().cloned());
        let source = self.examined.sources().get(fix.place.source);
        let place = format!("{}:{}", source.display_path(), source.line_of(fix.place.start));
        let title = fix.keys.first().map_or("", |(_, title)| title.as_ref());
        let rule = fix.findings.first().map_or("", |(rule, ..)| rule);
        self.note(format!("left alone: {rule} at {place} ({title}), for {why}"));
    }

    /// Which files stay as they are although there is something to fix in them.
    fn note_left_alone(&mut self) {
        let fixes = self.examined.diagnostics().iter().flat_map(|finding| &finding.fixes);
        let fixes = fixes.filter(|fix| fix.safety <= self.allowed);
        let reasons = fixes.flat_map(|fix| &fix.edits).filter_map(|edit| {
            let path = self.examined.sources().get(edit.span.source).display_path();
            Some(format!("left alone: {path}, for {}", self.examined.why_not_edit(edit.span.source)?))
        });
        for reason in reasons.collect::<Vec<_>>() {
            self.note(reason);
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn left_to_unsafe(&self) -> usize {
        let left = wanted(&self.examined, Safety::Unsafe, &self.dropped);
        if self.allowed == Safety::Unsafe { 0 } else { left.len() }
    }
}

fn syntax_errors<A: Examined>(examined: &A) -> HashMap<&Path, usize> {
    examined.sources().iter().map(|(id, _)| (examined.identity(id), examined.syntax_errors(id))).collect()
}

fn findings<A: Examined>(examined: &A) -> HashMap<(&'static str, &Path, &str), usize> {
    let key = |found: &Diagnostic| (found.rule, found.primary.span.source);
    counted(examined.diagnostics().iter().map(|found| {
        let (rule, source) = key(found);
        (rule, examined.identity(source), found.message.as_str())
    }))
}

fn counted<T: Eq + std::hash::Hash>(things: impl IntoIterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::default();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
