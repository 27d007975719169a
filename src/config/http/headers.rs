//! Response headers: which of them an answer of a level carries, and which of them a level loses.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use crate::config::http::ending::is_error;
use crate::config::http::location::Location;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;

/// Code of an add-on that can set any header.
const HEADER_CODE: &[&str] = &[
    "header_filter_by_lua",
    "header_filter_by_lua_block",
    "header_filter_by_lua_file",
    "js_header_filter",
    "security_headers",
];

/// Headers that protect the visitor, by their keys.
const SECURITY: &[&str] = &[
    "strict-transport-security",
    "content-security-policy",
    "content-security-policy-report-only",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-embedder-policy",
    "cross-origin-embedder-policy-report-only",
    "cross-origin-opener-policy",
    "cross-origin-opener-policy-report-only",
    "cross-origin-resource-policy",
    "x-xss-protection",
    "x-permitted-cross-domain-policies",
];

/// Headers that browsers no longer read, by their keys.
const OBSOLETE: &[&str] = &[
    "x-xss-protection",
    "public-key-pins",
    "public-key-pins-report-only",
    "expect-ct",
    "feature-policy",
    "x-content-security-policy",
    "x-webkit-csp",
    "p3p",
];

/// Directives that keep a header of a backend away from visitors.
const HIDING: &[&str] =
    &["proxy_hide_header", "fastcgi_hide_header", "uwsgi_hide_header", "scgi_hide_header", "grpc_hide_header"];

/// Headers that nginx makes itself, by their keys.
const MADE_BY_NGINX: &[&str] = &["content-type", "content-length", "transfer-encoding", "connection", "date", "server"];

/// What two names of the same header have in common. A colon at the end is a slip: it becomes part of the name.
pub fn header_key(name: &str) -> String {
    name.trim_end_matches(':').to_ascii_lowercase()
}

/// Is this the key of a header that browsers no longer read?
pub fn is_obsolete(key: &str) -> bool {
    OBSOLETE.contains(&key)
}

/// Is this the key of a header that nginx makes itself?
pub fn is_made_by_nginx(key: &str) -> bool {
    MADE_BY_NGINX.contains(&key)
}

/// Does headers-more set or clear the header with this key anywhere?
pub fn is_header_rewritten(config: &Config, key: &str) -> bool {
    let lines = ["more_clear_headers", "more_set_headers"].into_iter().flat_map(|more| config.all(more));
    lines.flat_map(Directive::args).any(|arg| header_key(name_of(arg)) == key)
}

/// The lines that set one header.
#[derive(Debug)]
pub struct Header<'c> {
    /// As its first line writes it.
    pub name: &'c str,
    /// One or more.
    pub lines: Vec<Directive<'c>>,
}

/// The headers that hold at a level, each name once, in nginx's order.
#[derive(Debug, Default)]
pub struct HeaderList<'c> {
    headers: Vec<Header<'c>>,
    by_name: HashMap<String, usize>,
    /// The keys of those that protect the visitor.
    security: HashSet<String>,
}

impl<'c> HeaderList<'c> {
    fn new(lines: Vec<Directive<'c>>) -> Self {
        let mut list = Self::default();
        for line in lines.into_iter().filter(|line| can_send(*line)) {
            let Some(name) = line.arg(0) else { continue };
            let lower = header_key(name);
            if is_security(&lower, line) {
                list.security.insert(lower.clone());
            }
            let index = *list.by_name.entry(lower).or_insert(list.headers.len());
            if index == list.headers.len() {
                list.headers.push(Header { name, lines: Vec::new() });
            }
            list.headers[index].lines.push(line);
        }
        list
    }

    /// Does an answer carry the header with this key?
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The lines that set the header with this key.
    pub fn lines(&self, key: &str) -> &[Directive<'c>] {
        self.by_name.get(key).map_or(&[], |index| &self.headers[*index].lines)
    }

    /// The headers that a list with these keys does without.
    pub fn without<'l>(&'l self, keys: &'l HashSet<String>) -> impl Iterator<Item = &'l Header<'c>> {
        self.headers.iter().filter(|header| !keys.contains(&header_key(header.name)))
    }

    /// How many headers a list with these keys does without.
    pub fn count_without(&self, keys: &HashSet<String>) -> usize {
        self.headers.len() - keys.iter().filter(|key| self.has(key)).count()
    }

    /// Is one of those that protect the visitor missing in a list with these keys?
    pub fn is_safer_than(&self, keys: &HashSet<String>) -> bool {
        self.security.iter().any(|key| !keys.contains(key))
    }
}

fn is_security(name: &str, line: Directive<'_>) -> bool {
    let value = line.arg(1).unwrap_or_default().to_ascii_lowercase();
    let hides = || ["no-store", "no-cache", "private"].iter().any(|word| value.contains(word));
    SECURITY.contains(&name) || (matches!(name, "cache-control" | "pragma") && hides())
}

/// Does it send anything? A header with an empty value is left out of the answer.
pub fn can_send(line: Directive<'_>) -> bool {
    let value = line.arg(1).unwrap_or_default();
    line.config().possible_values(value).is_none_or(|values| values.iter().any(|value| !value.text.is_empty()))
}

/// The lists of `add_header` or `add_trailer` of all levels; levels that share a list look at the same one.
#[derive(Debug)]
pub struct HeaderLists<'c> {
    directive: &'static str,
    has_modes: bool,
    lists: HashMap<u32, Rc<HeaderList<'c>>>,
}

impl<'c> HeaderLists<'c> {
    /// For the lines of this directive.
    pub fn new(config: &'c Config, directive: &'static str) -> Self {
        let modes = if directive == "add_trailer" { "add_trailer_inherit" } else { "add_header_inherit" };
        Self { directive, has_modes: config.all(modes).next().is_some(), lists: HashMap::default() }
    }

    /// The headers that hold at a level.
    pub fn of(&mut self, level: Directive<'c>) -> Rc<HeaderList<'c>> {
        let has_own = |level: &Directive<'_>| level.has(self.directive);
        let decides = match self.has_modes {
            true => level,
            false => std::iter::once(level).chain(level.ancestors()).find(has_own).unwrap_or(level.config().root()),
        };
        let list = || Rc::new(HeaderList::new(decides.effective(self.directive)));
        Rc::clone(self.lists.entry(decides.order()).or_insert_with(list))
    }
}

impl Config {
    /// The levels with lines of this name of their own, in nginx's order.
    pub fn levels_with<'c>(&'c self, name: &str) -> Vec<Directive<'c>> {
        let mut seen = HashSet::default();
        let parents = self.all(name).filter_map(Directive::parent);
        parents.filter(|level| seen.insert(level.order())).collect()
    }
}

impl Directive<'_> {
    /// Is there a line without a header name? Its only use is to drop what the level would inherit.
    pub fn drops_headers_on_purpose(self, name: &str) -> bool {
        self.own(name).any(|line| line.arg(0) == Some(""))
    }

    /// The lines of this level that protect visitors, but not with error answers: without `always`. What tells caches
    /// something, what is obsolete, and Strict-Transport-Security are not meant.
    pub fn guards_without_always(self) -> impl Iterator<Item = Self> {
        let is_guard = |line: &Self| {
            let key = line.arg(0).map(header_key).unwrap_or_default();
            SECURITY.contains(&key.as_str()) && key != "strict-transport-security" && !is_obsolete(&key)
        };
        self.own("add_header").filter(|line| line.args().len() == 2).filter(is_guard).filter(|line| can_send(*line))
    }

    /// Is an error the only answer that its `return` lets this level give? `expires` keeps away from those.
    pub fn only_fails(self) -> bool {
        self.own("return").any(is_error)
    }

    /// Is this `add_header` line left out of the only answer that its level gives, an error?
    pub fn waits_for_success(self) -> bool {
        self.args().len() < 3 && self.parent().is_some_and(Directive::only_fails)
    }

    /// May answers of this level go without the header with this key that nginx makes itself?
    pub fn may_leave_out(self, key: &str) -> bool {
        let around = || std::iter::once(self).chain(self.ancestors());
        let more = ["more_clear_headers", "more_set_headers"];
        let is_cleared = |level: Self| {
            more.iter()
                .flat_map(|more| level.own(more))
                .any(|line| line.args().any(|arg| header_key(name_of(arg)) == key))
        };
        let is_empty = |code: &str| self.own("return").any(|end| end.arg(0) == Some(code));
        // Channels send the type of the message that was published, or none.
        let is_channel = || self.has("nchan_subscriber") || self.has("nchan_pubsub");
        let hides =
            |name: &&str| self.effective(name).iter().any(|line| line.arg(0).map(header_key).as_deref() == Some(key));
        let is_bodiless = key.starts_with("content-") && is_empty("204");
        let has_no_type =
            || key == "content-type" && self.value("default_type").is_some_and(|line| line.arg(0) == Some(""));
        self.is_opaque()
            || is_bodiless
            || is_channel()
            || has_no_type()
            || HIDING.iter().any(hides)
            || around().any(is_cleared)
    }

    /// Does this `*_pass` keep the header with this key, where the backend sends it, away from visitors?
    pub fn hides_in_answers(self, key: &str) -> bool {
        let directive = self.name().replace("_pass", "_hide_header");
        let lines = self.parent().map(|level| level.effective(&directive)).unwrap_or_default();
        lines.iter().any(|line| line.arg(0).is_some_and(|name| name.eq_ignore_ascii_case(key)))
    }

    /// Do locations inside, each with lines of this name of its own, take every request away from this level?
    pub fn is_covered_by_locations_with(self, name: &str) -> bool {
        let own = Location::new(self).map_or("/", |location| location.pattern);
        let rewrites = ["return", "if", "rewrite"].iter().any(|name| self.has(name));
        let covers = |location: Location<'_>| location.is_prefix() && location.pattern == own;
        !rewrites && self.locations().any(covers) && self.locations().all(|location| location.directive.has(name))
    }
}

/// Where one response header is set.
#[derive(Debug)]
pub struct ResponseHeader {
    name: &'static str,
    /// Does `add_header_inherit` stand anywhere?
    has_modes: bool,
    /// Levels with `add_header` lines for it.
    added: HashSet<u32>,
    /// Levels that set it with headers-more, which reaches all levels below.
    merged: HashSet<u32>,
    /// Levels with code that may set it.
    coded: HashSet<u32>,
}

impl ResponseHeader {
    /// Looks for the header with this key.
    pub fn new<'c>(config: &'c Config, name: &'static str) -> Self {
        let level = |line: Directive<'c>| line.parent().map(Directive::order);
        let is_it = |line: &Directive<'_>| line.arg(0).is_some_and(|arg| header_key(arg) == name);
        let more = ["more_set_headers", "more_add_headers"].into_iter().flat_map(|more| config.all(more));
        let code = HEADER_CODE.iter().flat_map(|code| config.all(code));
        Self {
            name,
            has_modes: config.all("add_header_inherit").next().is_some(),
            added: config.all("add_header").filter(is_it).filter(|line| can_send(*line)).filter_map(level).collect(),
            merged: more.filter(|line| line.args().any(|arg| names(arg, name))).filter_map(level).collect(),
            coded: code.filter_map(level).collect(),
        }
    }

    /// Do the answers of a level carry it? None if that is not known.
    pub fn is_sent(&self, level: Directive<'_>) -> Option<bool> {
        let around = || std::iter::once(level).chain(level.ancestors());
        let has_own = |level: &Directive<'_>| level.has("add_header");
        let is_added = match self.has_modes {
            true => level.effective("add_header").into_iter().any(|line| self.is_set_by(line)),
            false => around().find(has_own).is_some_and(|level| self.added.contains(&level.order())),
        };
        if is_added || around().any(|level| self.merged.contains(&level.order())) {
            return Some(true);
        }
        let hides = |level: Directive<'_>| level.is_opaque() && level.inside() != Some(Context::Main);
        let is_unknown = around().any(|level| hides(level) || self.coded.contains(&level.order()));
        if is_unknown { None } else { Some(false) }
    }

    fn is_set_by(&self, line: Directive<'_>) -> bool {
        line.arg(0).is_some_and(|name| header_key(name) == self.name) && can_send(line)
    }

    /// Do lines of a level around this one add it?
    pub fn is_added_around(&self, level: Directive<'_>) -> bool {
        level.ancestors().any(|level| self.added.contains(&level.order()))
    }

    /// Is it added anywhere in the body of this level?
    pub fn is_added_inside(&self, level: Directive<'_>) -> bool {
        level.leaves().any(|level| self.added.contains(&level.order()))
    }
}

/// What headers-more sets: the line, the name of the header and its value.
pub fn set_by_headers_more(config: &Config) -> impl Iterator<Item = (Directive<'_>, &str, &str)> {
    let lines = ["more_set_headers", "more_add_headers"].into_iter().flat_map(|more| config.all(more));
    lines.flat_map(|line| {
        let parts = line.args().filter_map(|arg| arg.split_once(':'));
        parts.map(move |(name, value)| (line, name.trim(), value.trim())).filter(|(_, _, value)| !value.is_empty())
    })
}

/// The name in `Name: value` or `Name`.
fn name_of(argument: &str) -> &str {
    argument.split(':').next().unwrap_or_default().trim()
}

/// Is this argument of headers-more `Name: value` with this name, and is there a value?
fn names(argument: &str, name: &str) -> bool {
    let parts = argument.split_once(':');
    parts.is_some_and(|(written, value)| written.trim().eq_ignore_ascii_case(name) && !value.trim().is_empty())
}
