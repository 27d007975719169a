use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "handler-overridden", page: include_str!("../../rules/handler-overridden.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.overridden_handlers() {
        let (name, by) = (found.handler.name(), found.by.name());
        let (message, label) = match found.by.is("return") {
            true => (format!("`{name}` never answers: `return` ends every request first"), "answers every request"),
            false => (format!("`{name}` never answers: `{by}` behind it takes its place"), "the last one counts"),
        };
        let finding = check.report(found.handler, message);
        finding.related(found.by.head(), label).help("keep one of the two, or give each a location of its own");
    }
}
