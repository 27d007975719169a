use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "unbalanced-brace", page: include_str!("../../rules/unbalanced-brace.md"), check };

fn check(_check: &mut Check<'_>) {}
