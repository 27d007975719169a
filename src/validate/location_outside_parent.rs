use crate::check::{Check, Rule};
use crate::config::http::location::{Location, Modifier};
use crate::diagnostic::shorten;

pub(crate) const RULE: Rule =
    Rule { id: "location-outside-parent", page: include_str!("../../rules/location-outside-parent.md"), check };

fn check(check: &mut Check<'_>) {
    for location in check.config.all("location").filter_map(Location::new) {
        let Some(outer) = location.outer() else { continue };
        let (name, around) = (shorten(location.pattern, 18), shorten(outer.pattern, 18));
        let is_open = |location: &Location<'_>| location.directive.arg_is_open(location.pattern_arg);
        let is_certain = !is_open(&location) && !is_open(&outer);
        let (message, help) = match (outer.modifier, location.modifier) {
            (Modifier::Exact, _) => (
                format!("nothing can be nested in the exact location `{around}`"),
                "move it out, beside the exact location",
            ),
            (Modifier::Named, _) => (
                format!("nothing can be nested in the named location `{around}`"),
                "move it out, to the level of the server",
            ),
            (_, Modifier::Named) => (
                format!("the named location `{name}` stands in another location"),
                "move it out, to the level of the server",
            ),
            (_, Modifier::Regex { .. }) => continue,
            _ if !is_certain || location.pattern.starts_with(outer.pattern) => continue,
            (Modifier::Regex { .. }, _) => (
                format!("`{name}` does not begin with the text of the regex `{around}`"),
                "nest a regex in the regex, or move the location out; nginx compares the texts",
            ),
            _ => (
                format!("`{name}` lies outside of the location `{around}` that it stands in"),
                "write the full path, the outer prefix included, or move the location out",
            ),
        };
        check
            .report_at(location.directive, location.directive.verdict_on_arg(location.pattern_arg), message)
            .related(outer.directive.head(), "the outer location")
            .help(help);
    }
}
