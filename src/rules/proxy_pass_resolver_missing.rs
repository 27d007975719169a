use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-resolver-missing", page: include_str!("../../rules/proxy-pass-resolver-missing.md"), check };

fn check(check: &mut Check<'_>) {
    for late in check.config.backends().late_hosts() {
        // What an include may hold, or a level around that is not known, may name one.
        if late.pass.parent().and_then(|level| level.certain_value("resolver")) != Some(None) {
            continue;
        }
        let host = shorten(late.host, 30);
        let found = check.report(late.pass, format!("no `resolver` to look up `{host}`: answers 502"));
        if let Some(from) = late.from {
            found.related(from.head(), "the host comes from here");
        }
        found.help("names in variables are looked up for each request: add `resolver`, or define an `upstream`");
    }
}
