use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "stray-semicolon", page: include_str!("../../rules/stray-semicolon.md"), check };

fn check(_check: &mut Check<'_>) {}
