use foldhash::{HashMap, HashSet};

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::ending::Front;
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Fix, Safety, Severity};

pub(super) const RULE: Rule =
    Rule { id: "static-default-root", page: include_str!("../../rules/static-default-root.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let mut fronts: HashMap<usize, Option<Front<'_>>> = HashMap::default();
    let mut shadowing: Option<HashSet<u32>> = None;
    for location in config.all("location").filter_map(Location::new).filter(Location::uses_built_in_folder) {
        let Some(server) = config.server_of(location.directive) else { continue };
        // What a regex takes from a folder is the matter of static-location-shadowed.
        let regexes = || config.shadowing_regexes().iter().map(|taken| taken[0].0.regex.directive.order()).collect();
        if shadowing.get_or_insert_with(regexes).contains(&location.directive.order()) {
            continue;
        }
        let find = || server.fronts().into_iter().find(|front| front.backend.is_some());
        let front = *fronts.entry(server.index()).or_insert_with(find);
        let found = check.report(location.directive, "no root here: requests end in nginx's built-in html directory");
        match front.and_then(|front| Some((front, front.backend?))) {
            Some((front, backend)) => {
                let pass = backend.name();
                found.related(backend.head(), "what this serves is not found by way of the location");
                found.help(format!("add `{pass}` here too, nest it in the location that answers, or give it a root"));
                found.fixes.extend(fix(&location, front, backend));
            }
            None => {
                found.severity(Severity::Warning).help("set `root` for the server or for this location");
            }
        }
    }
}

/// The proxy lines of the location that answers `/`, once more.
fn fix<'c>(location: &Location<'c>, front: Front<'c>, backend: Directive<'c>) -> Option<Fix> {
    let is_proxy = |line: &Directive<'_>| line.name().starts_with("proxy_");
    let target = backend.arg(0).unwrap_or_default();
    let has_path = target.split_once("://").is_none_or(|(_, rest)| rest.contains('/'));
    let is_simple = backend.is("proxy_pass") && backend.parent() == Some(front.level) && !front.level.is_opaque();
    if !is_simple || has_path || location.directive.children().any(|line| is_proxy(&line)) {
        return None;
    }
    let lines: Vec<String> = front.level.children().filter(is_proxy).map(Directive::as_line).collect();
    let (place, text) = location.directive.insertion_inside(&lines)?;
    let title = "proxy in this location, too".to_owned();
    Some(Fix { title: title.into(), safety: Safety::Unsafe, edits: vec![Edit::insert(place, text)] })
}
