use crate::check::{Check, Rule};
use crate::diagnostic::{Confidence, Severity, shorten};

pub(super) const RULE: Rule =
    Rule { id: "map-without-default", page: include_str!("../../rules/map-without-default.md"), check };

fn check(check: &mut Check<'_>) {
    for open in check.config.open_maps() {
        let message = format!("`{}` is empty for whatever this map does not list", shorten(open.variable, 40));
        let finding = check.report(open.map, message);
        finding.help("name a `default`, even if it is the empty text");
        if let Some(line) = open.needed_by {
            finding.severity(Severity::Warning).confidence(Confidence::High);
            finding.related(line.head(), "does not work with an empty value");
        }
    }
}
