use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "add-header-dropped", page: include_str!("../../rules/add-header-dropped.md"), check };

fn check(_check: &mut Check<'_>) {}
