use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "alias-missing-slash", page: include_str!("../../rules/alias-missing-slash.md"), check };

fn check(_check: &mut Check<'_>) {}
