//! Hosts that variables bring: nginx looks them up when a request comes.

use crate::config::backend::Backends;
use crate::config::words::variable::PossibleValue;
use crate::config::{Config, Directive};
use crate::template::is_symbolic;

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
        let known = KnownHosts::of(self);
        let passes = LATE.iter().flat_map(|name| self.passes(name)).filter(|pass| !pass.arg_is_open(0));
        let mut found: Vec<LateHost<'c>> = passes.filter_map(|pass| late_host(self.config, pass, &known)).collect();
        found.sort_by_key(|late| late.pass.order());
        found
    }
}

/// The hosts whose addresses nginx knows from its start: names of upstreams, and those that are written out in a pass.
struct KnownHosts<'c> {
    sorted: Vec<&'c str>,
    /// From their last character to the first, for questions about endings.
    backwards: Vec<String>,
}

impl<'c> KnownHosts<'c> {
    fn of(backends: &Backends<'c>) -> Self {
        let targets = LATE.iter().flat_map(|name| backends.passes(name)).filter_map(|pass| pass.arg(0));
        let written_out = targets.filter(|target| !is_symbolic(target)).map(host_of).filter(|host| is_name(host));
        let mut sorted: Vec<&str> = written_out.chain(backends.upstreams.keys().copied()).collect();
        sorted.sort_unstable();
        let mut backwards: Vec<String> = sorted.iter().map(|host| reversed(host)).collect();
        backwards.sort_unstable();
        Self { sorted, backwards }
    }

    fn has(&self, host: &str) -> bool {
        self.sorted.binary_search(&host).is_ok()
    }

    fn has_start(&self, start: &str) -> bool {
        let at = self.sorted.partition_point(|host| *host < start);
        self.sorted.get(at).is_some_and(|host| host.starts_with(start))
    }

    fn has_end(&self, end: &str) -> bool {
        let end = reversed(end);
        let at = self.backwards.partition_point(|host| *host < end);
        self.backwards.get(at).is_some_and(|host| host.starts_with(&end))
    }
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

fn late_host<'c>(config: &'c Config, pass: Directive<'c>, known: &KnownHosts<'c>) -> Option<LateHost<'c>> {
    let host = host_of(pass.arg(0)?);
    if let Some(values) = host.contains('$').then(|| config.possible_values(host)).flatten() {
        return values_at(pass, values).into_iter().find_map(|value| {
            let host = Some(host_of(value.text)).filter(|host| is_name(host) && !known.has(host))?;
            Some(LateHost { pass, host, from: value.from })
        });
    }
    let (head, tail) = (&host[..host.find('$')?], behind_last_variable(host));
    let is_of_visitor = matches!(host, "$host" | "$http_host" | "${host}" | "${http_host}");
    let is_certain = match (head, tail) {
        ("", "") => is_of_visitor && known.sorted.is_empty(),
        ("", tail) => tail.starts_with('.') && is_name(tail) && !known.has_end(tail),
        _ => is_name(head) && !known.has_start(head),
    };
    is_certain.then_some(LateHost { pass, host, from: None })
}

/// Those of the values that can reach this pass: `set` lines count at the levels around it, and one that the location makes
/// on all requests hides those of the server.
fn values_at<'c>(pass: Directive<'c>, mut values: Vec<PossibleValue<'c>>) -> Vec<PossibleValue<'c>> {
    let level_of = |set: Directive<'c>| set.ancestors().find(|level| !level.is("if"));
    let is_around = |set: Directive<'c>| level_of(set).is_some_and(|level| level.contains(pass));
    values.retain(|value| value.from.is_none_or(|from| !from.is("set") || is_around(from)));
    let location = pass.enclosing("location");
    let is_of_location = |from: Directive<'c>| location.is_some_and(|location| location.contains(from));
    let hides = |value: &PossibleValue<'c>| value.from.is_some_and(|from| from.is("set") && from.parent() == location);
    if values.iter().any(hides) {
        values.retain(|value| value.from.is_some_and(is_of_location));
    }
    values
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
