//! Answers of backends that are kept for later requests: where, under which key, and for whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::backend::{Backends, PROXY_HEADERS, is_header};
use crate::config::http::Server;
use crate::config::{Config, Directive};
use crate::nginx::script::{self, Compiler};

/// The modules that keep answers.
const FAMILIES: &[&str] = &["fastcgi", "proxy", "scgi", "uwsgi"];
/// What says nothing about the site that is asked.
const SITELESS: &[&str] = &[
    "args",
    "content_type",
    "document_uri",
    "is_args",
    "query_string",
    "request",
    "request_body",
    "request_method",
    "request_uri",
    "scheme",
    "server_protocol",
    "slice_range",
    "uri",
];

/// A place that passes requests on and keeps the answers.
#[derive(Debug)]
pub struct CachedPass<'c> {
    /// The line that passes on.
    pub pass: Directive<'c>,
    /// The level that it stands in.
    pub level: Directive<'c>,
    /// `proxy` and its like: what the names of the directives begin with.
    pub family: &'static str,
    /// The line that names the zone.
    pub zone: Directive<'c>,
    /// The line with the key, where there is one.
    pub key: Option<Directive<'c>>,
}

/// One key for several sites.
#[derive(Debug)]
pub struct SharedKey<'c> {
    /// The line with the key.
    pub key: Directive<'c>,
    /// Two of the sites.
    pub sites: (String, String),
}

impl Config {
    /// The places that keep answers; those are left out where something unknown may say otherwise.
    pub fn cached_passes(&self) -> Vec<CachedPass<'_>> {
        let backends = self.backends();
        let passes = FAMILIES.iter().flat_map(|family| passes_of(&backends, family));
        passes.filter(|found| !found.level.is_opaque_upward()).collect()
    }

    /// The keys that say nothing about the site, though the answers are those of several.
    pub fn shared_cache_keys(&self) -> Vec<SharedKey<'_>> {
        let mut by_entry: BTreeMap<(&str, &str), Vec<CachedPass<'_>>> = BTreeMap::new();
        for found in self.cached_passes() {
            let (Some(zone), Some(key)) = (found.zone.arg(0), found.key.and_then(|key| key.arg(0))) else { continue };
            if is_siteless(key) {
                by_entry.entry((zone, key)).or_default().push(found);
            }
        }
        by_entry.into_values().filter_map(shared).collect()
    }
}

fn passes_of<'c>(backends: &Backends<'c>, family: &'static str) -> impl Iterator<Item = CachedPass<'c>> + use<'c> {
    let passes: Vec<Directive<'c>> = backends.passes(&format!("{family}_pass")).collect();
    passes.into_iter().filter_map(move |pass| {
        let level = pass.parent()?;
        let zone = level.value(&format!("{family}_cache")).filter(|zone| zone.arg(0) != Some("off"))?;
        Some(CachedPass { pass, level, family, zone, key: level.value(&format!("{family}_cache_key")) })
    })
}

fn is_siteless(key: &str) -> bool {
    let uses = script::scan(key, Compiler::Text).uses;
    let is_siteless = |name: &str| {
        let name = name.to_ascii_lowercase();
        SITELESS.contains(&name.as_str()) || name.starts_with("arg_") || name.starts_with("cookie_")
    };
    !uses.is_empty() && uses.iter().all(|used| !used.is_capture && is_siteless(used.name))
}

/// Two sites whose answers have the same entry.
fn shared(passes: Vec<CachedPass<'_>>) -> Option<SharedKey<'_>> {
    let key = passes.first()?.key?;
    let mut known: Vec<(BTreeSet<String>, &str, bool)> = Vec::new();
    for found in &passes {
        let server = found.pass.config().server_of(found.pass)?;
        let sites = sites(server);
        let (target, tells_site) = (found.pass.arg(0).unwrap_or_default(), found.tells_site());
        let mut own = sites.iter();
        if let (true, Some(first), Some(second)) = (tells_site, own.next(), own.next()) {
            return Some(SharedKey { key, sites: (first.clone(), second.clone()) });
        }
        let differs = |other: &&(BTreeSet<String>, &str, bool)| {
            other.0.is_disjoint(&sites) && (other.1 != target || other.2 && tells_site)
        };
        let other = known.iter().find(differs).and_then(|(others, ..)| others.first());
        if let (Some(first), Some(second)) = (other, sites.first()) {
            return Some(SharedKey { key, sites: (first.clone(), second.clone()) });
        }
        known.push((sites, target, tells_site));
    }
    None
}

/// The names of a server that are no other names of each other: `www.` is the same site.
fn sites(server: Server<'_>) -> BTreeSet<String> {
    let names = server.names().filter(|name| name.contains('.') && !name.starts_with('~'));
    let names = names.filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    names.map(|name| name.trim_start_matches("www.").trim_start_matches('.').to_ascii_lowercase()).collect()
}

impl<'c> CachedPass<'c> {
    /// Does the backend learn which site is asked?
    fn tells_site(&self) -> bool {
        if self.family != "proxy" {
            return true;
        }
        let lines = self.level.list_level(PROXY_HEADERS.name);
        lines.is_some_and(|level| {
            let hosts = level.own(PROXY_HEADERS.name).filter(|line| is_header(*line, "host"));
            hosts.filter_map(|line| line.arg(1)).any(|value| matches!(value, "$host" | "$http_host"))
        })
    }

    /// The line by which answers that set cookies are kept, and given to others with these cookies.
    pub fn kept_cookies(&self) -> Option<Directive<'c>> {
        let named = |name: &str| self.level.value(&format!("{}_{name}", self.family));
        let is_about_cookies = |line: &Directive<'_>| line.args().any(|word| word.eq_ignore_ascii_case("set-cookie"));
        let ignores = named("ignore_headers").filter(is_about_cookies)?;
        let hides = self.level.effective(&format!("{}_hide_header", self.family)).iter().any(is_about_cookies);
        (!hides && !self.tells_visitors_apart()).then_some(ignores)
    }

    /// The line that tells the backend who asks, while the answer is kept for everybody.
    pub fn untold_identity(&self) -> Option<Directive<'c>> {
        let list = self.level.list_level(PROXY_HEADERS.name).filter(|_| self.family == "proxy")?;
        let says_who = |line: &Directive<'_>| line.arg(1).is_some_and(is_identity);
        list.own(PROXY_HEADERS.name).find(says_who).filter(|_| !self.tells_visitors_apart())
    }

    /// Is there a word about visitors in the key, or in what is not kept?
    fn tells_visitors_apart(&self) -> bool {
        let says_who = |word: &str| {
            let uses = script::scan(word, Compiler::Text).uses;
            uses.iter().any(|used| used.is_capture || !SITELESS.contains(&used.name) && !is_place(used.name))
        };
        let conditions = ["no_cache", "cache_bypass"].map(|name| format!("{}_{name}", self.family));
        self.key.is_some_and(|key| key.arg(0).is_some_and(says_who))
            || conditions.iter().any(|name| self.level.value(name).is_some())
    }
}

/// Does a variable only say where something is?
fn is_place(name: &str) -> bool {
    matches!(name, "host" | "http_host" | "proxy_host" | "server_name" | "server_port" | "hostname")
}

/// Is it the name, the password or the session of a visitor?
fn is_identity(value: &str) -> bool {
    let names = ["$remote_user", "$http_authorization", "$http_cookie", "$ssl_client_s_dn", "$cookie_"];
    names.iter().any(|name| value.contains(name))
}
