//! Rewrites that lead to themselves, until nginx gives up with status 500.

use std::collections::BTreeSet;

use foldhash::HashSet;

use crate::config::http::Server;
use crate::config::http::condition::{is_about_path, is_certain_variable};
use crate::config::http::location::Location;
use crate::config::http::redirect_loop::paths_into;
use crate::config::http::simulate::{End, Request};
use crate::config::words::variable::variables;
use crate::config::{Config, Directive};

/// More rewrites of one server are not tried.
const MAX_REWRITES: usize = 50;

/// Rewrites in a circle.
#[derive(Debug)]
pub struct RewriteLoop<'c> {
    /// A path that comes to them.
    pub path: String,
    /// The rewrites, in the order in which they follow each other.
    pub rewrites: Vec<Directive<'c>>,
}

impl Config {
    /// Every circle of rewrites that no condition ends, each once.
    pub fn rewrite_loops(&self) -> Vec<RewriteLoop<'_>> {
        let (mut loops, mut seen) = (Vec::new(), HashSet::default());
        for server in self.servers() {
            for path in sample_paths(server) {
                let Some(found) = server.rewrite_loop(path) else { continue };
                if seen.insert(found.rewrites.iter().map(|line| line.order()).collect::<BTreeSet<_>>()) {
                    loops.push(found);
                }
            }
        }
        loops
    }
}

impl<'c> Server<'c> {
    fn rewrite_loop(self, path: String) -> Option<RewriteLoop<'c>> {
        let host = self.names().next().unwrap_or_default().to_owned();
        let outcomes = self.answer(&Request { tls: true, host, port: 443, path: path.clone() });
        let [outcome] = &outcomes[..] else { return None };
        let is_proved = |line: &Directive<'_>| {
            let level = line.ancestors().find(|level| level.is("location"));
            let is_known = || variables(line.arg(1).unwrap_or_default()).all(|(_, name)| is_certain_variable(name));
            line.is("rewrite") && level.is_some_and(|level| is_about_path(*line, level)) && is_known()
        };
        let is_certain = outcome.end == End::Status(500) && !outcome.conditional && !self.directive().is_opaque();
        let is_whole = is_certain && outcome.decided_by.iter().all(is_proved);
        let is_known = || outcome.decided_by.iter().all(|line| !line.is_opaque_upward_to(self.directive()));
        let mut rewrites = outcome.decided_by.clone();
        // A circle has no beginning; the line that is written first stands for it.
        let first = rewrites.iter().enumerate().min_by_key(|(_, line)| line.order()).map_or(0, |(at, _)| at);
        rewrites.rotate_left(first);
        (is_whole && is_known()).then_some(RewriteLoop { path, rewrites })
    }
}

impl Directive<'_> {
    /// May something unknown stand in the levels around this line, up to and with `outer`?
    fn is_opaque_upward_to(self, outer: Self) -> bool {
        self.ancestors().take_while(|level| *level != outer).chain([outer]).any(Self::is_opaque)
    }
}

fn sample_paths(server: Server<'_>) -> Vec<String> {
    let goes_on = |line: &Directive<'_>| line.is("rewrite") && matches!(line.arg(2), None | Some("last"));
    let rewrites = server.directive().descendants().filter(goes_on).filter(|line| line.redirect().is_none());
    let mut known = HashSet::default();
    let locations = rewrites.take(MAX_REWRITES).filter_map(|line| line.enclosing("location"));
    let paths = locations.filter(|location| Location::new(*location).is_some()).flat_map(paths_into);
    paths.filter(|path| known.insert(path.clone())).collect()
}
