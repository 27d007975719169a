use crate::check::{Check, Rule};

pub(super) const RULE: Rule = Rule { id: "hsts-missing", page: include_str!("../../rules/hsts-missing.md"), check };

fn check(_check: &mut Check<'_>) {}
