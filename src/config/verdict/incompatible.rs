//! Directives that nginx does not take together in one block.

use crate::config::http::location::{Location, Modifier};
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::version::Version;

/// Directives with an `off` that goes with no other line of the same name.
const WITH_OFF: &[&str] =
    &["proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "mirror"];
/// From this release on, `off` goes with nothing else.
const OFF_ALONE: Version = Version::new(1, 20, 0);
/// Modules that either store answers or cache them.
const STORES: &[&str] = &["proxy", "fastcgi", "uwsgi", "scgi"];

/// A directive that nginx refuses because of another one.
#[derive(Debug)]
pub struct Incompatible<'c> {
    /// The one that is refused.
    pub directive: Directive<'c>,
    /// The other one.
    pub other: Option<Directive<'c>>,
    /// Does nginx notice it only when `http` ends?
    pub at_end: bool,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub wanted: &'static str,
}

impl Config {
    /// What nginx of this release refuses beside something else, in no particular order.
    pub fn incompatible(&self, release: Version) -> Vec<Incompatible<'_>> {
        let mut found = Vec::new();
        for name in WITH_OFF.iter().filter(|name| **name == "mirror" || release >= OFF_ALONE) {
            found.extend(self.all(name).filter_map(Directive::beside_off));
        }
        for module in STORES {
            found.extend(self.all(&format!("{module}_store")).filter_map(|store| store.store_beside_cache(module)));
        }
        found.extend(self.all("alias").filter_map(Directive::alias_beside_root));
        found.extend(self.all("alias").filter_map(Directive::alias_without_path));
        found.extend(
            ["map_hash_max_size", "map_hash_bucket_size"]
                .iter()
                .flat_map(|name| self.all(name))
                .filter_map(Directive::behind_map),
        );
        found.extend(self.all("load_module").filter_map(Directive::behind_block));
        found.extend(self.all("proxy_redirect").filter_map(Directive::redirect_without_pass));
        found.extend(self.all("secure_link_secret").filter_map(Directive::secret_beside_link));
        found
    }
}

impl<'c> Directive<'c> {
    fn is_off(self) -> bool {
        self.args().len() == 1 && self.arg(0) == Some("off")
    }

    /// A line that stands behind another one of the same name, of which one is `off`.
    fn beside_off(self) -> Option<Incompatible<'c>> {
        let before = self.parent()?.own(self.name()).take_while(|other| other.order() < self.order());
        let mut before = before.filter(|other| !other.arg_is_open(0));
        let other = if self.is_off() { before.next() } else { before.next().filter(|other| other.is_off()) }?;
        if self.arg_is_open(0) {
            return None;
        }
        let what = format!("`{} off` goes with no other line of that name", self.name());
        Some(Incompatible {
            directive: self,
            other: Some(other),
            at_end: false,
            what,
            wanted: "keep either `off` or the others",
        })
    }

    /// A map settles the size of its table when it is read.
    fn behind_map(self) -> Option<Incompatible<'c>> {
        let map = self.parent()?.own("map").find(|map| map.is_block() && map.order() < self.order())?;
        let what = format!("`{}` stands behind a `map`, for which it comes too late", self.name());
        let wanted = "move it in front of the first `map`";
        Some(Incompatible { directive: self, other: Some(map), at_end: false, what, wanted })
    }

    /// Modules are loaded before nginx reads the first block.
    fn behind_block(self) -> Option<Incompatible<'c>> {
        let is_before = |block: &Self| block.is_block() && block.order() < self.order();
        let blocks = ["events", "http", "stream", "mail"];
        let block = blocks.iter().find_map(|name| self.parent()?.own(name).find(is_before))?;
        let what = "`load_module` stands behind a block, and comes too late".to_owned();
        let wanted = "move it to the top of the main file";
        Some(Incompatible { directive: self, other: Some(block), at_end: false, what, wanted })
    }

    fn alias_beside_root(self) -> Option<Incompatible<'c>> {
        let root = self.parent().filter(|level| level.inside() == Some(Context::Location))?.own("root").next()?;
        let (first, second) = if self.order() < root.order() { (self, root) } else { (root, self) };
        let what = format!("`{}` does not go with `{}`", second.name(), first.name());
        let wanted = "keep one of the two: both say where the files are";
        Some(Incompatible { directive: second, other: Some(first), at_end: false, what, wanted })
    }

    /// A named location has no path that an alias could replace.
    fn alias_without_path(self) -> Option<Incompatible<'c>> {
        let location = self.parent().and_then(Location::new).filter(|it| it.modifier == Modifier::Named)?;
        let what = "`alias` does not go with a named location".to_owned();
        let other = Some(location.directive);
        Some(Incompatible { directive: self, other, at_end: false, what, wanted: "use `root`" })
    }

    fn store_beside_cache(self, module: &str) -> Option<Incompatible<'c>> {
        let cache = self.parent()?.own(&format!("{module}_cache")).next()?;
        let is_used =
            |directive: Self| directive.arg(0).is_some_and(|value| value != "off") && !directive.arg_is_open(0);
        let (first, second) = if self.order() < cache.order() { (self, cache) } else { (cache, self) };
        let what = format!("`{}` does not go with `{}`", second.name(), first.name());
        let wanted = "answers are either stored for good or cached; remove one of them";
        let is_clash = is_used(self) && is_used(cache);
        is_clash.then_some(Incompatible { directive: second, other: Some(first), at_end: false, what, wanted })
    }

    /// `proxy_redirect default` needs to know the address behind `proxy_pass`.
    fn redirect_without_pass(self) -> Option<Incompatible<'c>> {
        if self.args().len() != 1 || self.arg(0) != Some("default") {
            return None;
        }
        let level = self.parent()?;
        let pass = level.own("proxy_pass").next().filter(|pass| pass.order() < self.order());
        let (what, wanted) = match pass {
            Some(pass) if pass.arg_is_open(0) => return None,
            Some(pass) if !pass.arg(0)?.contains('$') => return None,
            Some(_) => ("`proxy_redirect default` needs a `proxy_pass` without variables", "write both addresses out"),
            None if level.is_opaque() => return None,
            None => (
                "`proxy_redirect default` needs a `proxy_pass` in front of it",
                "move it behind the `proxy_pass` of the same block, or leave it out: it is the default",
            ),
        };
        let other = pass.or_else(|| level.own("proxy_pass").next());
        Some(Incompatible { directive: self, other, at_end: false, what: what.to_owned(), wanted })
    }

    fn secret_beside_link(self) -> Option<Incompatible<'c>> {
        let level = self.parent()?;
        let is_judged = matches!(level.inside(), Some(Context::Server | Context::Location));
        let other = ["secure_link", "secure_link_md5"].iter().find_map(|name| level.own(name).next());
        let other = other.filter(|_| is_judged)?;
        let what = format!("`secure_link_secret` does not go with `{}`", other.name());
        let wanted = "use `secure_link` with `secure_link_md5`, or `secure_link_secret` alone";
        Some(Incompatible { directive: self, other: Some(other), at_end: true, what, wanted })
    }
}
