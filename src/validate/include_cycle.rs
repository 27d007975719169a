use crate::check::{Check, Rule};
use crate::config::ProblemKind;

pub(crate) const RULE: Rule = Rule { id: "include-cycle", page: include_str!("../../rules/include-cycle.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for (include, _) in config.problems().filter(|(_, kind)| **kind == ProblemKind::Cycle) {
        let file = include.arg(0).unwrap_or_default();
        let chain = include.include_chain();
        let finding = check.report(include, format!("including `{file}` here leads back to a file that is being read"));
        finding.help("nginx reads in circles until it runs out of file descriptors; remove one of the includes");
        for step in chain {
            finding.related(step, "reached through this include");
        }
    }
}
