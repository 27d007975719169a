//! Redirects that lead back to where they began: proved by following a request from server to server until its scheme,
//! host, port and path come again. What a condition, a cookie or an unknown value decides proves nothing.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};

use crate::config::http::Server;
use crate::config::http::condition::{is_about_path, is_certain_variable};
use crate::config::http::location::{Location, Modifier};
use crate::config::http::simulate::{End, Request};
use crate::config::words::variable::variables;
use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::template::is_symbolic;

/// More redirects in a row are not followed.
const MAX_HOPS: usize = 10;
/// More paths are not tried on one server.
const MAX_PATHS: usize = 100;
/// What is asked for where a server has no name of its own.
const SAMPLE_HOST: &str = "any-host.invalid";

/// Redirects in a circle.
#[derive(Debug)]
pub struct RedirectLoop<'c> {
    /// A request that comes back to itself.
    pub request: Request,
    /// The redirects, in the order in which they follow each other.
    pub hops: Vec<Directive<'c>>,
}

impl RedirectLoop<'_> {
    /// The address of the request.
    pub fn address(&self) -> String {
        let Request { tls, host, port, path } = &self.request;
        let scheme = if *tls { "https" } else { "http" };
        match (scheme, port) {
            ("https", 443) | ("http", 80) => format!("{scheme}://{host}{path}"),
            _ => format!("{scheme}://{host}:{port}{path}"),
        }
    }
}

impl Config {
    /// Every circle of redirects that is certain, each once.
    pub fn redirect_loops(&self, release: Option<Version>) -> Vec<RedirectLoop<'_>> {
        let ports = Ports::of(self, release);
        let (mut loops, mut seen) = (Vec::new(), HashSet::default());
        for server in self.servers() {
            let paths = sample_paths(server);
            let host = sample_host(server);
            let doors: BTreeSet<(u16, bool)> = server
                .public_listens()
                .filter_map(|listen| Some((listen.socket.port?, server.listen_is_tls(listen, release))))
                .filter(|(port, _)| self.server_for(*port, &host) == Some(server))
                .collect();
            for (port, tls) in doors {
                for path in &paths {
                    let request = Request { tls, host: host.clone(), port, path: path.clone() };
                    let Some(found) = ports.follow(self, server, request) else { continue };
                    if seen.insert(found.hops.iter().map(|hop| hop.order()).collect::<BTreeSet<_>>()) {
                        loops.push(found);
                    }
                }
            }
        }
        loops
    }
}

/// The addresses that servers listen on, by port.
struct Ports<'c> {
    release: Option<Version>,
    addresses: HashMap<u16, HashSet<&'c str>>,
}

impl<'c> Ports<'c> {
    fn of(config: &'c Config, release: Option<Version>) -> Self {
        let mut addresses: HashMap<u16, HashSet<&'c str>> = HashMap::default();
        for listen in config.servers().flat_map(Server::public_listens) {
            if let Some(port) = listen.socket.port {
                addresses.entry(port).or_default().insert(&listen.socket.address);
            }
        }
        Self { release, addresses }
    }

    fn follow(&self, config: &'c Config, server: Server<'c>, request: Request) -> Option<RedirectLoop<'c>> {
        let (mut server, mut request) = (server, request);
        let mut trail: Vec<(Request, Directive<'c>)> = Vec::new();
        loop {
            if let Some(start) = trail.iter().position(|(seen, _)| *seen == request) {
                let hops = trail[start..].iter().map(|(_, by)| *by).collect();
                return Some(RedirectLoop { request, hops });
            }
            if trail.len() == MAX_HOPS || !self.is_door(server, &request) {
                return None;
            }
            let (by, target) = certain_redirect(server, &request)?;
            let (next, next_server) = config.target_of(&request, &target)?;
            // Other ports may be seen under another number from outside.
            if !target.starts_with('/') && !matches!(next.port, 80 | 443) {
                return None;
            }
            trail.push((request, by));
            (request, server) = (next, next_server);
        }
    }

    /// Is it certain that the server gets this request, with or without TLS as it says?
    fn is_door(&self, server: Server<'c>, request: &Request) -> bool {
        let is_any = |address: &&str| matches!(*address, "*" | "[::]");
        let speaks = |listen| server.listen_is_tls(listen, self.release) == request.tls;
        self.addresses.get(&request.port).is_some_and(|found| found.len() == 1 || found.iter().all(is_any))
            && server.public_listens().filter(|listen| listen.socket.port == Some(request.port)).all(speaks)
    }
}

/// The redirect that answers the request whatever else is in it.
fn certain_redirect<'c>(server: Server<'c>, request: &Request) -> Option<(Directive<'c>, String)> {
    let outcomes = server.answer(request);
    let [outcome] = &outcomes[..] else { return None };
    let End::Redirect(target) = &outcome.end else { return None };
    let by = *outcome.decided_by.last()?;
    // What a renderer fills in stands for itself.
    let is_placeholder = |name: &str| target.contains(&format!("${{{name}}}"));
    let is_known = |(_, name): (usize, &str)| is_certain_variable(name) || is_placeholder(name);
    let has_certain_value = variables(by.redirect()?.target).all(is_known);
    let is_whole = !outcome.conditional && !outcome.opaque && outcome.path == request.path;
    let level = outcome.location.map_or(server.directive(), |location| location.directive);
    let is_reached = !outcome.location.is_some_and(|location| location.is_internal());
    let is_proved = has_certain_value && is_whole && is_reached && !by.is("error_page") && is_about_path(by, level);
    is_proved.then(|| (by, target.clone()))
}

/// A host that the server answers for.
fn sample_host(server: Server<'_>) -> String {
    let is_plain = |name: &&str| !name.is_empty() && *name != "_" && !name.starts_with(['~', '*', '.']);
    let is_below = |name: &&str| name.starts_with("*.") || name.starts_with('.');
    let plain = server.names().find(|name| is_plain(name) && !name.ends_with('*')).map(str::to_ascii_lowercase);
    let below =
        || server.names().find(is_below).map(|name| format!("x{}", name.trim_start_matches('*')).to_ascii_lowercase());
    plain.or_else(below).unwrap_or_else(|| SAMPLE_HOST.to_owned())
}

/// Paths that come to the redirects of a server.
fn sample_paths(server: Server<'_>) -> Vec<String> {
    let redirects = server.directive().descendants().filter(|line| line.redirect().is_some());
    let mut paths: Vec<String> = Vec::new();
    let mut known = HashSet::default();
    for by in redirects.take(MAX_PATHS) {
        let samples = by.enclosing("location").map_or_else(|| vec!["/".to_owned(), "/x".to_owned()], paths_into);
        paths.extend(samples.into_iter().filter(|path| known.insert(path.clone())));
    }
    paths.truncate(MAX_PATHS);
    paths
}

/// Paths that a location is made for; none for regexes.
pub(in crate::config) fn paths_into(location: Directive<'_>) -> Vec<String> {
    let Some(location) = Location::new(location) else { return Vec::new() };
    let pattern = location.pattern;
    match location.modifier {
        _ if is_symbolic(pattern) || !pattern.starts_with('/') => Vec::new(),
        Modifier::Exact => vec![pattern.to_owned()],
        Modifier::Prefix | Modifier::StopPrefix => vec![pattern.to_owned(), format!("{pattern}x")],
        Modifier::Regex { .. } | Modifier::Named => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::read;

    fn loops(text: &str) -> Vec<String> {
        read(text).redirect_loops(None).iter().map(super::RedirectLoop::address).collect()
    }

    #[test]
    fn what_the_request_alone_decides_is_proved() {
        for (text, address) in [
            ("server { listen 443 ssl; server_name a.test; return 301 https://$host$uri; }", "https://a.test/"),
            ("server { listen 80; server_name ${NAME}; return 301 http://${NAME}$request_uri; }", "http://${name}/"),
            ("server { listen 81; location /a { return 302 /a/b; } }", "http://any-host.invalid:81/a/b"),
        ] {
            assert_eq!(loops(text), [address], "{text}");
        }
    }

    #[test]
    fn what_something_else_decides_is_not() {
        for text in [
            "server { listen 80; server_name ${NAME}; return 301 ${SCHEME}://${NAME}$request_uri; }",
            "map $cookie_x $TO { default /; } server { listen 80; location / { return 302 $TO; } }",
            "server { listen 80; server_name a.test; if ($http_x_forwarded_proto = http) { return 301 http://a.test/; } }",
            "server { listen 80; location /a { if ($cookie_b) { return 302 /c; } return 302 /a; } }",
            "server { listen 80; server_name a.test; return 301 http://a.test/more$request_uri; }",
            "server { listen 80; listen 443; server_name a.test; return 301 https://a.test$request_uri; }",
            "server { listen 8443 ssl; server_name a.test; return 301 https://a.test:8443$request_uri; }",
            "server { listen 192.0.2.1:80; server_name a.test; return 301 http://a.test/; }
             server { listen 192.0.2.2:80; server_name a.test; root /srv; }",
            "server { listen 80; server_name a.test; include ${MORE}; return 301 http://a.test$request_uri; }",
        ] {
            assert!(loops(text).is_empty(), "{text}");
        }
    }
}
