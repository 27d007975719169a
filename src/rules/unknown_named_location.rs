use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::http::location::{Location, Modifier};
use crate::config::words::named::similar;
use crate::diagnostic::shorten;
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "unknown-named-location", page: include_str!("../../rules/unknown-named-location.md"), check };

fn check(check: &mut Check<'_>) {
    let mut known: HashMap<u32, Vec<&str>> = HashMap::default();
    let named = check.config.all("location").filter_map(Location::new).filter(|own| own.modifier == Modifier::Named);
    for location in named {
        let server = location.directive.enclosing("server").map_or(0, |server| server.order());
        known.entry(server).or_default().push(location.pattern);
    }
    known.values_mut().for_each(|names| names.sort_unstable());
    for line in ["try_files", "error_page"].into_iter().flat_map(|name| check.config.all(name)) {
        let Some(server) = line.enclosing("server").filter(|server| !server.is_opaque()) else { continue };
        let index = line.args().len().saturating_sub(1);
        let Some(name) = line.arg(index).filter(|name| name.starts_with('@') && !is_symbolic(name)) else { continue };
        let names = known.get(&server.order()).map_or(&[][..], |names| names.as_slice());
        if index == 0 || names.binary_search(&name).is_ok() || names.iter().any(|name| is_symbolic(name)) {
            continue;
        }
        let span = line.arg_span(index).unwrap_or(line.head());
        let message = format!("no location is named `{}` in this server: answers 500", shorten(name, 36));
        let found = check.report_at(line, span, message);
        found.related(server.name_span(), "named locations stand directly in the server");
        match similar(name, names.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("add `location {name} {{ … }}` to the server")),
        };
    }
}
