use super::{report_at_end_of_http, report_on_last_line};
use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "directive-conflict", page: include_str!("../../rules/directive-conflict.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.incompatible(check.release()) {
        let (directive, other) = (found.directive, found.other);
        let finding = if found.at_end {
            let causes: Vec<_> = [Some(directive), other].into_iter().flatten().collect();
            report_at_end_of_http(check, directive, &causes, found.what)
        } else {
            report_on_last_line(check, directive, directive.head(), found.what)
        };
        finding.help(found.wanted);
        if let Some(other) = other.filter(|_| !found.at_end) {
            finding.related(other.head(), "the other one");
        }
    }
}
