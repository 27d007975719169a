use crate::check::{Check, Rule};

pub(crate) const RULE: Rule = Rule { id: "unclosed-quote", page: include_str!("../../rules/unclosed-quote.md"), check };

fn check(_check: &mut Check<'_>) {}
