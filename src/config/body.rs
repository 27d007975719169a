//! Where the bodies of requests go.

use super::Directive;
use super::location::{Location, Modifier};

/// Methods whose requests have no body.
const READING: &[&str] = &["GET", "HEAD", "OPTIONS", "PROPFIND"];

/// Parts of paths that stand for questions: certificates, health, numbers.
const BODILESS: &[&str] =
    &[".well-known", "status", "ping", "health", "healthz", "healthcheck", "health-check", "metrics", "robots.txt"];

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
