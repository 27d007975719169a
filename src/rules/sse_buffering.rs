use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::is_header;
use crate::config::backend::websocket::STREAM_SEGMENTS;
use crate::config::http::body::answers_before;
use crate::config::http::location::Location;
use crate::diagnostic::{Confidence, shorten};

pub(super) const RULE: Rule = Rule { id: "sse-buffering", page: include_str!("../../rules/sse-buffering.md"), check };

/// Settings that somebody makes who expects answers without an end.
const SIGNS: &[&str] = &["proxy_read_timeout", "chunked_transfer_encoding", "proxy_cache"];

fn check(check: &mut Check<'_>) {
    for pass in check.config.backends().passes("proxy_pass") {
        let Some(location) = pass.enclosing("location").and_then(Location::new) else { continue };
        let level = location.directive;
        let is_plain = location.has_segment(STREAM_SEGMENTS) || SIGNS.iter().any(|sign| level.has(sign));
        let may_stream = location.has_segment(STREAM_SEGMENTS) || location.has_segment(&["events", "stream"]);
        if !may_stream || is_taken_care_of(pass) || location.is_about_files() || answers_before(pass) {
            continue;
        }
        let message =
            format!("`{}` looks like a stream of events, but answers are buffered", shorten(location.pattern, 24));
        let found = check.report(pass, message);
        found.related(location.pattern_span(), "this path speaks of events");
        found.help("write `proxy_buffering off;` here, or let the backend send `X-Accel-Buffering: no`");
        // Events may be concerts, and a stream a small river.
        if !is_plain {
            found.confidence(Confidence::Low);
        }
    }
}

/// Is buffering off, or on by a decision, or is it a WebSocket, or does a header steer buffering?
fn is_taken_care_of(pass: Directive<'_>) -> bool {
    let Some(level) = pass.parent() else { return true };
    let lines = level.effective("proxy_set_header");
    let is_socket = lines.iter().any(|line| is_header(*line, "upgrade"));
    let is_steered = ["add_header", "proxy_set_header"]
        .into_iter()
        .flat_map(|name| level.effective(name))
        .any(|line| is_header(line, "x-accel-buffering"));
    level.certain_value("proxy_buffering") != Some(None) || is_socket || is_steered
}
