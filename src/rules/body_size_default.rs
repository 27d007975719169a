use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "body-size-default", page: include_str!("../../rules/body-size-default.md"), check };

fn check(_check: &mut Check<'_>) {}
