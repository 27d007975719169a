use crate::check::{Check, Rule};
use crate::nginx::measure::size;

pub(super) const RULE: Rule =
    Rule { id: "body-buffer-oversized", page: include_str!("../../rules/body-buffer-oversized.md"), check };

/// A buffer that is large whatever the limit.
const LARGE: u64 = 16 << 20;
/// nginx's own buffer on most machines; less is never too much.
const DEFAULT: u64 = 16 << 10;

fn check(check: &mut Check<'_>) {
    for (buffer, limit) in check.config.body_buffers() {
        let written = buffer.arg(0).unwrap_or_default();
        let Some(bytes) = size(written).filter(|bytes| *bytes > DEFAULT) else { continue };
        let limit = limit.filter(|limit| limit.bytes < bytes);
        if bytes <= LARGE && limit.is_none() {
            continue;
        }
        let finding = check.report(buffer, format!("each upload may hold {written} of memory"));
        finding.help("large bodies belong on disk; 128k to 1m is enough for the buffer");
        match limit.and_then(|limit| limit.by) {
            Some(limit) => {
                finding.related(limit.head(), "no body here is as large as the buffer");
            }
            None if limit.is_some() => {
                finding.label("larger than any body that the built-in limit of 1m accepts");
            }
            None => {}
        }
    }
}
