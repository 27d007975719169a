use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::ending::Ending;
use crate::diagnostic::{Edit, Safety, enumerate, shorten};
use crate::nginx::version::ALWAYS_SINCE;

pub(super) const RULE: Rule =
    Rule { id: "header-without-always", page: include_str!("../../rules/header-without-always.md"), check };

/// With more lines than this, not each is pointed at.
const MAX_LISTED: usize = 20;

fn check(check: &mut Check<'_>) {
    if check.target().is_some_and(|target| target < ALWAYS_SINCE) {
        return;
    }
    for level in check.config.levels_with("add_header") {
        let lines: Vec<Directive<'_>> = level.guards_without_always().collect();
        let Some(first) = lines.first() else { continue };
        // A redirect carries them anyway.
        if level.best_ending() != Ending::Answered {
            continue;
        }
        let names: Vec<String> =
            lines.iter().take(MAX_LISTED).filter_map(|line| line.arg(0)).map(|n| shorten(n, 40)).collect();
        let names = enumerate(names.iter().map(String::as_str), lines.len(), 55);
        let finding = check.report(*first, format!("not sent with error answers: {names}"));
        finding.help("append `always`; without it nginx leaves the header out of 4xx and 5xx answers");
        for line in lines.iter().take(MAX_LISTED).skip(1) {
            finding.related(line.head(), "nor is this");
        }
        let edits = lines.iter().map(|line| Edit::insert(line.head().at_end(), " always")).collect();
        finding.fix("append `always`", Safety::Safe, edits);
    }
}
