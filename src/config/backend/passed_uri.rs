//! What becomes of the path of a request that `proxy_pass` hands on with a path of its own.

use crate::config::backend::Backends;
use crate::config::http::files::looks_like_file;
use crate::config::http::location::Location;
use crate::config::{Config, Directive};
use crate::nginx::address::{Shape, parse};
use crate::nginx::context::Context;
use crate::nginx::peer;
use crate::template::is_symbolic;

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

impl Config {
    /// Every `proxy_pass` that replaces the prefix of its location. Where a rewrite has changed the path, nothing is
    /// replaced; who only asks on behalf of other requests names the whole path.
    pub fn replaced_prefixes(&self) -> Vec<ReplacedPrefix<'_>> {
        let backends = self.backends();
        let found =
            self.all("proxy_pass").filter(|pass| pass.context() == Some(Context::Location)).filter_map(|pass| {
                let location = pass.parent().and_then(Location::new).filter(Location::is_prefix)?;
                let target = pass.arg(0).filter(|target| !is_symbolic(target))?;
                let rest = peer::without_scheme("proxy_pass", target)?;
                let uri = parse(rest, Shape::PeerWithUri).ok()?.uri.filter(|uri| uri.starts_with('/'))?;
                let is_replaced = !location.directive.rewrites() && !backends.is_helper(pass) && !uri.contains('?');
                is_replaced.then_some(ReplacedPrefix { pass, location, uri })
            });
        found.collect()
    }

    /// Every `proxy_pass` with a variable for its host and the same path for whatever its location is asked for.
    pub fn constant_paths(&self) -> Vec<ReplacedPrefix<'_>> {
        let backends = self.backends();
        let found = backends.passes("proxy_pass").filter_map(|pass| {
            let location = pass.enclosing("location").and_then(Location::new).filter(Location::is_prefix)?;
            let uri = constant_path(pass.arg(0)?)?;
            let is_one_page = looks_like_file(location.pattern) || looks_like_file(uri);
            let is_meant = is_one_page || backends.is_helper(pass) || location.is_internal();
            (!is_meant && !pass.arg_is_open(0)).then_some(ReplacedPrefix { pass, location, uri })
        });
        found.collect()
    }
}

/// The path behind a host with a variable, if there is one without any.
fn constant_path(target: &str) -> Option<&str> {
    let (_, rest) = target.split_once("://")?;
    let (host, _) = rest.split_at(rest.find(['/', '?'])?);
    let uri = &rest[host.len()..];
    (host.contains('$') && !host.starts_with("unix:") && uri.starts_with('/') && !uri.contains('$')).then_some(uri)
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

/// A host that has to be looked up when a request comes.
#[derive(Debug, Clone, Copy)]
pub struct LateHost<'c> {
    /// The directive that asks for it.
    pub pass: Directive<'c>,
    /// The host, or the text with variables that will be one.
    pub host: &'c str,
    /// The `set` or the map entry that it comes from.
    pub from: Option<Directive<'c>>,
}

/// Directives that look hosts up when they are given with variables.
const LATE: &[&str] = &["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"];

impl<'c> Backends<'c> {
    /// The names that variables bring, for which nginx certainly has to ask a name server.
    pub fn late_hosts(&self) -> Vec<LateHost<'c>> {
        let known = self.literal_hosts();
        let passes = LATE.iter().flat_map(|name| self.passes(name)).filter(|pass| !pass.arg_is_open(0));
        let mut found: Vec<LateHost<'c>> = passes.filter_map(|pass| self.late_host(pass, &known)).collect();
        found.sort_by_key(|late| late.pass.order());
        found
    }

    /// The hosts that are written out somewhere: nginx knows their addresses from its start.
    fn literal_hosts(&self) -> Vec<&'c str> {
        let targets = LATE.iter().flat_map(|name| self.passes(name)).filter_map(|pass| pass.arg(0));
        let mut hosts: Vec<&str> = targets.filter(|target| !is_symbolic(target)).map(host_of).collect();
        hosts.extend(self.upstreams.keys());
        hosts.sort_unstable();
        hosts
    }

    fn late_host(&self, pass: Directive<'c>, known: &[&str]) -> Option<LateHost<'c>> {
        let host = host_of(pass.arg(0)?);
        let is_known = |host: &str| known.binary_search(&host).is_ok();
        if let Some(values) = host.contains('$').then(|| self.config.possible_values(host)).flatten() {
            let is_here = |from: Option<Directive<'c>>| {
                from.is_none_or(|from| !from.is("set") || from.enclosing("server") == pass.enclosing("server"))
            };
            return values.into_iter().filter(|value| is_here(value.from)).find_map(|value| {
                let host = Some(host_of(value.text)).filter(|host| is_name(host) && !is_known(host))?;
                Some(LateHost { pass, host, from: value.from })
            });
        }
        let (head, tail) = (&host[..host.find('$')?], behind_last_variable(host));
        let is_of_visitor = matches!(host, "$host" | "$http_host" | "${host}" | "${http_host}");
        let is_certain = match (head, tail) {
            ("", "") => is_of_visitor && self.upstreams.is_empty(),
            ("", tail) => tail.starts_with('.') && is_name(tail) && !known.iter().any(|name| name.ends_with(tail)),
            _ => is_name(head) && !known.iter().any(|name| name.starts_with(head)),
        };
        is_certain.then_some(LateHost { pass, host, from: None })
    }
}

/// The host in a target, without scheme, port and path.
fn host_of(target: &str) -> &str {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    let rest = rest.split_once("$request_uri").or(rest.split_once("$uri")).map_or(rest, |(host, _)| host);
    if rest.starts_with("unix:") || rest.starts_with('[') { rest } else { rest.split(':').next().unwrap_or_default() }
}

/// Is this a name rather than an address, a path or nothing?
fn is_name(host: &str) -> bool {
    let is_address = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    !is_symbolic(host) && !is_address && !host.starts_with("unix:") && !host.starts_with('[')
}

fn behind_last_variable(text: &str) -> &str {
    let Some(at) = text.rfind('$') else { return text };
    let rest = &text[at + 1..];
    match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}').map_or("", |(_, tail)| tail),
        None => rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    }
}
