//! What happens to a request: server-level rewrites, the choice of a location, its rewrites, access rules, `try_files`, and
//! then a handler or a file. Conditions that only a real request decides split the run in two.

mod access;
mod file;
mod map;
mod rewrite;
mod run;
mod scene;
#[cfg(test)]
mod tests;
mod value;

use crate::config::http::Server;
use crate::config::http::location::Location;
use crate::config::{Config, Directive};
use run::Run;

pub(in crate::config) use file::symbolic_file;
pub use file::{file_mapping, mapped_file};

/// Redirects that an ACME server (and a browser, roughly) follows.
const MAX_HOPS: usize = 10;
/// More branches than this, and the outcome is not known.
const MAX_BRANCHES: usize = 32;

/// Directives that run Lua code on a request before anything answers it.
pub const REQUEST_LUA: &[&str] = &[
    "rewrite_by_lua",
    "rewrite_by_lua_block",
    "rewrite_by_lua_file",
    "access_by_lua",
    "access_by_lua_block",
    "access_by_lua_file",
];

/// Directives that hand the request to a backend.
pub const BACKENDS: &[&str] = &["proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

/// A GET request from somewhere on the internet, for a path that stands for a file: where a file of that name is looked
/// for, it is taken to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Does it come over TLS?
    pub tls: bool,
    /// The host name that it asks for.
    pub host: String,
    /// The port that it arrives on.
    pub port: u16,
    /// Path without arguments, decoded and normalised.
    pub path: String,
}

/// How a request ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<'c> {
    /// With a file below a `root` or `alias`; the directive that says which, none for nginx's built-in root.
    File(Option<Directive<'c>>),
    /// At a backend.
    Backend(Directive<'c>),
    /// With a redirect to a place that this configuration does not serve.
    Redirect(String),
    /// With this status, and a text if it is 200.
    Status(u16),
    /// With redirects that never end.
    Loop,
    /// In a way that the configuration alone does not tell.
    Unknown,
}

/// One way that a request can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'c> {
    /// How it ends.
    pub end: End<'c>,
    /// What decided, hop by hop: the redirects that were followed, then what gave the answer.
    pub decided_by: Vec<Directive<'c>>,
    /// The location that answered at last.
    pub location: Option<Location<'c>>,
    /// The path that was asked for at last, as rewrites have left it.
    pub path: String,
    /// Was an `if` entered whose condition is not known?
    pub conditional: bool,
    /// Could an include that is not known change it?
    pub opaque: bool,
}

impl<'c> Outcome<'c> {
    pub(in crate::config) fn unknown(path: &str, decided_by: Vec<Directive<'c>>) -> Self {
        let path = path.to_owned();
        Self { end: End::Unknown, decided_by, location: None, path, conditional: false, opaque: false }
    }
}

impl Config {
    /// Sends a request and follows its redirects as long as they stay on the servers of this configuration.
    pub fn simulate(&self, request: &Request) -> Vec<Outcome<'_>> {
        match self.server_for(request.port, &request.host) {
            Some(server) => server.simulate(request),
            None => vec![Outcome::unknown(&request.path, Vec::new())],
        }
    }

    /// The request that a redirect leads to, and who answers it, if a server of this configuration has that name and port.
    pub(in crate::config) fn target_of(&self, from: &Request, target: &str) -> Option<(Request, Server<'_>)> {
        let (tls, rest) = match target.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            None if target.starts_with('/') => {
                let request = Request { path: path_of(target), ..from.clone() };
                let server = self.server_for(request.port, &request.host)?;
                return Some((request, server));
            }
            _ => return None,
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            // The port that a server listens on may be another outside of its container; only well-known ones are sure.
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, if tls { 443 } else { 80 }),
        };
        let request = Request { tls, host: host.to_ascii_lowercase(), port, path: path_of(path) };
        let server = self.server_for(request.port, &request.host)?;
        (request.host == from.host.to_ascii_lowercase() || server.has_name(&request.host)).then_some((request, server))
    }
}

fn path_of(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

impl<'c> Server<'c> {
    /// Sends a request to this server and follows its redirects as long as they stay on the servers of this configuration.
    pub fn simulate(self, request: &Request) -> Vec<Outcome<'c>> {
        let config = self.directive().config();
        let mut done = Vec::new();
        let mut work = vec![(self, request.clone(), Vec::new(), false, false)];
        while let Some((server, request, trail, conditional, opaque)) = work.pop() {
            for mut outcome in server.answer(&request) {
                outcome.decided_by.splice(0..0, trail.iter().copied());
                outcome.conditional |= conditional;
                outcome.opaque |= opaque;
                let next = match &outcome.end {
                    End::Redirect(target) => config.target_of(&request, target),
                    _ => None,
                };
                match next {
                    Some(_) if outcome.decided_by.len() > MAX_HOPS => done.push(Outcome { end: End::Loop, ..outcome }),
                    Some((next, request)) => {
                        work.push((request, next, outcome.decided_by, outcome.conditional, outcome.opaque));
                    }
                    None => done.push(outcome),
                }
            }
            if done.len() + work.len() > MAX_BRANCHES {
                return vec![Outcome::unknown(&request.path, Vec::new())];
            }
        }
        done
    }

    /// Every way that this server can answer the request; redirects are not followed.
    pub fn answer(self, request: &Request) -> Vec<Outcome<'c>> {
        let outcomes = Run::new(self, request).outcomes();
        match outcomes.len() > MAX_BRANCHES {
            true => vec![Outcome::unknown(&request.path, vec![self.directive()])],
            false => outcomes,
        }
    }
}
