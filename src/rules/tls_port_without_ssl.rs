use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "tls-port-without-ssl", page: include_str!("../../rules/tls-port-without-ssl.md"), check };

fn check(_check: &mut Check<'_>) {}
