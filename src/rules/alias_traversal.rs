use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "alias-traversal", page: include_str!("../../rules/alias-traversal.md"), check };

fn check(_check: &mut Check<'_>) {}
