use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::regexes::Regex;
use crate::config::words::site_regex::Site;
use crate::diagnostic::shorten;
use crate::pcre::analysis::{Hold, anchors, open_extension};
use crate::pcre::{Kind, Node};

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
    let ends = anchors(pattern);
    let is_open = |hold, part: Option<&Node>| hold == Hold::Nothing && !part.is_some_and(is_anything);
    let branch = if let [branch] = pattern.branches.as_slice() { branch.as_slice() } else { &[] };
    let (start, end) = (is_open(ends.start, branch.first()), is_open(ends.end, branch.last()));
    let what = match (start, end) {
        (_, true) => "no `$` holds its end",
        (true, false) => "no `^` holds its start",
        (false, false) => return,
    };
    let Some(foreign) = regex.foreign_site_behind(end) else { return };
    let message = format!("`{}` fits, too: {what}", shorten(&foreign, 40));
    check
        .report_at(regex.directive, regex.span(), message)
        .help("write the whole name between `^` and `$`, or a name without an expression");
}

/// `.*`: is it meant to be open?
fn is_anything(node: &Node) -> bool {
    matches!(&node.kind, Kind::Repeat { node, max: None, .. } if node.kind == Kind::Dot)
}

fn check_location<'c>(check: &mut Check<'c>, regex: &Regex<'c>) {
    let shared = regex.pattern();
    let Ok(pattern) = shared.parsed() else { return };
    let Some((start, end)) = open_extension(pattern) else { return };
    if turns_away(regex.directive) {
        return;
    }
    let text = &regex.text[start..end];
    let ending = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|part| !part.is_empty()).unwrap_or(text);
    let message = format!("`page.{ending}~` and `page.{ending}.jpg` come here, too: the ending has no `$`");
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
