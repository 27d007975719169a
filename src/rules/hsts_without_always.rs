use crate::check::{Check, Rule};
use crate::config::http::ending::Ending;
use crate::config::http::hsts::{Reach, max_age};
use crate::diagnostic::{Confidence, Edit, Safety};
use crate::nginx::version::ALWAYS_SINCE;

pub(super) const RULE: Rule =
    Rule { id: "hsts-without-always", page: include_str!("../../rules/hsts-without-always.md"), check };

fn check(check: &mut Check<'_>) {
    if check.target().is_some_and(|target| target < ALWAYS_SINCE) {
        return;
    }
    for found in check.config.hsts_lines(check.target()) {
        // With a third word that is not `always`, nginx does not start.
        let is_complete = !found.is_plain() || found.line.args().len() != 2;
        let mut values = found.values().into_iter().peekable();
        // What withdraws the promise has nothing to protect.
        let withdraws = values.peek().is_some() && values.all(|value| max_age(value.text) == Some("0"));
        // A redirect always carries it.
        if is_complete || withdraws || found.reach == Reach::Visitors(Ending::Redirected) {
            continue;
        }
        let finding = check.report(found.line, "Strict-Transport-Security is not sent with error answers");
        finding.help("append `always`; without it a first visit that ends in 401, 404 or 502 stays unprotected");
        if found.reach == Reach::Part {
            finding.confidence(Confidence::Medium);
        }
        let end = found.line.head().at_end();
        finding.fix("append `always`", Safety::Safe, vec![Edit::insert(end, " always")]);
    }
}
