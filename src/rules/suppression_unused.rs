use super::RULES;
use crate::check::{Check, Rule, Settings};
use crate::diagnostic::{Diagnostic, Safety, enumerate};
use crate::source::{SourceId, Sources};
use crate::suppress::{self, Comments, Outcome, Unused};

pub(super) const RULE: Rule =
    Rule { id: "suppression-unused", page: include_str!("../../rules/suppression-unused.md"), check };

/// Rules that look at the machine, and so find something on one and nothing on another.
const OF_THE_MACHINE: &[&str] = &["file-missing"];

/// What a comment is good for is known when all other rules have run over all configurations: see [`silence`].
fn check(_: &mut Check<'_>) {}

/// Takes out what comments silence, and says which of them silence nothing. `hidden` are findings that are not to be shown
/// anyway. `is_judged` says whether all that a rule has to say about a text would have been found.
pub fn silence<'s>(
    comments: &Comments,
    diagnostics: Vec<Diagnostic>,
    hidden: &[Diagnostic],
    sources: &Sources,
    settings_of: &dyn Fn(SourceId) -> &'s Settings,
    is_judged: &dyn Fn(SourceId, &str) -> bool,
) -> Outcome {
    let mut outcome = suppress::silence(comments, diagnostics, hidden);
    let is_judged = |source: SourceId, name: &str| {
        let is_rule = RULES.binary_search_by_key(&name, |rule| rule.id).is_ok();
        let is_of_comments = name.starts_with("suppression-");
        is_rule
            && !is_of_comments
            && !OF_THE_MACHINE.contains(&name)
            && settings_of(source).runs_in(name, source)
            && is_judged(source, name)
    };
    let unused = findings(&suppress::unused(comments, &outcome, sources, &is_judged));
    // A comment can silence this rule, too.
    let is_shown = |finding: &mut Diagnostic| {
        let settings = settings_of(finding.primary.span.source);
        settings.runs(RULE.id) && settings.shows(finding)
    };
    let unused = unused.into_iter().filter_map(|mut finding| is_shown(&mut finding).then_some(finding)).collect();
    let more = suppress::silence(comments, unused, &[]);
    outcome.shown.extend(more.shown);
    outcome.silenced.extend(more.silenced);
    outcome
}

fn findings(unused: &[Unused<'_>]) -> Vec<Diagnostic> {
    if unused.is_empty() {
        return Vec::new();
    }
    let page = RULE.parsed_page();
    let finding = |unused: &Unused<'_>| {
        let names = enumerate(unused.rules.iter().copied(), unused.rules.len(), 40);
        let mut finding = RULE.finding(&page, unused.span, format!("there is nothing to silence here: {names}"));
        finding.help("remove it: what silences nothing today hides the next mistake").fix(
            "remove what silences nothing",
            Safety::Safe,
            vec![unused.edit.clone()],
        );
        finding
    };
    unused.iter().map(finding).collect()
}
