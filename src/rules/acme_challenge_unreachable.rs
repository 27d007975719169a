use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "acme-challenge-unreachable", page: include_str!("../../rules/acme-challenge-unreachable.md"), check };

fn check(_check: &mut Check<'_>) {}
