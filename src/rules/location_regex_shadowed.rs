use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::shadowed::{Shadowed, Shadows};
use crate::diagnostic::{Severity, enumerate, shorten};

pub(super) const RULE: Rule =
    Rule { id: "location-regex-shadowed", page: include_str!("../../rules/location-regex-shadowed.md"), check };

fn check(check: &mut Check<'_>) {
    let has_several = |level: &Directive<'_>| level.own("location").nth(1).is_some();
    let levels = ["server", "location"].into_iter().flat_map(|name| check.config.all(name)).filter(has_several);
    let mut shadows = Shadows::new();
    for shadowed in levels.flat_map(|level| shadows.of(level)) {
        report(check, &shadowed);
    }
}

fn report<'c>(check: &mut Check<'c>, shadowed: &Shadowed<'c>) {
    let Shadowed { location, by, alternatives } = shadowed;
    let earlier = shorten(by.pattern, 30);
    let names: Vec<String> =
        alternatives.iter().map(|(start, end)| location.pattern[*start..*end].to_owned()).collect();
    let is_all = names.is_empty();
    let message = match is_all {
        true => format!("never reached: the earlier `{earlier}` takes every path that this matches"),
        false => {
            let names = enumerate(names.iter().map(String::as_str), names.len(), 24);
            format!("{names} never come here: the earlier `{earlier}` takes them")
        }
    };
    let found = check.report_at(location.directive, location.pattern_span(), message);
    found.related(by.pattern_span(), "the first regex that matches wins");
    if is_all {
        found.help("put the more special expression in front, or merge the two locations");
    } else {
        found.severity(Severity::Info).help("write each alternative in one location only, or put this one in front");
    }
}
