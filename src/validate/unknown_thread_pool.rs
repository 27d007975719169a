use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::config::Outer;
use crate::config::words::named::similar;
use crate::diagnostic::shorten;

pub(crate) const RULE: Rule =
    Rule { id: "unknown-thread-pool", page: include_str!("../../rules/unknown-thread-pool.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let pools = config.definitions_by_name("thread_pool", None);
    let is_open = pools.values().flatten().any(|pool| pool.arg_is_open(0));
    if config.outer() != Outer::Nothing || config.root().is_opaque() || is_open {
        return;
    }
    for aio in config.all("aio") {
        let Some(name) = aio.arg(0).and_then(|value| value.strip_prefix("threads=")) else { continue };
        if name == "default" || pools.contains_key(name) || name.contains('$') || aio.arg_is_open(0) {
            continue;
        }
        let place = aio.arg_span(0).unwrap_or(aio.head());
        let message = format!("there is no thread pool `{}`", shorten(name, 40));
        let help = match similar(name, pools.keys().copied()) {
            Some(near) => format!("`{near}` is defined"),
            None => "define it with `thread_pool` at the top of the main file, or write `aio threads`".to_owned(),
        };
        report_on_last_line(check, aio, place, message).help(help);
    }
}
