use crate::check::{Check, Rule};
use crate::config::words::regexes::Regex;
use crate::diagnostic::{Category, Edit, Safety, Severity, shorten};
use crate::pcre::analysis::{LooseDot, loose_dots};

pub(super) const RULE: Rule =
    Rule { id: "regex-unescaped-dot", page: include_str!("../../rules/regex-unescaped-dot.md"), check };

fn check(check: &mut Check<'_>) {
    for regex in check.config.regexes().filter(is_about_names) {
        // The stronger finding says the same.
        if regex.is_list_of_friends() && regex.foreign_site().is_some() {
            continue;
        }
        let shared = regex.pattern();
        let Ok(pattern) = shared.parsed() else { continue };
        let dots = loose_dots(pattern);
        if !dots.is_empty() {
            report(check, &regex, &dots);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, regex: &Regex<'c>, dots: &[LooseDot]) {
    let first = &dots[0];
    let more = if dots.len() > 1 { format!(" and {} more", dots.len() - 1) } else { String::new() };
    let around = shorten(regex.text.get(first.start.saturating_sub(8)..).unwrap_or(regex.text), 20);
    let message = format!("the dot in `{around}`{more} fits every character");
    let found = check.report_at(regex.directive, regex.part(first.start, first.end), message);
    found.help("put a backslash in front of it");
    if regex.site().is_some() {
        found.severity(Severity::Warning).category = Category::Security;
    }
    let places = || dots.iter().map(|dot| regex.part(dot.start, dot.end));
    let edits: Vec<Edit> = places().map(|place| Edit::insert(place, "\\")).collect();
    // Where escapes hide the place, it is the whole word.
    if places().all(|place| place.end - place.start == 1) {
        found.fix("escape it", Safety::Safe, edits);
    }
}

/// Is it matched with a path or with the name of a site? In other texts, such as names of browsers, a dot says little.
fn is_about_names(regex: &Regex<'_>) -> bool {
    regex.site().is_some()
        || regex.subject().is_some_and(|name| matches!(name.as_str(), "uri" | "request_uri" | "document_uri"))
}
