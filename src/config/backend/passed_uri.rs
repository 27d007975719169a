//! What becomes of the path of a request that `proxy_pass` hands on with a path of its own.

use crate::config::http::files::looks_like_file;
use crate::config::http::location::Location;
use crate::config::words::variable::variables;
use crate::config::{Config, Directive};
use crate::nginx::address::{Shape, parse};
use crate::nginx::context::Context;
use crate::nginx::peer;
use crate::template::{certain_end, is_symbolic};

/// A `proxy_pass` with a path, in a location with a prefix: what the path takes the place of.
#[derive(Debug, Clone, Copy)]
pub struct ReplacedPrefix<'c> {
    /// The directive.
    pub pass: Directive<'c>,
    /// The location, whose prefix is cut off.
    pub location: Location<'c>,
    /// What is put in front of the rest.
    pub uri: &'c str,
}

/// Ends of paths that something else is meant to be glued to.
const SEPARATORS: &[char] = &['-', '_', '.', '=', '&', '~', ':', '+', '%'];
/// Ends of paths that are one page, which may well be asked for without anything behind.
const ENDPOINTS: &[&str] = &[
    "events",
    "graphql",
    "health",
    "healthcheck",
    "healthz",
    "mcp",
    "metrics",
    "ping",
    "query",
    "rpc",
    "socket",
    "sse",
    "status",
    "stream",
    "websocket",
    "ws",
];

impl Config {
    /// Every `proxy_pass` that replaces the prefix of its location. Where a rewrite has changed the path, nothing is
    /// replaced; who only asks on behalf of other requests names the whole path.
    pub fn replaced_prefixes(&self) -> Vec<ReplacedPrefix<'_>> {
        let backends = self.backends();
        let found =
            self.all("proxy_pass").filter(|pass| pass.context() == Some(Context::Location)).filter_map(|pass| {
                let location = pass.parent().and_then(Location::new).filter(Location::is_prefix)?;
                certain_end(location.pattern)?;
                let uri = certain_uri(pass.arg(0)?).filter(|uri| uri.starts_with('/'))?;
                let is_replaced = !location.directive.rewrites() && !backends.is_helper(pass) && !uri.contains('?');
                is_replaced.then_some(ReplacedPrefix { pass, location, uri })
            });
        found.collect()
    }

    /// Every `proxy_pass` with a variable for its scheme or host and the same path for whatever its location is asked for.
    pub fn constant_paths(&self) -> Vec<ReplacedPrefix<'_>> {
        let backends = self.backends();
        let found = backends.passes("proxy_pass").filter_map(|pass| {
            let location = pass.enclosing("location").and_then(Location::new).filter(Location::is_prefix)?;
            let uri = constant_path(pass.arg(0)?)?;
            let is_one_page = looks_like_file(location.pattern) || looks_like_file(uri) || is_endpoint(uri);
            let is_folder = [location.pattern, uri].into_iter().any(is_folder);
            let is_meant = is_one_page || !is_folder || backends.is_helper(pass) || location.is_internal();
            (!is_meant && !pass.arg_is_open(0)).then_some(ReplacedPrefix { pass, location, uri })
        });
        found.collect()
    }
}

/// The path behind the scheme and the host. Whatever a renderer fills in for the host, what is written behind it stays.
fn certain_uri(target: &str) -> Option<&str> {
    let rest = peer::without_scheme("proxy_pass", target)?;
    if !is_symbolic(target) {
        return parse(rest, Shape::PeerWithUri).ok()?.uri;
    }
    let (host, uri) = rest.split_at(rest.find('/')?);
    // nginx's own variables are written in lower case, and with one of those nothing is replaced.
    let is_placeholder = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
    let is_filled_in = variables(host).all(|(_, name)| is_placeholder(name)) && !is_symbolic(&host.replace('$', ""));
    (is_filled_in && !is_symbolic(uri) && !host.starts_with("unix:")).then_some(uri)
}

/// The path behind a scheme and host with a variable, if there is one without any.
fn constant_path(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once("://")?;
    let (host, uri) = rest.split_at(rest.find(['/', '?'])?);
    let is_variable = scheme.contains('$') || host.contains('$');
    (is_variable && !host.starts_with("unix:") && uri.starts_with('/') && !uri.contains('$')).then_some(uri)
}

impl ReplacedPrefix<'_> {
    /// Does the prefix leave a slash over that the path has already?
    pub fn doubles_slash(&self) -> bool {
        let pattern = self.location.pattern;
        self.uri.ends_with('/')
            && !pattern.ends_with('/')
            && !pattern.ends_with(SEPARATORS)
            && !looks_like_file(pattern)
    }

    /// Does the prefix cut a slash off that the path does not give back?
    pub fn glues(&self) -> bool {
        let is_open = self.uri.ends_with('/') || self.uri.ends_with(SEPARATORS) || looks_like_file(self.uri);
        self.location.pattern.ends_with('/') && !is_open
    }
}

/// Is this, by its last part, the path of one page rather than of a folder?
pub fn is_endpoint(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| ENDPOINTS.contains(&last))
}

/// Does more follow behind this path, as far as its end tells: a slash, `api`, or the number of a version?
fn is_folder(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(last, "" | "api") || last.strip_prefix('v').is_some_and(is_number)
}
