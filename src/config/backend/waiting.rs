//! How long nginx waits for others, and where waiting long is what is wanted.

use std::collections::BTreeSet;

use foldhash::HashSet;

use crate::config::Directive;
use crate::config::backend::{Backends, PROXY_HEADERS};
use crate::config::http::location::Location;

/// Parts of paths behind which answers take their time.
const LONG_LIVED: &[&str] = &[
    "comet",
    "download",
    "event",
    "events",
    "eventsource",
    "export",
    "hub",
    "live",
    "longpoll",
    "longpolling",
    "long-polling",
    "notifications",
    "poll",
    "push",
    "sse",
    "stream",
    "streaming",
    "subscribe",
    "sync",
    "upload",
    "uploads",
    "v2",
    "watch",
];

/// The places of `proxy_pass` lines for upgraded connections, in nginx's order.
#[derive(Debug)]
pub struct Upgrades(BTreeSet<u32>);

impl Backends<'_> {
    /// The `proxy_pass` lines that let upgraded connections through, or may do so.
    pub fn upgrades(&self) -> Upgrades {
        let uses: Vec<_> = self.header_uses(PROXY_HEADERS).collect();
        let plain = uses.iter().filter(|found| found.header(PROXY_HEADERS, "upgrade").next().is_none());
        let plain: HashSet<u32> = plain.flat_map(|found| &found.passes).map(|pass| pass.order()).collect();
        Upgrades(self.passes("proxy_pass").map(|pass| pass.order()).filter(|pass| !plain.contains(pass)).collect())
    }
}

impl Upgrades {
    /// Does one of them wait as long as this line says?
    pub fn obey(&self, line: Directive<'_>) -> bool {
        let Some(level) = line.parent() else { return false };
        let inside = self.0.range(level.order()..=level.last_inside().order());
        let level_of = |pass: &u32| Directive::new(line.config(), *pass).parent();
        inside.filter_map(level_of).any(|level| level.value(line.name()) == Some(line))
    }
}

impl Directive<'_> {
    /// May answers be streamed in this level: is buffering off somewhere in it, or may something unknown stand there?
    pub fn may_stream(self) -> bool {
        const BUFFERING: &[&str] = &["proxy_buffering", "proxy_request_buffering", "fastcgi_buffering"];
        let is_off = |line: Self| BUFFERING.contains(&line.name()) && line.arg(0) == Some("off");
        let is_unknown = |line: Self| line.is_block() && line.is_opaque();
        self.is_opaque() || self.descendants().any(|line| is_off(line) || is_unknown(line))
    }

    /// Does the path of a location around it speak of answers that take long?
    pub fn is_about_long_answers(self) -> bool {
        let is_it = |level: Self| {
            Location::new(level)
                .is_some_and(|location| location.has_segment(LONG_LIVED) || location.is_socket_endpoint())
        };
        self.ancestors().any(is_it)
    }
}
