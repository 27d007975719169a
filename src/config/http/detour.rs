//! Which locations a request has been through before it comes to one that clients cannot ask for: `try_files`,
//! `error_page` and `rewrite … last`.

use foldhash::{HashMap, HashSet};

use crate::config::http::body::BodyLimit;
use crate::config::http::location::{Choice, Chooser, Location, Modifier};
use crate::config::{Config, Directive};
use crate::nginx::context::Context;

/// Directives that lead requests on in ways that cannot be followed.
const UNTRACEABLE: &[&str] = &[
    "access_by_lua_block",
    "access_by_lua_file",
    "content_by_lua_block",
    "content_by_lua_file",
    "echo_exec",
    "js_content",
    "post_action",
    "rewrite_by_lua_block",
    "rewrite_by_lua_file",
];

/// Directives that ask for a path in requests of their own.
const ASKING: &[&str] = &["auth_request", "echo_location", "mirror", "ssi"];

/// More redirects in a row are not followed.
const MAX_DEPTH: usize = 10;

/// Where a request that comes to an internal location was held to the limit for bodies.
#[derive(Debug, Clone, Copy)]
pub struct Entrance<'c> {
    /// The location (or server) that the client asked for; of several, the one with the largest limit.
    pub level: Directive<'c>,
    /// The limit there.
    pub limit: BodyLimit<'c>,
    /// What leads on.
    pub by: Directive<'c>,
    /// Is it the only one?
    pub is_only: bool,
}

/// A level and the limit in force there.
type Held<'c> = (Directive<'c>, BodyLimit<'c>);

/// The internal redirects of a configuration.
#[derive(Debug)]
pub struct Detours<'c> {
    config: &'c Config,
    chooser: Chooser<'c>,
    /// What leads to a named location, by server (0 for the levels around) and name.
    to_names: HashMap<(u32, &'c str), Vec<Directive<'c>>>,
    /// What leads to a location by a URI, by the location.
    to_paths: HashMap<u32, Vec<Directive<'c>>>,
    /// Servers (0 for the levels around) with requests that cannot be followed.
    untraceable: HashSet<u32>,
    /// Servers (0 for the levels around) that ask themselves for paths.
    asking: HashSet<u32>,
    /// Servers that end requests with an error before there is a location.
    early: HashSet<u32>,
    /// By server and by the level whose `error_page` lines are in force: the widest location there, and their number. No
    /// location if a limit among them is not known.
    on_error: HashMap<(u32, u32), (Option<Held<'c>>, usize)>,
}

impl<'c> Detours<'c> {
    /// Follows every redirect once.
    pub fn new(config: &'c Config) -> Self {
        let servers_with = |names: &[&str]| names.iter().flat_map(|name| config.all(name)).map(server_order).collect();
        let is_early = |end: &Directive<'_>| {
            matches!(end.context(), Some(Context::Server | Context::IfInServer))
                && end.arg(0).and_then(|code| code.parse::<u16>().ok()).is_some_and(|code| code >= 400)
        };
        let mut detours = Self {
            config,
            chooser: Chooser::default(),
            to_names: HashMap::default(),
            to_paths: HashMap::default(),
            untraceable: servers_with(UNTRACEABLE),
            asking: servers_with(ASKING),
            early: config.all("return").filter(is_early).map(server_order).collect(),
            on_error: HashMap::default(),
        };
        let ends = ["try_files", "error_page"].into_iter().flat_map(|name| config.all(name));
        for (by, target) in ends.filter_map(|by| Some((by, by.args().next_back()?))) {
            if target.starts_with('@') {
                detours.to_names.entry((server_order(by), target)).or_default().push(by);
            } else {
                detours.add_path(by, target);
            }
        }
        let ends_the_phase = |by: &Directive<'_>| matches!(by.arg(2), None | Some("last"));
        for (by, target) in config.all("rewrite").filter(ends_the_phase).filter_map(|by| Some((by, by.arg(1)?))) {
            detours.add_path(by, target);
        }
        detours.add_error_levels();
        detours
    }

    fn add_path(&mut self, by: Directive<'c>, target: &str) {
        let Some(server) = by.enclosing("server") else { return };
        let fixed = target.split(['$', '?']).next().unwrap_or_default();
        // What stands for the rest of the path is as good as any other word.
        let path = if target.contains('$') { format!("{fixed}x") } else { fixed.to_owned() };
        if !fixed.starts_with('/') {
            return;
        }
        if let Choice::Location(location) = self.chooser.choose(server, &path) {
            self.to_paths.entry(location.directive.order()).or_default().push(by);
        }
    }

    fn add_error_levels(&mut self) {
        let locations =
            self.config.all("location").filter(|level| Location::new(*level).is_some_and(|l| !l.is_internal()));
        let servers = self.config.servers().map(|server| server.directive());
        let bare = servers.filter(|server| !server.locations().any(|l| l.is_prefix() && l.pattern == "/"));
        for level in locations.chain(bare) {
            let Some(lines) = level.list_level("error_page") else { continue };
            let server = if level.is("server") { level.order() } else { server_order(level) };
            let here = level.body_limit().map(|limit| (level, limit));
            let (widest, count) = self.on_error.entry((server, lines.order())).or_insert((here, 0));
            *widest = widest.zip(here).map(|(a, b)| if a.1.bytes < b.1.bytes { b } else { a });
            *count += 1;
        }
    }

    /// Where requests that come to a location which only nginx itself can ask for were checked before. None if that is not
    /// known, or if requests come to it without having been in a location.
    pub fn entrance(&self, location: Location<'c>) -> Option<Entrance<'c>> {
        let server = server_order(location.directive);
        let is_in = |servers: &HashSet<u32>| servers.contains(&0) || servers.contains(&server);
        let is_asked = location.modifier != Modifier::Named && is_in(&self.asking);
        let is_traceable = !is_in(&self.untraceable) && !is_asked;
        let is_known = location.is_internal() && is_traceable && !location.directive.is_opaque_upward();
        if is_known { self.widest(location, 0) } else { None }
    }

    fn widest(&self, location: Location<'c>, depth: usize) -> Option<Entrance<'c>> {
        let server = server_order(location.directive);
        let ways: Vec<Directive<'c>> = match location.modifier {
            Modifier::Named => {
                let of = |server| self.to_names.get(&(server, location.pattern)).into_iter().flatten().copied();
                of(server).chain(of(0)).collect()
            }
            _ => self.to_paths.get(&location.directive.order())?.clone(),
        };
        let is_only = ways.len() == 1;
        let mut widest: Option<Entrance<'c>> = None;
        for by in ways {
            let from = self.before(by, server, depth)?;
            if widest.is_none_or(|widest| widest.limit.bytes < from.limit.bytes) {
                widest = Some(from);
            }
        }
        widest.map(|found| Entrance { is_only: found.is_only && is_only, ..found })
    }

    /// Where the requests that come to this directive were checked.
    fn before(&self, by: Directive<'c>, server: u32, depth: usize) -> Option<Entrance<'c>> {
        if by.is("error_page") {
            let lines = by.parent()?;
            // An error at server level, before there is a location, finds no limit in its way.
            if !lines.is("location") && self.early.contains(&server) {
                return None;
            }
            let (found, count) = self.on_error.get(&(server, lines.order()))?;
            let (level, limit) = (*found)?;
            return Some(Entrance { level, limit, by, is_only: *count == 1 });
        }
        let level = by.ancestors().find(|level| level.is("location") || level.is("server"))?;
        match Location::new(level) {
            // Without a location, `try_files` comes after the check, and `rewrite` before it.
            None if by.is("rewrite") => None,
            Some(outer) if outer.is_internal() && depth < MAX_DEPTH => self.widest(outer, depth + 1),
            Some(outer) if outer.is_internal() => None,
            _ => Some(Entrance { level, limit: level.body_limit()?, by, is_only: true }),
        }
    }
}

fn server_order(directive: Directive<'_>) -> u32 {
    directive.enclosing("server").map_or(0, Directive::order)
}
