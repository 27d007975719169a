use crate::check::{Check, Rule};
use crate::config::ProblemKind;
use crate::diagnostic::{Confidence, Severity};

pub(crate) const RULE: Rule =
    Rule { id: "include-not-followed", page: include_str!("../../rules/include-not-followed.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let mut is_over_budget = false;
    for (include, kind) in config.problems() {
        let file = include.arg(0).unwrap_or_default();
        match kind {
            ProblemKind::Unknown(why) => {
                check
                    .report(include, format!("`{file}` was not read: {why}"))
                    .help("rules that would miss something stay silent in this block and below");
            }
            ProblemKind::Budget if !std::mem::replace(&mut is_over_budget, true) => {
                check
                    .report(include, "too much is included; from here on includes are left out")
                    .help("include each file once, or check parts of the configuration on their own")
                    .severity(Severity::Warning)
                    .confidence(Confidence::High);
            }
            ProblemKind::Budget | ProblemKind::Missing | ProblemKind::Cycle => {}
        }
    }
}
