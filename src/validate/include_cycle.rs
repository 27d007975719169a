use crate::check::{Check, Rule};

pub(crate) const RULE: Rule = Rule { id: "include-cycle", page: include_str!("../../rules/include-cycle.md"), check };

fn check(_check: &mut Check<'_>) {}
