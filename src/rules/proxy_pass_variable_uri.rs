use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-variable-uri", page: include_str!("../../rules/proxy-pass-variable-uri.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.constant_paths() {
        let uri = shorten(found.uri, 30);
        let finding = check.report(found.pass, format!("every request here is passed on as `{uri}`"));
        finding.related(found.location.pattern_span(), "what follows this prefix is lost, and so are the arguments");
        finding.help("beside a variable the path is taken as it is: add `$request_uri`, or drop it and use `rewrite`");
    }
}
