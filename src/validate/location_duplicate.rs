use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::location::{Location, Modifier};
use crate::diagnostic::shorten;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "location-duplicate", page: include_str!("../../rules/location-duplicate.md"), check };

fn check(check: &mut Check<'_>) {
    let mut first: HashMap<(u32, bool, &str), Location<'_>> = HashMap::default();
    for location in check.config.all("location").filter_map(Location::new) {
        let is_exact = location.modifier == Modifier::Exact;
        if !(is_exact || location.is_prefix()) || is_symbolic(location.pattern) {
            continue;
        }
        let level = location.directive.parent().map_or(0, Directive::order);
        let key = (level, is_exact, location.pattern);
        let Some(earlier) = first.get(&key) else {
            first.insert(key, location);
            continue;
        };
        // nginx puts no order into what is nested in regular expressions, and so finds nothing there.
        if location.directive.ancestors().filter_map(Location::new).any(|outer| outer.is_regex()) {
            continue;
        }
        let name = shorten(location.pattern, 40);
        let message = match (is_exact, earlier.modifier == location.modifier) {
            (true, _) => format!("the exact path `{name}` has two locations"),
            (false, true) => format!("the prefix `{name}` has two locations"),
            (false, false) => format!("the prefix `{name}` has two locations; `^~` makes no difference"),
        };
        check
            .report_at(location.directive, location.directive.verdict_on_arg(location.pattern_arg), message)
            .related(earlier.directive.head(), "the first one")
            .help("put what belongs together into one location");
    }
}
