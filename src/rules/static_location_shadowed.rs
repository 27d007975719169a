use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "static-location-shadowed", page: include_str!("../../rules/static-location-shadowed.md"), check };

fn check(_check: &mut Check<'_>) {}
