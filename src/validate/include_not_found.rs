use crate::check::{Check, Rule};
use crate::config::{Outer, ProblemKind};
use crate::diagnostic::Confidence;

pub(crate) const RULE: Rule =
    Rule { id: "include-not-found", page: include_str!("../../rules/include-not-found.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for (include, _) in config.problems().filter(|(_, kind)| **kind == ProblemKind::Missing) {
        let file = include.arg(0).unwrap_or_default();
        if check.project.deployment.may_write(file) {
            continue;
        }
        // A relative name in a main file can only mean one place; whether a deployment puts a file there is not known here.
        let is_certain = config.outer() == Outer::Nothing && !file.starts_with('/');
        let place = include.arg_span(0).unwrap_or(include.head());
        let finding = check.report_at(include, place, format!("there is no file `{file}`"));
        finding.help(
            "relative names start from the folder of the main file; a pattern such as `*.conf` may match nothing",
        );
        if is_certain {
            finding.confidence(Confidence::Medium);
        }
    }
}
