use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "missing-semicolon", page: include_str!("../../rules/missing-semicolon.md"), check };

fn check(_check: &mut Check<'_>) {}
