use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "text-after-quote", page: include_str!("../../rules/text-after-quote.md"), check };

fn check(_check: &mut Check<'_>) {}
