use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::Severity;
use crate::nginx::context::Context;

pub(super) const RULE: Rule =
    Rule { id: "body-size-unlimited", page: include_str!("../../rules/body-size-unlimited.md"), check };

/// With more handlers than this, not each is pointed at.
const MAX_LISTED: usize = 5;

fn check(check: &mut Check<'_>) {
    for found in check.config.backends().limit_uses().into_iter().filter(|found| found.limit.is_none()) {
        let streams = |name| {
            let is_off =
                |level: Directive<'_>| level.value(name).is_some_and(|buffering| buffering.arg(0) == Some("off"));
            found.receivers.iter().all(|receiver| receiver.parent().is_some_and(is_off))
        };
        let is_streamed = ["proxy_request_buffering", "uwsgi_request_buffering", "fastcgi_request_buffering"]
            .into_iter()
            .any(streams);
        let victim = if is_streamed { "keep the backend busy" } else { "fill the disk" };
        let finding = check.report(found.line, format!("no limit for request bodies: a single client can {victim}"));
        finding.help("set a real limit, and keep 0 for single upload locations that check the size themselves");
        if found.line.context() == Some(Context::Location) {
            finding.severity(Severity::Info);
        }
        for receiver in found.receivers.iter().take(MAX_LISTED) {
            finding.related(receiver.head(), "takes bodies of any size");
        }
    }
}
