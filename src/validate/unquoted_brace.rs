use crate::check::{Check, Rule};

pub(crate) const RULE: Rule = Rule { id: "unquoted-brace", page: include_str!("../../rules/unquoted-brace.md"), check };

fn check(_check: &mut Check<'_>) {}
