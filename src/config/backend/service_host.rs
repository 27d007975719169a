//! Hosts of applications that only a network of containers can know: names of one label.

use std::cell::LazyCell;

use foldhash::HashSet;

use crate::config::{Config, Directive};
use crate::nginx::address::{Host, Shape, parse};
use crate::nginx::peer;
use crate::template;

/// Directives that hand requests to an application.
const PASSES: &[&str] = &["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

impl Config {
    /// The hosts of one label that this configuration asks for, with the directives that name them. Names of upstreams are
    /// none, and neither are names that a file which is not read here may make one.
    pub fn service_hosts(&self) -> Vec<(Directive<'_>, &str)> {
        let backends = self.backends();
        let passes = PASSES.iter().flat_map(|name| self.all(name)).filter(|pass| !pass.is_opaque_upward());
        let passes = passes.filter(|pass| backends.upstream(*pass).is_none());
        let passes = passes.filter_map(|pass| Some((pass, single_label(pass.arg(0)?)?)));
        let upstreams = LazyCell::new(|| self.upstreams_of_run());
        let passes = passes.filter(|(_, host)| !upstreams.contains(host.as_bytes()));
        let servers = self.all("server").filter(|line| line.parent().is_some_and(|parent| parent.is("upstream")));
        let servers = servers.filter_map(|line| Some((line, single_label(line.arg(0)?)?)));
        let late = backends.late_hosts().into_iter().filter(|late| !late.pass.is_opaque_upward());
        let late = late.filter_map(|late| Some((late.pass, single_label(late.host)?)));
        let late = late.filter(|(_, host)| !upstreams.contains(host.as_bytes()));
        let mut found: Vec<_> = passes.chain(servers).chain(late).collect();
        found.sort_by_key(|(line, host)| (line.order(), *host));
        found.dedup();
        found
    }

    /// The names of hosts that nginx looks up when it starts, with the directives that name them, in nginx's order. As above,
    /// names of upstreams are none.
    pub fn hosts_of_start(&self) -> Vec<(Directive<'_>, &str)> {
        let backends = self.backends();
        let upstreams = LazyCell::new(|| self.upstreams_of_run());
        let mut found = Vec::new();
        for pass in PASSES.iter().flat_map(|name| self.all(name)).filter(|pass| !pass.is_opaque_upward()) {
            let target = pass.arg(0).filter(|target| !template::is_symbolic(target));
            let Some(rest) = target.and_then(|target| peer::without_scheme(pass.name(), target)) else { continue };
            let shape = if pass.is("proxy_pass") { Shape::PeerWithUri } else { Shape::Peer };
            let Some(host) = host_name(rest, shape).filter(|_| backends.upstream(pass).is_none()) else { continue };
            if !upstreams.contains(host.as_bytes()) {
                found.push((pass, host));
            }
        }
        let servers = self.all("server").filter(|line| line.parent().is_some_and(|parent| parent.is("upstream")));
        let known = |line: &Directive<'_>| !line.args().any(template::is_symbolic);
        found.extend(servers.filter(known).filter_map(|line| Some((line, host_name(line.arg(0)?, Shape::Peer)?))));
        found.sort_by_key(|(line, _)| line.order());
        found
    }

    /// The names of upstreams that any text of this run defines, be it of another configuration.
    fn upstreams_of_run(&self) -> HashSet<&[u8]> {
        let finder = memchr::memmem::Finder::new(b"upstream ");
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'{' | b';');
        let names = self.library().sources().iter().flat_map(|(_, source)| {
            let bytes = source.bytes();
            let behind = finder.find_iter(bytes).map(|at| bytes[at + finder.needle().len()..].trim_ascii_start());
            behind.filter_map(|rest| rest.split(is_end).next()).collect::<Vec<_>>()
        });
        names.collect()
    }
}

fn host_name(text: &str, shape: Shape) -> Option<&str> {
    match parse(text, shape).ok()?.host {
        Host::Name(name) => Some(name),
        _ => None,
    }
}

/// The host in `http://app:8000/path`, if it is one label and known to the last byte; what follows need not be.
fn single_label(target: &str) -> Option<&str> {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = rest.split([':', '/']).next()?;
    let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_host = !host.is_empty() && host.chars().all(is_label) && host.contains(|c: char| c.is_ascii_alphabetic());
    (is_host && !matches!(host, "localhost" | "unix")).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::single_label;

    #[test]
    fn only_names_of_containers_count() {
        for (target, expected) in [
            ("http://app:8000/x", Some("app")),
            ("app_1:9000", Some("app_1")),
            ("grpc://api", Some("api")),
            ("http://localhost:80", None),
            ("http://a.test", None),
            ("http://$host", None),
            ("http://app:${PORT}", Some("app")),
            ("http://app$request_uri", None),
            ("http://app:8000$request_uri", Some("app")),
            ("http://app${X}:80", None),
            ("unix:/run/x.sock", None),
            ("http://unix:/run/x.sock:/", None),
            ("127001:80", None),
            ("[::1]:80", None),
        ] {
            assert_eq!(single_label(target), expected, "{target}");
        }
    }
}
