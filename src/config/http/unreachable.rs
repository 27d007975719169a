//! Lines and locations that no request comes to.

use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::ending::redirects_everything;
use crate::config::http::location::{Location, Locations, Modifier};

/// The directives that are run one after the other.
const STEPS: &[&str] = &["return", "rewrite", "set", "if", "break"];

impl<'c> Directive<'c> {
    /// The line that ends every request which gets to this server, location or `if`; none if a request may pass it.
    pub fn dead_end(self) -> Option<Self> {
        let mut steps = self.children().filter(|child| STEPS.contains(&child.name()));
        steps.find(|step| ends_requests(*step))
    }

    /// The lines of the same kind behind a line that ends every request; a `break` is left out, which is lost without harm.
    pub fn steps_behind(self) -> impl Iterator<Item = Self> {
        self.siblings_behind().filter(|line| STEPS.contains(&line.name()) && !line.is("break"))
    }
}

fn ends_requests(step: Directive<'_>) -> bool {
    step.is("return") || step.is("rewrite") && redirects_everything(step)
}

impl<'c> Server<'c> {
    /// The line of the server itself that answers every request, and the locations that it keeps all requests from. Those
    /// with a name can still be reached from `error_page`.
    pub fn dead_locations(self) -> Option<(Directive<'c>, Vec<Location<'c>>)> {
        let level = self.directive();
        let end = level.dead_end().filter(|_| !level.is_opaque())?;
        let before = level.children().take_while(|child| *child != end);
        if before.flat_map(|step| std::iter::once(step).chain(step.children())).any(lets_pass) {
            return None;
        }
        let is_dead = |location: &Location<'_>| location.modifier != Modifier::Named;
        Some((end, level.locations().filter(is_dead).collect()))
    }
}

/// May a request leave the rewrites of its server here?
fn lets_pass(step: Directive<'_>) -> bool {
    step.is("break") || step.is("rewrite") && matches!(step.arg(2), Some("break" | "last"))
}

impl<'c> Directive<'c> {
    /// The regex locations of this level of which every match falls to a `^~` prefix beside them, with that prefix.
    pub fn hidden_regexes(self) -> Vec<(Location<'c>, Location<'c>)> {
        let locations = Locations::of(self);
        if locations.regexes().is_empty() {
            return Vec::new();
        }
        let mut plain: Vec<&str> = locations.plain_prefixes().iter().map(|location| location.pattern).collect();
        plain.sort_unstable();
        let is_extended = |start: &str| {
            let at = plain.partition_point(|pattern| *pattern < start);
            plain.get(at).is_some_and(|pattern| pattern.starts_with(start))
        };
        let hidden = locations.regexes().iter().filter_map(|(regex, pattern)| {
            let start = pattern.certain_start()?;
            let stop = locations.longest(start).filter(|found| found.modifier == Modifier::StopPrefix)?;
            (!is_extended(start)).then_some((*regex, stop))
        });
        hidden.collect()
    }
}
