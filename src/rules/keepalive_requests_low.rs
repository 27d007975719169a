use crate::check::{Check, Rule};
use crate::nginx::measure;

pub(super) const RULE: Rule =
    Rule { id: "keepalive-requests-low", page: include_str!("../../rules/keepalive-requests-low.md"), check };

/// What nginx has by itself.
const BUILT_IN: u64 = 1000;

fn check(check: &mut Check<'_>) {
    for line in check.config.all("keepalive_requests").filter(|line| line.context().is_some()) {
        // None at all, or one, switches the reuse of connections off on purpose.
        let count = line.arg(0).and_then(measure::number).filter(|count| (2..BUILT_IN).contains(count));
        if let Some(count) = count {
            let finding = check.report(line, format!("connections are closed after {count} requests"));
            finding.help("leave it out: nginx allows 1000 by itself, and more for HTTP/2 does no harm");
        }
    }
}
