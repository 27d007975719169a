use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "lua-block-unclosed", page: include_str!("../../rules/lua-block-unclosed.md"), check };

fn check(_check: &mut Check<'_>) {}
