use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "variable-case-mixed", page: include_str!("../../rules/variable-case-mixed.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.respelled_variables(check.release()) {
        let (name, first) = (shorten(found.name, 24), shorten(found.first, 24));
        let message = format!("`${name}` is the same variable as `${first}`");
        let finding = check.report_at(found.directive, found.span, message);
        finding.related(found.first_span, "first written like this").help("write it the same way everywhere");
    }
}
