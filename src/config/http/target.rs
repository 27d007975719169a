//! Locations that nginx asks on the way to another answer (`auth_request`, `error_page`), and that check the body again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use foldhash::{HashMap, HashSet};

use crate::config::Directive;
use crate::config::backend::Backends;
use crate::config::http::body::{BodyLimit, is_in_named_location};
use crate::config::http::location::{Choice, Chooser, Modifier};
use crate::template::is_symbolic;

/// A request that comes through one check of its body, and fails at the next.
#[derive(Debug, Clone, Copy)]
pub struct NarrowTarget<'c> {
    /// The `auth_request` or `error_page`.
    pub by: Directive<'c>,
    /// The limit where the request comes in; of several, the largest.
    pub wide: BodyLimit<'c>,
    /// The location (or server) that is asked.
    pub target: Directive<'c>,
    /// The limit there.
    pub narrow: BodyLimit<'c>,
}

/// Which location a path leads to, and its limit, each worked out once.
#[derive(Debug, Default)]
struct Targets<'c> {
    chooser: Chooser<'c>,
    known: HashMap<(u32, &'c str), Option<(Directive<'c>, BodyLimit<'c>)>>,
}

impl<'c> Targets<'c> {
    fn of(&mut self, server: Directive<'c>, path: &'c str) -> Option<(Directive<'c>, BodyLimit<'c>)> {
        if !path.starts_with('/') || is_symbolic(path) {
            return None;
        }
        let chooser = &mut self.chooser;
        *self.known.entry((server.order(), path)).or_insert_with(|| {
            let bare = path.split('?').next().unwrap_or_default();
            let level = match chooser.choose(server, bare) {
                Choice::Location(exact) if exact.modifier == Modifier::Exact => exact.directive,
                // An include that is not known may hold a better one.
                _ if server.is_opaque() => return None,
                Choice::Location(location) => location.directive,
                Choice::Server => server,
                Choice::Unknown => return None,
            };
            Some((level, level.body_limit()?))
        })
    }
}

impl<'c> Backends<'c> {
    /// Every `auth_request` in force, and every `error_page` of a location itself, that leads to a smaller limit than the
    /// one where bodies come in.
    pub fn narrow_targets(&self) -> Vec<NarrowTarget<'c>> {
        let (mut targets, mut seen) = (Targets::default(), HashSet::default());
        let mut found: BTreeMap<(u32, u32), NarrowTarget<'c>> = BTreeMap::new();
        for receiver in self.body_receivers() {
            let (Some(level), Some(server)) = (receiver.parent(), receiver.enclosing("server")) else { continue };
            let Some(wide) = level.body_limit().filter(|limit| !limit.by.is_some_and(is_in_named_location)) else {
                continue;
            };
            let asked = level.certain_value("auth_request").flatten();
            let location = receiver.enclosing("location").filter(|location| seen.insert(location.order()));
            let pages = location.into_iter().flat_map(|location| location.own("error_page"));
            for by in asked.into_iter().chain(pages.filter(|page| is_replaced(*page))) {
                let Some(path) = by.args().next_back() else { continue };
                let path = if by.is("auth_request") { by.arg(0).unwrap_or_default() } else { path };
                let Some((target, narrow)) = targets.of(server, path).filter(|(_, narrow)| narrow.bytes < wide.bytes)
                else {
                    continue;
                };
                let clash = NarrowTarget { by, wide, target, narrow };
                match found.entry((by.order(), target.order())) {
                    Entry::Vacant(free) => {
                        free.insert(clash);
                    }
                    Entry::Occupied(mut known) if known.get().wide.bytes < wide.bytes => {
                        known.insert(clash);
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
        found.into_values().collect()
    }
}

/// Can an error that this page is for come from nginx itself, or is it taken from the backend?
fn is_replaced(page: Directive<'_>) -> bool {
    let is_own = |code: u16| matches!(code, 401 | 403 | 500..);
    let mut codes = page.args().filter_map(|arg| arg.parse::<u16>().ok());
    let level = page.parent();
    let intercepts =
        |name| level.and_then(|level| level.value(name)).is_some_and(|on: Directive<'_>| on.arg(0) == Some("on"));
    let has_backend =
        crate::config::http::body::APPLICATIONS.iter().any(|name| level.is_some_and(|level| level.has(name)));
    codes.any(is_own)
        || !has_backend
        || ["proxy_intercept_errors", "fastcgi_intercept_errors", "uwsgi_intercept_errors", "scgi_intercept_errors"]
            .into_iter()
            .any(intercepts)
}
