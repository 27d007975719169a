use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::regexes::Regex;
use crate::config::words::site_regex::Site;
use crate::diagnostic::shorten;
use crate::pcre::analysis::{Hold, anchors, open_extension};

pub(super) const RULE: Rule =
    Rule { id: "regex-unanchored", page: include_str!("../../rules/regex-unanchored.md"), check };

fn check(check: &mut Check<'_>) {
    for regex in check.config.regexes() {
        if regex.directive.is("location") {
            check_location(check, &regex);
        } else if regex.site() == Some(Site::Host) && !regex.is_list_of_friends() && !regex.is_list_of_foes() {
            check_host(check, &regex);
        }
    }
}

fn check_host<'c>(check: &mut Check<'c>, regex: &Regex<'c>) {
    let shared = regex.pattern();
    let Ok(pattern) = shared.parsed() else { return };
    let ends = anchors(&pattern);
    let what = match (ends.start, ends.end) {
        (Hold::Nothing, Hold::Nothing) => "neither `^` nor `$` holds it",
        (Hold::Nothing, _) => "no `^` holds its start",
        (_, Hold::Nothing) => "no `$` holds its end",
        _ => return,
    };
    let Some(foreign) = regex.foreign_site() else { return };
    let message = format!("`{}` fits, too: {what}", shorten(&foreign, 40));
    check
        .report_at(regex.directive, regex.span(), message)
        .help("write the whole name between `^` and `$`, or a name without an expression");
}

fn check_location<'c>(check: &mut Check<'c>, regex: &Regex<'c>) {
    let shared = regex.pattern();
    let Ok(pattern) = shared.parsed() else { return };
    let Some((start, end)) = open_extension(&pattern) else { return };
    if turns_away(regex.directive) {
        return;
    }
    let ending = shorten(&regex.text[start..end], 24);
    let message = format!("`{ending}` has no end: copies such as `…php~` and `…php.jpg` come here, too");
    let message = if ending.contains("php") { message } else { message.replace("php", "css") };
    check.report_at(regex.directive, regex.part(start, end), message).help("put a `$` behind the ending");
}

/// Is nobody served here, or is more expected behind the ending?
fn turns_away(location: Directive<'_>) -> bool {
    let refuses = |line: Directive<'_>| match line.name() {
        "deny" => line.arg(0) == Some("all"),
        "return" => line.arg(0).is_some_and(|code| code.starts_with('4')),
        name => matches!(name, "internal" | "fastcgi_split_path_info"),
    };
    location.is_opaque() || location.children().any(refuses)
}
