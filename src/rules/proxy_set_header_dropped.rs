use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "proxy-set-header-dropped", page: include_str!("../../rules/proxy-set-header-dropped.md"), check };

fn check(_check: &mut Check<'_>) {}
