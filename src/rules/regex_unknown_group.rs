use crate::check::{Check, Rule};
use crate::config::words::regexes::Regex;

pub(crate) const RULE: Rule =
    Rule { id: "regex-unknown-group", page: include_str!("../../rules/regex-unknown-group.md"), check };

fn check(check: &mut Check<'_>) {
    for regex in check.config.regexes().filter(|regex| regex.directive.is("rewrite")) {
        let shared = regex.pattern();
        let Ok(pattern) = shared.parsed() else { continue };
        if !pattern.is_opaque() {
            replacement(check, &regex, pattern.group_count);
        }
    }
}

/// Reports what the replacement of a `rewrite` takes from groups that its expression does not have.
fn replacement<'c>(check: &mut Check<'c>, regex: &Regex<'c>, count: u32) {
    let rewrite = regex.directive;
    for (group, span) in rewrite.group_references(1).filter(|(group, _)| *group > count) {
        let has = match count {
            0 => "no group".to_owned(),
            1 => "one group".to_owned(),
            count => format!("{count} groups"),
        };
        check
            .report_at(rewrite, span, format!("${group} is always empty: the expression has {has}"))
            .related(regex.span(), "only the groups of this expression can be used here")
            .help("put parentheses around the part that you want to reuse, or name groups: `(?<name>…)`, `$name`");
    }
}
