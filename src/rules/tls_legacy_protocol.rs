use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "tls-legacy-protocol", page: include_str!("../../rules/tls-legacy-protocol.md"), check };

fn check(_check: &mut Check<'_>) {}
