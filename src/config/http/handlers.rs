//! Who gives the answer in a location, where more than one directive says that it does.

use std::collections::BTreeMap;

use crate::config::http::simulate::BACKENDS;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;

/// Directives besides those of backends that answer every request of their location. Each takes the place of any before it.
const OTHERS: &[&str] = &["empty_gif", "flv", "mp4", "stub_status"];

/// A directive that never comes to answer, and the one that answers in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overridden<'c> {
    /// It answers nobody.
    pub handler: Directive<'c>,
    /// The handler behind it, or the `return` of its level.
    pub by: Directive<'c>,
}

impl Config {
    /// The handlers that never answer, in nginx's order.
    pub fn overridden_handlers(&self) -> Vec<Overridden<'_>> {
        let mut by_level: BTreeMap<u32, Vec<Directive<'_>>> = BTreeMap::new();
        let answers =
            |handler: &Directive<'_>| matches!(handler.context(), Some(Context::Location | Context::IfInLocation));
        for handler in BACKENDS.iter().chain(OTHERS).flat_map(|name| self.all(name)).filter(answers) {
            let level = handler.parent().map_or(0, Directive::order);
            by_level.entry(level).or_default().push(handler);
        }
        let mut found = Vec::new();
        for handlers in by_level.values_mut() {
            handlers.sort_by_key(|handler| handler.order());
            let level = handlers.first().and_then(|handler| handler.parent());
            if let Some(by) = level.and_then(Directive::certain_return) {
                found.extend(handlers.iter().map(|handler| Overridden { handler: *handler, by }));
                continue;
            }
            // A second one of the same name is refused.
            let Some((by, before)) = handlers.split_last() else { continue };
            let differs = |handler: &&Directive<'_>| !handler.is(by.name());
            found.extend(before.iter().filter(differs).map(|handler| Overridden { handler: *handler, by: *by }));
        }
        found
    }
}

impl<'c> Directive<'c> {
    /// The `return` of this level that every request comes to: nothing may lead around it.
    pub fn certain_return(self) -> Option<Self> {
        let found = self.own("return").next()?;
        let is_detour = |line: Self| match line.name() {
            "break" => true,
            "rewrite" => !line.redirects(),
            _ => false,
        };
        let has_detour = |level: Self| level.is_opaque() || level.children().any(is_detour);
        (!has_detour(self) && !self.own("if").any(has_detour)).then_some(found)
    }

    /// Does this `rewrite` answer with a redirect?
    pub fn redirects(self) -> bool {
        let is_address =
            |target: &str| ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
        matches!(self.arg(2), Some("redirect" | "permanent")) || self.arg(1).is_some_and(is_address)
    }

    /// Does a directive in this level hand its requests to a backend or answer them?
    pub fn has_handler(self) -> bool {
        BACKENDS.iter().chain(OTHERS).any(|name| self.has(name))
    }

    /// The directive of this level that hands its requests to a backend.
    pub fn own_backend(self) -> Option<Self> {
        BACKENDS.iter().find_map(|name| self.own(name).next())
    }
}
