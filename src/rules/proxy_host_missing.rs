use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "proxy-host-missing", page: include_str!("../../rules/proxy-host-missing.md"), check };

fn check(_check: &mut Check<'_>) {}
