use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "open-file-cache", page: include_str!("../../rules/open-file-cache.md"), check };

fn check(check: &mut Check<'_>) {
    if let Some(http) = check.config.file_server_without(&["open_file_cache"]) {
        let finding = check.report(http, "every request opens its file anew");
        finding.help("for many small files, try `open_file_cache max=1000 inactive=60s;`");
    }
}
