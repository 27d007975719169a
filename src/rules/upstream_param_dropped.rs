use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{HeaderList, HeaderUse, PARAMS};
use crate::diagnostic::{Edit, Safety, Severity, enumerate};

pub(super) const RULE: Rule =
    Rule { id: "upstream-param-dropped", page: include_str!("../../rules/upstream-param-dropped.md"), check };

/// Parameters without which no application works.
const VITAL: &[&str] = &["REQUEST_METHOD", "QUERY_STRING", "CONTENT_LENGTH", "SCRIPT_FILENAME", "PATH_INFO"];

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    for list in PARAMS {
        for found in backends.header_uses(list) {
            let lost = found.dropped(list);
            if !lost.is_empty() {
                report(check, list, &found, &lost);
            }
        }
    }
}

fn report<'c>(check: &mut Check<'c>, list: HeaderList, found: &HeaderUse<'c>, lost: &[Directive<'c>]) {
    let Some(first) = found.level.own(list.name).next() else { return };
    let plural = if lost.len() == 1 { "" } else { "s" };
    let start = format!("`{}` here drops {} inherited parameter{plural}: ", list.name, lost.len());
    let names = enumerate(lost.iter().filter_map(|line| line.arg(0)), lost.len(), 90 - start.len());
    let is_vital = lost.iter().filter_map(|line| line.arg(0)).any(|name| VITAL.contains(&name));
    let severity = if is_vital { Severity::Error } else { Severity::Warning };
    let finding = check.report(first.visible(), format!("{start}{names}")).severity(severity);
    let mut seen = HashSet::default();
    let brought: Vec<Directive<'_>> = lost.iter().map(|line| line.pure_include().unwrap_or(*line)).collect();
    let again: Vec<Directive<'_>> = brought.into_iter().filter(|line| seen.insert(line.order())).collect();
    let include = again.iter().find(|line| line.is("include"));
    let what = include.map_or("the lines".to_owned(), |include| format!("`{}`", include.as_line()));
    finding.help(format!("repeat {what} here: one own line replaces all that a level would inherit"));
    for line in &again {
        finding.related(line.head(), "lost by that");
    }
    finding.related(found.passes[0].head(), "requests go out without it here");
    if let Some(own) = found.level.own(list.name).find(|line| line.in_file() == found.level.in_file()) {
        let (place, text) = own.insertion_before(&again.iter().map(|line| line.as_line()).collect::<Vec<_>>());
        finding.fix("repeat what was lost", Safety::Unsafe, vec![Edit::insert(place, text)]);
    }
}
