use crate::check::{Check, Rule};
use crate::config::http::Server;
use crate::config::http::ending::Ending;

pub(super) const RULE: Rule = Rule { id: "http2-421", page: include_str!("../../rules/http2-421.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let shared = config.sockets_with_names();
    for server in config.servers() {
        let level = server.directive();
        let Some(reject) = level.own("ssl_reject_handshake").find(|reject| reject.arg(0) == Some("on")) else {
            continue;
        };
        let is_shared = shared.iter().any(|(_, servers)| servers.contains(&level));
        let is_default = server.public_listens().any(|listen| server.is_certain_default(&listen.socket));
        if is_default && is_shared && !level.is_opaque() && answers(server) {
            let finding = check.report(reject, "requests with another Host than the handshake had are answered here");
            finding.label("turns handshakes away, not requests");
            finding.help("add `return 421;` (or 444) to this server");
        }
    }
}

/// Does the server answer requests for `/` with something of its own?
fn answers(server: Server<'_>) -> bool {
    let level = server.directive();
    let front = level.locations().find(|location| location.is_prefix() && location.pattern == "/");
    level.dead_end().is_none() && front.map_or(level, |front| front.directive).ending() == Ending::Answered
}
