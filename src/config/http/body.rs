//! Where the bodies of requests go, and how large they may be.

use std::collections::BTreeMap;

use crate::config::backend::Backends;
use crate::config::http::location::{Location, Modifier};
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::measure;
use crate::template::is_symbolic;

/// Directives that hand a request with its body to an application.
pub const APPLICATIONS: &[&str] = &["proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass"];

/// Other directives of a location that do something with bodies.
const OTHER_HANDLERS: &[&str] = &[
    "content_by_lua",
    "content_by_lua_block",
    "content_by_lua_file",
    "dav_methods",
    "js_content",
    "passenger_enabled",
];

/// What nginx accepts without being told: 1 MB.
const BUILT_IN: u64 = 1 << 20;

/// Methods whose requests have no body.
const READING: &[&str] = &["GET", "HEAD", "OPTIONS", "PROPFIND"];

/// Parts of paths that stand for questions: certificates, health, numbers.
const BODILESS: &[&str] =
    &[".well-known", "status", "ping", "health", "healthz", "healthcheck", "health-check", "metrics", "robots.txt"];

/// Sizes of bodies and of the buffers for them and for headers.
pub const SIZE_LIMITS: &[&str] = &[
    "client_max_body_size",
    "client_body_buffer_size",
    "client_header_buffer_size",
    "fastcgi_buffer_size",
    "grpc_buffer_size",
    "proxy_buffer_size",
    "scgi_buffer_size",
    "uwsgi_buffer_size",
];

/// Where such a line is a mistake of its place.
const WRONG_PLACES: &[Context] = &[Context::Main, Context::IfInServer, Context::IfInLocation, Context::LimitExcept];

/// Is it one of the [`SIZE_LIMITS`]?
pub fn is_size_limit(directive: Directive<'_>) -> bool {
    SIZE_LIMITS.contains(&directive.name())
}

/// Is it such a size, in a block where nginx does not allow it?
pub fn is_misplaced_size(directive: Directive<'_>) -> bool {
    is_size_limit(directive) && directive.context().is_some_and(|place| WRONG_PLACES.contains(&place))
}

/// What such a line says, number and unit perhaps in two words; none if that is more than one value, or if a script may be
/// about to fill something in.
pub fn size_value(directive: Directive<'_>) -> Option<String> {
    let (first, last) = (directive.arg_span(0)?, directive.arg_span(directive.args().len().checked_sub(1)?)?);
    // More words, or a second one on another line, come from a semicolon that was forgotten.
    let is_one = directive.args().len() < 3 && !directive.config().library().text(first.to(last)).contains('\n');
    let value = directive.args().collect::<Vec<_>>().join(" ");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | ' ');
    let is_number = value.starts_with(|c: char| c.is_ascii_digit()) && !is_symbolic(&value);
    let is_said = is_number || value.chars().all(is_plain) || is_variable(&value);
    (is_size_limit(directive) && is_one && is_said).then_some(value)
}

/// Is it one variable, written as nginx's own are? Names in capitals or braces are those of the environment.
fn is_variable(value: &str) -> bool {
    let is_lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    value.strip_prefix('$').is_some_and(|name| !name.is_empty() && name.bytes().all(is_lower))
}

/// Can clients send a body to this `*_pass`: not where all but reading is refused, nor where the answer is given before, nor
/// where paths speak of anything else?
pub fn takes_bodies(pass: Directive<'_>) -> bool {
    let Some(location) = pass.enclosing("location").and_then(Location::new) else { return true };
    let level = location.directive;
    let refuses =
        |limit: Directive<'_>| limit.own("deny").any(|deny| deny.arg(0) == Some("all")) && !limit.has("allow");
    let only_reads = |limit: Directive<'_>| limit.args().all(|method| READING.contains(&method)) && refuses(limit);
    let is_bodiless = location.has_segment(BODILESS) || location.is_socket_endpoint();
    !answers_before(pass) && !is_bodiless && !level.own("limit_except").any(only_reads)
}

/// Does a `return` of the location or the server answer before this `*_pass` is asked?
pub fn answers_before(pass: Directive<'_>) -> bool {
    ["location", "server"].iter().any(|block| pass.enclosing(block).is_some_and(|level| level.has("return")))
}

/// How general the location of a `*_pass` is, the most general first: `/`, then named ones, short prefixes, regexes, single
/// paths.
pub fn generality(pass: Directive<'_>) -> (u8, usize) {
    let Some(location) = pass.enclosing("location").and_then(Location::new) else { return (0, 0) };
    let kind = match location.modifier {
        Modifier::Prefix | Modifier::StopPrefix if location.pattern == "/" => 0,
        Modifier::Named => 1,
        Modifier::Prefix | Modifier::StopPrefix => 2,
        Modifier::Regex { .. } => 3,
        Modifier::Exact => 4,
    };
    (kind, location.pattern.len())
}

/// How large a body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit<'c> {
    /// In bytes; [`u64::MAX`] where there is no limit.
    pub bytes: u64,
    /// The line that says so; none where it is built in.
    pub by: Option<Directive<'c>>,
}

impl<'c> BodyLimit<'c> {
    /// Is anything accepted?
    pub fn is_none(self) -> bool {
        self.bytes == u64::MAX
    }

    /// As it is written.
    pub fn text(self) -> &'c str {
        self.by.and_then(|by| by.arg(0)).unwrap_or("1m")
    }
}

impl<'c> Directive<'c> {
    /// The limit in force at this level; none if it is not known.
    pub fn body_limit(self) -> Option<BodyLimit<'c>> {
        let Some(by) = self.certain_value("client_max_body_size")? else {
            return Some(BodyLimit { bytes: BUILT_IN, by: None });
        };
        let bytes = by.arg(0).and_then(measure::offset)?;
        Some(BodyLimit { bytes: if bytes == 0 { u64::MAX } else { bytes }, by: Some(by) })
    }
}

/// A line that limits bodies, and what is held to it.
#[derive(Debug)]
pub struct LimitUse<'c> {
    /// The limit.
    pub limit: BodyLimit<'c>,
    /// Its line.
    pub line: Directive<'c>,
    /// The directives that take bodies under it.
    pub receivers: Vec<Directive<'c>>,
}

impl<'c> Backends<'c> {
    /// The directives that do something with the bodies that clients send: `proxy_pass` and its like, and each `try_files`
    /// that leads to a named location. Servers that only the same machine can reach have no clients.
    pub fn body_receivers(&self) -> impl Iterator<Item = Directive<'c>> {
        let named = |end: Option<&str>| end.is_some_and(|end| end.starts_with('@'));
        let detours = self.passes("try_files").filter(move |detour| named(detour.args().next_back()));
        let handlers = APPLICATIONS.iter().chain(OTHER_HANDLERS).flat_map(|name| self.passes(name));
        handlers.chain(detours).filter(|receiver| {
            let is_private = receiver.config().server_of(*receiver).is_some_and(|server| server.is_internal());
            takes_bodies(*receiver) && !is_private && !self.is_helper(*receiver)
        })
    }

    /// Every line that limits bodies, with what takes bodies of strangers under it, in nginx's order. What a named location
    /// says for itself comes too late to count.
    pub fn limit_uses(&self) -> Vec<LimitUse<'c>> {
        let mut uses: BTreeMap<u32, LimitUse<'c>> = BTreeMap::new();
        for receiver in self.body_receivers().filter(|receiver| !is_for_few(*receiver)) {
            let Some(limit) = receiver.parent().and_then(Directive::body_limit) else { continue };
            let Some(line) = limit.by.filter(|by| !is_in_named_location(*by)) else { continue };
            let found = uses.entry(line.order()).or_insert(LimitUse { limit, line, receivers: Vec::new() });
            found.receivers.push(receiver);
        }
        uses.into_values().collect()
    }
}

/// Do the address rules in force leave only those that they name?
fn is_for_few(receiver: Directive<'_>) -> bool {
    let rules = receiver.ancestors().find(|level| level.has("allow") || level.has("deny"));
    let is_any =
        receiver.parent().and_then(|level| level.value("satisfy")).is_some_and(|one| one.arg(0) == Some("any"));
    let last = rules.and_then(|rules| rules.own("deny").next_back());
    !is_any && last.is_some_and(|deny| deny.arg(0) == Some("all"))
}

/// Does a line stand directly in a named location?
pub fn is_in_named_location(line: Directive<'_>) -> bool {
    line.parent().and_then(Location::new).is_some_and(|location| location.modifier == Modifier::Named)
}

impl Config {
    /// Every `client_body_buffer_size` that bodies are read with, and the largest body that may be read with it.
    pub fn body_buffers(&self) -> Vec<(Directive<'_>, Option<BodyLimit<'_>>)> {
        let mut buffers: BTreeMap<u32, (Directive<'_>, Option<BodyLimit<'_>>)> = BTreeMap::new();
        for level in self.backends().body_receivers().filter_map(Directive::parent) {
            let Some(Some(buffer)) = level.certain_value("client_body_buffer_size") else { continue };
            let limit = level.body_limit();
            let (_, largest) = buffers.entry(buffer.order()).or_insert((buffer, limit));
            *largest = largest.zip(limit).map(|(a, b)| if a.bytes < b.bytes { b } else { a });
        }
        buffers.into_values().collect()
    }
}
