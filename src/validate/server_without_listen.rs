use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "server-without-listen", page: include_str!("../../rules/server-without-listen.md"), check };

/// Until this release, a server of stream had to have something to do.
const NEEDS_NO_HANDLER: Version = Version::new(1, 25, 5);
/// What a server of stream can do with a connection.
const HANDLERS: &[&str] = &["proxy_pass", "return"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for server in config.all("server").filter(|server| server.inside() == Some(Context::StreamServer)) {
        if !server.has_plain_body() {
            continue;
        }
        let place = server.verdict_on_head();
        if !server.has("listen") {
            let finding = check.report_at(server, place, "a server of stream without `listen`");
            finding.help("write the port that it serves; only servers of http have a default one");
        } else if check.release() < NEEDS_NO_HANDLER && !HANDLERS.iter().any(|name| server.has(name)) {
            let finding = check.report_at(server, place, "a server of stream that does nothing with connections");
            finding.help("add `proxy_pass` or `return`");
        }
    }
}
