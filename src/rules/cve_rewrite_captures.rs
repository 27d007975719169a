use crate::check::{Check, Rule};
use crate::config::words::capture_flaw::CaptureFlaw;
use crate::diagnostic::{Edit, Safety};
use crate::nginx::vulnerabilities;

pub(super) const RULE: Rule =
    Rule { id: "cve-rewrite-captures", page: include_str!("../../rules/cve-rewrite-captures.md"), check };

fn check(check: &mut Check<'_>) {
    let target = check.target();
    for flaw in check.config.capture_flaws() {
        let Some(known) = vulnerabilities::named(flaw.name) else { continue };
        if target.is_some_and(|target| !known.is_in(target)) {
            continue;
        }
        let fixed: Vec<String> = match target.and_then(|target| known.fixed_in(target)) {
            Some(fixed) => vec![fixed.to_string()],
            None => known.fixed().iter().map(ToString::to_string).collect(),
        };
        report(check, &flaw, &fixed.join(" or "));
    }
}

fn report<'c>(check: &mut Check<'c>, flaw: &CaptureFlaw<'c>, fixed: &str) {
    let found = check.report_at(flaw.line, flaw.span, format!("{}: {}", flaw.name, flaw.what));
    found.help(format!("use nginx {fixed} or newer, or {}", flaw.way_out()));
    if let Some((line, what)) = flaw.with {
        found.related(line.head(), what);
    }
    if !flaw.naming.is_empty() {
        let edits = flaw.naming.iter().map(|(place, text)| Edit::replace(*place, text.as_str()));
        found.fix("name the group", Safety::Unsafe, edits.collect());
    }
}
