use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::measure::offset;

pub(super) const RULE: Rule =
    Rule { id: "body-size-excessive", page: include_str!("../../rules/body-size-excessive.md"), check };

/// What is accepted for a whole server.
const MAX: u64 = 1 << 30;

fn check(check: &mut Check<'_>) {
    let max = offset(&check.option("max", String::new())).unwrap_or(MAX);
    for found in check.config.backends().limit_uses() {
        let scope = match found.line.context() {
            Some(Context::Http) => "every location of every server",
            Some(Context::Server) => "every location of this server",
            _ => continue,
        };
        if found.limit.bytes > max && !found.limit.is_none() {
            check
                .report(found.line, format!("bodies of {} are accepted in {scope}", found.limit.text()))
                .help("keep the limit here small, and raise it in the location that takes the uploads");
        }
    }
}
