use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{GRPC_HEADERS, PROXY_HEADERS};
use crate::diagnostic::{Edit, Safety, Severity, shorten};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "proxy-duplicate-header", page: include_str!("../../rules/proxy-duplicate-header.md"), check };

/// A request with two of these is refused, or taken apart in different ways by different servers.
const ONLY_ONCE: &[&str] = &["host", "content-length", "transfer-encoding"];

fn check(check: &mut Check<'_>) {
    let mut empty: HashMap<&str, bool> = HashMap::default();
    for list in [PROXY_HEADERS, GRPC_HEADERS] {
        for level in check.config.levels_with(list.name) {
            let mut first: HashMap<String, Directive<'_>> = HashMap::default();
            for line in level.own(list.name).filter(|line| is_sent(*line)) {
                let Some(name) = line.arg(0).filter(|name| !is_symbolic(name)) else { continue };
                let earlier = *first.entry(name.to_ascii_lowercase()).or_insert(line);
                // Two lines that can be empty may stand in for each other.
                let mut take_turns = || [earlier, line].into_iter().all(|line| may_be_empty(line, &mut empty));
                if earlier != line && !take_turns() {
                    report(check, level, earlier, line);
                }
            }
        }
    }
}

fn report<'c>(check: &mut Check<'c>, level: Directive<'c>, earlier: Directive<'c>, line: Directive<'c>) {
    let name = line.arg(0).unwrap_or_default();
    let is_within = line.in_file() == earlier.in_file();
    let seen = line.visible();
    let is_vital = ONLY_ONCE.contains(&name.to_ascii_lowercase().as_str());
    let severity = if is_vital { Severity::Error } else { Severity::Warning };
    let message = format!("`{}` is set twice, and both copies are sent", shorten(name, 40));
    let finding = check.report(seen, message).severity(severity);
    finding.help(match is_within {
        true => "delete one of them",
        false => "delete one; a line does not override what an include sets, so do without that include",
    });
    finding.related(earlier.head(), "set here first");
    if seen != line {
        finding.related(line.head(), "and here again");
    }
    if is_within || line.in_file() == level.in_file() {
        finding.fix("delete the later line", Safety::Unsafe, vec![Edit::replace(line.removal(), "")]);
    }
}

/// A line with an empty value sends nothing.
fn is_sent(line: Directive<'_>) -> bool {
    line.arg(1).is_some_and(|value| !value.is_empty())
}

/// Can its value, by a map or a `set`, be empty? `known` says it for values seen before.
fn may_be_empty<'c>(line: Directive<'c>, known: &mut HashMap<&'c str, bool>) -> bool {
    let is_empty = |value: &&'c str| {
        let values = line.config().possible_values(value);
        values.is_some_and(|values| values.iter().any(|value| value.text.is_empty()))
    };
    line.arg(1).is_some_and(|value| *known.entry(value).or_insert_with_key(is_empty))
}
