use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::websocket::{SOCKET_SEGMENTS, STREAM_SEGMENTS};
use crate::config::http::location::Location;
use crate::nginx::context::Context;

pub(super) const RULE: Rule =
    Rule { id: "buffering-off-globally", page: include_str!("../../rules/buffering-off-globally.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("proxy_buffering") {
        let is_global = matches!(line.context(), Some(Context::Http | Context::Server));
        let is_off = line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("off"));
        let Some(level) = line.parent().filter(|_| is_global && is_off) else { continue };
        let passes = || level.descendants().filter(|pass| pass.is("proxy_pass") && is_under(*pass, line));
        let Some(pass) = passes().find(|pass| !is_for_streams(*pass)) else { continue };
        let message = format!("responses of all backends in this {} go out unbuffered", level.name());
        let found = check.report(line, message);
        found.related(pass.head(), "a slow client keeps this backend busy until it has read all");
        found.help("turn buffering off only in the locations that stream");
    }
}

fn is_under(pass: Directive<'_>, line: Directive<'_>) -> bool {
    pass.parent().and_then(|level| level.value(line.name())) == Some(line)
}

fn is_for_streams(pass: Directive<'_>) -> bool {
    let segments = [SOCKET_SEGMENTS, STREAM_SEGMENTS, &["stream"]].concat();
    pass.ancestors().filter_map(Location::new).any(|location| location.has_segment(&segments))
}
