//! TLS early data (0-RTT): which backends get requests that somebody may have sent a second time, and do not know it.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use crate::config::{Config, Directive};
use crate::nginx::version::Version;

/// Directives that pass requests on, and the lists that tell the backend more about them.
pub const LISTS: &[(&str, &str)] = &[
    ("proxy_pass", "proxy_set_header"),
    ("grpc_pass", "grpc_set_header"),
    ("fastcgi_pass", "fastcgi_param"),
    ("uwsgi_pass", "uwsgi_param"),
    ("scgi_pass", "scgi_param"),
];

/// A line that switches early data on, and what it does harm to.
#[derive(Debug)]
pub struct EarlyData<'c> {
    /// `ssl_early_data on`.
    pub line: Directive<'c>,
    /// What passes such requests on without a word about it; never empty.
    pub passes: Vec<Directive<'c>>,
}

impl Config {
    /// The lines that let early data reach a backend which is not told, and from which nginx does not keep it away.
    pub fn untold_early_data(&self, target: Option<Version>) -> Vec<EarlyData<'_>> {
        let mut lines: BTreeMap<u32, EarlyData<'_>> = BTreeMap::new();
        if self.all("ssl_early_data").next().is_none() {
            return Vec::new();
        }
        let variables = Telling::new(self);
        let mut told: HashMap<u32, bool> = HashMap::default();
        let backends = self.backends();
        for (pass_name, list) in LISTS {
            told.clear();
            for pass in backends.passes(pass_name) {
                let Some(server) = self.server_of(pass).filter(|server| server.is_tls(target)) else { continue };
                let line = server.directive().value("ssl_early_data").filter(|line| line.arg(0) == Some("on"));
                let Some(line) = line.filter(|_| !pass.is_opaque_upward() && !variables.refuse(pass)) else { continue };
                let Some(level) = pass.parent().and_then(|level| level.list_level(list)) else { continue };
                let tells = || level.own(list).any(|line| variables.are_in(line));
                if !*told.entry(level.order()).or_insert_with(tells) && !variables.are_in(pass) {
                    let found = lines.entry(line.order()).or_insert(EarlyData { line, passes: Vec::new() });
                    found.passes.push(pass);
                }
            }
        }
        lines.into_values().collect()
    }
}

/// The variables that say whether a request is early data.
struct Telling {
    names: HashSet<String>,
    /// The levels with a condition on them.
    refusing: HashSet<u32>,
}

impl Telling {
    fn new(config: &Config) -> Self {
        let mut telling =
            Self { names: HashSet::from_iter(["ssl_early_data".to_owned()]), refusing: HashSet::default() };
        // A map or `set` may build on another; chains are short.
        for _ in 0..3 {
            let maps = config.all("map").filter(|map| map.arg(0).is_some_and(|source| telling.is_in(source)));
            let sets = config.all("set").filter(|set| set.arg(1).is_some_and(|value| telling.is_in(value)));
            let under = config
                .all("set")
                .filter(|set| set.parent().is_some_and(|level| level.is("if") && telling.are_in(level)));
            let names = maps.map(|map| map.arg(1)).chain(sets.chain(under).map(|set| set.arg(0)));
            let names: Vec<_> = names.flatten().map(|name| name.trim_start_matches('$').to_ascii_lowercase()).collect();
            telling.names.extend(names);
        }
        let conditions = config.all("if").filter(|condition| telling.are_in(*condition));
        telling.refusing = conditions.filter_map(Directive::parent).map(Directive::order).collect();
        telling
    }

    fn is_in(&self, text: &str) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        text.split('$').skip(1).any(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
            self.names.contains(&name.to_ascii_lowercase())
        })
    }

    fn are_in(&self, directive: Directive<'_>) -> bool {
        directive.args().any(|arg| self.is_in(arg))
    }

    /// Does a condition around it, or one that its location or server begins with, look at them?
    fn refuse(&self, pass: Directive<'_>) -> bool {
        pass.ancestors().any(|level| self.refusing.contains(&level.order()))
    }
}
