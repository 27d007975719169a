use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "suspicious-unicode", page: include_str!("../../rules/suspicious-unicode.md"), check };

fn check(_check: &mut Check<'_>) {}
