//! Whether connections to an upstream are kept for the next request.

use super::backend::{Backends, HeaderUse, PROXY_HEADERS};
use super::websocket::SpokenHttp;
use super::{Config, Directive};
use crate::nginx::version::Version;

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

impl<'c> Backends<'c> {
    /// Every `proxy_pass` whose connections nginx of this release may keep or close, by the order of its upstream.
    pub fn users_by_upstream(&self, uses: &[HeaderUse<'c>], target: Version) -> Vec<(Directive<'c>, Vec<User<'c>>)> {
        let mut users: std::collections::BTreeMap<u32, (Directive<'c>, Vec<User<'c>>)> = Default::default();
        for (headers, found) in uses.iter().enumerate() {
            for pass in found.passes.iter().copied() {
                let Some(upstream) = self.upstream(pass) else { continue };
                let user = User { pass, closers: closers(found, pass, target), headers };
                users.entry(upstream.order()).or_insert((upstream, Vec::new())).1.push(user);
            }
        }
        users.into_values().collect()
    }
}

fn closers<'c>(found: &HeaderUse<'c>, pass: Directive<'c>, target: Version) -> Vec<Closer<'c>> {
    let mut closers = Vec::new();
    let line = found.header(PROXY_HEADERS, "connection").next_back();
    let value = line.and_then(|line| line.arg(1));
    if let SpokenHttp::Old(version) = super::websocket::spoken_http(pass, Some(target)) {
        // HTTP/1.0 has an extension for it.
        if !value.is_some_and(|value| value.to_ascii_lowercase().contains("keep-alive") || value.contains('$')) {
            closers.push(Closer::OldHttp(version));
        }
    }
    if value.is_none_or(|value| found.level.config().always_closes(value)) {
        closers.push(Closer::Connection(line));
    }
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
