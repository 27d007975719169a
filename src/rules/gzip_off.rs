use crate::check::{Check, Rule};

pub(super) const RULE: Rule = Rule { id: "gzip-off", page: include_str!("../../rules/gzip-off.md"), check };

/// What compresses answers, beforehand or as they are sent.
const COMPRESSION: &[&str] =
    &["gzip", "gzip_static", "brotli", "brotli_static", "zstd", "zstd_static", "pagespeed", "gunzip"];

fn check(check: &mut Check<'_>) {
    if let Some(http) = check.config.file_server_without(COMPRESSION) {
        let finding = check.report(http, "texts are sent without compression");
        finding.help("write `gzip on;` and name further types with `gzip_types`");
    }
}
