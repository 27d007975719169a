use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::context::Context;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "upstream-duplicate", page: include_str!("../../rules/upstream-duplicate.md"), check };

fn check(check: &mut Check<'_>) {
    let mut seen = HashMap::default();
    for group in check.config.all("upstream").filter(|group| group.is_block()) {
        let Some(context) = group.context().filter(|it| matches!(it, Context::Http | Context::Stream)) else {
            continue;
        };
        let Some(name) = group.arg(0).filter(|name| !is_symbolic(name)) else { continue };
        let key = (context, name.to_ascii_lowercase());
        if let Some(first) = seen.get(&key).copied() {
            let first: crate::config::Directive<'_> = first;
            check
                .report_at(group, group.verdict_on_arg(0), format!("a second upstream `{}`", shorten(name, 40)))
                .related(first.head(), "the first one")
                .help("put the servers together, or give one of them another name; letter case makes no difference");
        } else {
            seen.insert(key, group);
        }
    }
}
