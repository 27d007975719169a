use crate::check::{Check, Rule};
use crate::config::Outer;
use crate::config::verdict::definition::Standing;
use crate::diagnostic::{Edit, Safety};
use crate::source::Span;

pub(crate) const RULE: Rule = Rule { id: "events-missing", page: include_str!("../../rules/events-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let root = check.config.root();
    if check.config.outer() != Outer::Nothing || root.is_opaque() || root.has("events") {
        return;
    }
    // An unknown name is perhaps meant to be it.
    let release = check.release();
    if root.children().any(|child| matches!(child.standing(release), Some(Standing::Unknown))) {
        return;
    }
    let Some(source) = check.config.sources().first().copied() else { return };
    let path = check.config.library().identity(source);
    // A file with a `stream` alone may well be included by the main file.
    if !root.has("http") && path.file_name().is_none_or(|name| name != "nginx.conf") {
        return;
    }
    let place = Span::new(source, 0, 0);
    let finding = check.report_text(place, "the main file has no `events` block");
    finding.help("nginx does not start without one; `events {}` will do");
    finding.fix("add `events {}`", Safety::Safe, vec![Edit::insert(place, "events {}\n")]);
}
