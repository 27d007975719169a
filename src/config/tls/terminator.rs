//! Signs that something in front of nginx ends TLS, so that a plain socket need not be plain to visitors.

use foldhash::HashSet;

use crate::config::http::Server;
use crate::config::{Config, Directive};

/// Directives that only make sense behind another proxy.
const TRUST: &[&str] = &["set_real_ip_from", "real_ip_header"];
/// Request headers in which a proxy says that its visitor came over TLS, or where from.
const FORWARDED: &[&str] = &[
    "http_x_forwarded_",
    "http_x_forwarded_ssl",
    "http_forwarded",
    "http_front_end_https",
    "http_x_url_scheme",
    "http_cf_",
    "http_cloudfront_",
    "proxy_protocol_addr",
];

/// The levels where such signs stand.
#[derive(Debug)]
pub struct Terminators {
    levels: HashSet<u32>,
}

impl Terminators {
    /// Looks through the whole configuration once.
    pub fn new(config: &Config) -> Self {
        let is_sign = |directive: Directive<'_>| {
            TRUST.contains(&directive.name()) || directive.has_dollar() && directive.args().any(reads_forwarded)
        };
        let place =
            |directive: Directive<'_>| config.server_of(directive).map_or(0, |server| server.directive().order());
        Self { levels: config.directives_worded(is_sign).map(place).collect() }
    }

    /// Does something end TLS in front of this server?
    pub fn is_in_front_of(&self, server: Server<'_>) -> bool {
        let directive = server.directive();
        // What stands outside of servers (a map, a list of trusted proxies) is there for all of them.
        self.levels.contains(&0)
            || self.levels.contains(&directive.order())
            || server.listens().iter().any(|listen| listen.says_proxy_protocol)
    }
}

/// Does a value read what a proxy said about its visitor? Lines that merely pass it on count, too.
fn reads_forwarded(value: &str) -> bool {
    let mut parts = value.split('$').skip(1).map(|part| part.trim_start_matches('{').to_ascii_lowercase());
    parts.any(|name| FORWARDED.iter().any(|forwarded| name.starts_with(forwarded)))
}
