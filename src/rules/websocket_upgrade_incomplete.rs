use crate::check::{Check, Rule};

pub(super) const RULE: Rule = Rule {
    id: "websocket-upgrade-incomplete",
    page: include_str!("../../rules/websocket-upgrade-incomplete.md"),
    check,
};

fn check(_check: &mut Check<'_>) {}
