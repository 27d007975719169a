use crate::check::{Check, Rule};
use crate::config::ProblemKind;

pub(crate) const RULE: Rule =
    Rule { id: "include-not-found", page: include_str!("../../rules/include-not-found.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for (include, _) in config.problems().filter(|(_, kind)| **kind == ProblemKind::Missing) {
        let file = include.arg(0).unwrap_or_default();
        let place = include.arg_span(0).unwrap_or(include.head());
        check.report_at(include, place, format!("there is no file `{file}`")).help(
            "relative names start from the folder of the main file; a pattern such as `*.conf` may match nothing",
        );
    }
}
