use crate::check::{Check, Rule};
use crate::config::http::caching::Age;
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { id: "cache-control-twice", page: include_str!("../../rules/cache-control-twice.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.levels_with_two_ages() {
        let ((expires, age), (header, seconds)) = (found.expires, found.header);
        let (other, label) =
            if found.inner == header { (expires, "sends the first") } else { (header, "sends the second") };
        let clash = match age {
            Age::Fixed(age) if age != seconds => {
                Some(format!("Cache-Control is sent twice: max-age={age} and max-age={seconds}"))
            }
            _ => None,
        };
        let severity = if clash.is_some() { Severity::Warning } else { Severity::Info };
        let message = clash.unwrap_or_else(|| "Cache-Control is sent twice, each with a max-age".to_owned());
        let finding = check.report(found.inner, message).severity(severity);
        finding
            .help("keep one: drop `expires`, or leave `max-age` out of the header (`public, immutable` combines well)");
        finding.related(other.head(), label);
    }
}
