use super::report_at_end_of_http;
use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "buffer-sizes-conflict", page: include_str!("../../rules/buffer-sizes-conflict.md"), check };

fn check(check: &mut Check<'_>) {
    for clash in check.config.buffer_clashes() {
        let Some(first) = clash.causes.first() else { continue };
        let finding = report_at_end_of_http(check, *first, &clash.causes, clash.what);
        finding.help(match clash.causes.iter().any(|cause| cause.name().starts_with("large_client")) {
            true => "raise `large_client_header_buffers`, or lower `connection_pool_size`",
            false => "one buffer <= busy buffers <= all buffers but one; what is not set is twice the larger buffer",
        });
    }
}
