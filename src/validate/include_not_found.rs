use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "include-not-found", page: include_str!("../../rules/include-not-found.md"), check };

fn check(_check: &mut Check<'_>) {}
