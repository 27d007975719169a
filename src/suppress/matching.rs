//! Which comment silences which finding.

use foldhash::{HashMap, HashSet};

use super::{Comment, Comments, Reach};
use crate::diagnostic::{Diagnostic, Silenced, Silencer};
use crate::source::SourceId;

/// What is left to show, and what comments silence.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What no comment is about.
    pub shown: Vec<Diagnostic>,
    /// The others, with the reasons.
    pub silenced: Vec<Silenced>,
    /// The comments that silence something, each with the number of the name that does.
    pub(super) used: HashSet<(usize, usize)>,
}

/// Takes out the findings that comments silence. `hidden` are findings that would not be shown anyway: a comment about one of
/// them is of use, too.
pub fn silence(comments: &Comments, diagnostics: Vec<Diagnostic>, hidden: &[Diagnostic]) -> Outcome {
    let mut outcome = Outcome::default();
    if comments.comments.is_empty() {
        return Outcome { shown: diagnostics, ..outcome };
    }
    let covers = Covers::new(comments);
    let all: Vec<&Diagnostic> = diagnostics.iter().chain(hidden).collect();
    let mut by = vec![None; all.len()];
    let mut groups: HashMap<(SourceId, &str), Vec<usize>> = HashMap::default();
    for (index, finding) in all.iter().enumerate() {
        groups.entry((finding.primary.span.source, finding.rule)).or_default().push(index);
    }
    for ((source, rule), mut group) in groups {
        group.sort_by_key(|index| all[*index].primary.span.start);
        covers.sweep(source, rule, &group, &all, &mut by);
    }
    outcome.used = by.iter().flatten().copied().collect();
    for (diagnostic, by) in diagnostics.into_iter().zip(by) {
        match by {
            None => outcome.shown.push(diagnostic),
            Some((comment, _)) => {
                let reason = comments.comments[comment].said.reason.clone();
                outcome.silenced.push(Silenced { diagnostic, by: Silencer::Comment(reason) });
            }
        }
    }
    outcome
}

/// A name in a comment: the numbers of both.
type NameOf = (usize, usize);
/// First and last place that a name reaches.
type Reaching = (u32, u32, NameOf);

#[derive(Default)]
struct Covers<'c> {
    /// By text and rule, sorted by start.
    places: HashMap<(SourceId, &'c str), Vec<Reaching>>,
    files: HashMap<(SourceId, &'c str), NameOf>,
}

impl<'c> Covers<'c> {
    fn new(comments: &'c Comments) -> Self {
        let mut covers = Self::default();
        for (number, comment) in comments.comments.iter().enumerate().filter(|(_, comment)| !comment.is_expired) {
            for (index, name) in comment.said.names.iter().enumerate() {
                let key = (comment.span.source, rule_of(comment, &name.text));
                match comment.cover {
                    Some(cover) => {
                        covers.places.entry(key).or_default().push((cover.start, cover.end, (number, index)))
                    }
                    None => {
                        covers.files.entry(key).or_insert((number, index));
                    }
                }
            }
        }
        covers.places.values_mut().for_each(|places| places.sort_by_key(|(start, _, name)| (*start, *name)));
        covers
    }

    /// Finds for each finding of a rule in a text, sorted by place, the comment that began last before it and reaches it.
    fn sweep(&self, source: SourceId, rule: &str, group: &[usize], all: &[&Diagnostic], by: &mut [Option<NameOf>]) {
        let file = self.files.get(&(source, rule)).copied();
        let Some(places) = self.places.get(&(source, rule)) else {
            group.iter().for_each(|index| by[*index] = file);
            return;
        };
        let (mut next, mut open) = (0, Vec::new());
        for index in group {
            let at = all[*index].primary.span.start;
            while let Some((_, end, name)) = places.get(next).filter(|(start, _, _)| *start <= at) {
                open.push((*end, *name));
                next += 1;
            }
            while open.last().is_some_and(|(end, _)| *end < at) {
                open.pop();
            }
            by[*index] = open.last().map(|(_, name)| *name).or(file);
        }
    }
}

/// The rule that a name means. Names of nginx-lint are its own; where the same thing has another name here, that is meant.
fn rule_of<'n>(comment: &Comment, name: &'n str) -> &'n str {
    const FOREIGN: &[(&str, &str)] = &[
        ("add-header-inheritance", "add-header-dropped"),
        ("client-max-body-size-not-set", "body-size-default"),
        ("deprecated-ssl-protocol", "tls-legacy-protocol"),
        ("duplicate-directive", "directive-duplicate"),
        ("invalid-directive-context", "directive-not-allowed-here"),
        ("proxy-missing-host-header", "proxy-host-missing"),
        ("proxy-set-header-inheritance", "proxy-set-header-dropped"),
        ("ssl-on-deprecated", "ssl-directive-removed"),
        ("weak-ssl-ciphers", "tls-weak-cipher"),
    ];
    if comment.said.reach != Reach::Foreign {
        return name;
    }
    FOREIGN.iter().find(|(foreign, _)| *foreign == name).map_or(name, |(_, own)| own)
}
