use crate::check::{Check, Rule};

pub(crate) const RULE: Rule = Rule { id: "word-too-long", page: include_str!("../../rules/word-too-long.md"), check };

fn check(_check: &mut Check<'_>) {}
