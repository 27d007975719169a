use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "include-not-followed", page: include_str!("../../rules/include-not-followed.md"), check };

fn check(_check: &mut Check<'_>) {}
