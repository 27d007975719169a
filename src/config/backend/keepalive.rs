//! Whether connections to an upstream are kept for the next request.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use crate::config::backend::websocket::{SpokenHttp, spoken_http};
use crate::config::backend::{Backends, HeaderUse, PROXY_HEADERS};
use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::source::Span;

/// What hands requests to an upstream, `proxy_pass` aside.
const OTHERS: &[&str] = &["grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];

/// What closes the connection after each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closer<'c> {
    /// HTTP/1.0, by this directive or by default.
    OldHttp(Option<Directive<'c>>),
    /// `Connection: close`, by this line or by default.
    Connection(Option<Directive<'c>>),
}

/// A `proxy_pass` with the headers in force.
#[derive(Debug)]
pub struct User<'c> {
    /// The `proxy_pass`.
    pub pass: Directive<'c>,
    /// What ends its connections; none if they can be used again, or if it is not known.
    pub closers: Vec<Closer<'c>>,
    /// Its place among the uses of headers that were asked about.
    pub headers: usize,
}

impl<'c> User<'c> {
    /// Where and what to insert so that its connections are kept; none where something else is set on purpose, or in another
    /// file.
    pub fn repair(&self, headers: &HeaderUse<'c>) -> Option<(Span, String)> {
        let mut lines = Vec::new();
        for closer in &self.closers {
            match closer {
                Closer::OldHttp(None) => lines.insert(0, "proxy_http_version 1.1;".to_owned()),
                Closer::Connection(None) => lines.push("proxy_set_header Connection \"\";".to_owned()),
                Closer::OldHttp(Some(_)) | Closer::Connection(Some(_)) => return None,
            }
        }
        let location = self.pass.enclosing("location")?;
        match self.closers.contains(&Closer::Connection(None)) {
            true => headers.insertion(PROXY_HEADERS, self.pass, &lines),
            false if self.pass.parent() != Some(location) || self.pass.in_file() != location.in_file() => None,
            false => Some(self.pass.insertion_before(&lines)),
        }
    }
}

impl<'c> Backends<'c> {
    /// The upstreams (by their order) whose connections others may keep as well: other modules, each in its own way, and those
    /// whose headers are not known.
    pub fn upstreams_with_other_users(&self, uses: &[HeaderUse<'c>]) -> HashSet<u32> {
        let known: HashSet<u32> = uses.iter().flat_map(|found| &found.passes).map(|pass| pass.order()).collect();
        let unknown = self.passes(PROXY_HEADERS.pass).filter(|pass| !known.contains(&pass.order()));
        let others = OTHERS.iter().flat_map(|name| self.passes(name)).chain(unknown);
        others.filter_map(|pass| Some(self.upstream(pass)?.order())).collect()
    }

    /// Every `proxy_pass` whose connections nginx of this release may keep or close, by the order of its upstream.
    pub fn users_by_upstream(&self, uses: &[HeaderUse<'c>], target: Version) -> Vec<(Directive<'c>, Vec<User<'c>>)> {
        let mut users: BTreeMap<u32, (Directive<'c>, Vec<User<'c>>)> = BTreeMap::new();
        let mut closing: HashMap<&'c str, bool> = HashMap::default();
        for (headers, found) in uses.iter().enumerate() {
            for pass in found.passes.iter().copied() {
                let Some(upstream) = self.upstream(pass) else { continue };
                let user = User { pass, closers: closers(found, pass, target, &mut closing), headers };
                users.entry(upstream.order()).or_insert((upstream, Vec::new())).1.push(user);
            }
        }
        users.into_values().collect()
    }
}

fn closers<'c>(
    found: &HeaderUse<'c>,
    pass: Directive<'c>,
    target: Version,
    closing: &mut HashMap<&'c str, bool>,
) -> Vec<Closer<'c>> {
    let mut closers = Vec::new();
    let line = found.header(PROXY_HEADERS, "connection").next_back();
    let value = line.and_then(|line| line.arg(1));
    // HTTP/1.0 can keep connections, too, if it is told to.
    let is_told = value.is_some_and(|value| value.contains('$') || value.eq_ignore_ascii_case("keep-alive"));
    if let (SpokenHttp::Old(version), false) = (spoken_http(pass, Some(target)), is_told) {
        closers.push(Closer::OldHttp(version));
    }
    let config = pass.config();
    let closes =
        value.is_none_or(|value| *closing.entry(value).or_insert_with_key(|value| config.always_closes(value)));
    closers.extend(closes.then_some(Closer::Connection(line)));
    closers
}

impl Config {
    /// Does a `Connection` of this value close every connection, upgraded ones aside?
    fn always_closes<'c>(&'c self, value: &'c str) -> bool {
        let is = |value: &str, word: &str| value.eq_ignore_ascii_case(word);
        let Some(values) = self.possible_values(value) else { return false };
        values.iter().any(|value| is(value.text, "close"))
            && values.iter().all(|value| is(value.text, "close") || is(value.text, "upgrade"))
    }
}
