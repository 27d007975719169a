use crate::check::{Check, Rule};
use crate::config::words::unknown_variable::UnknownVariable;
use crate::diagnostic::{Confidence, shorten};

pub(crate) const RULE: Rule =
    Rule { id: "unknown-variable", page: include_str!("../../rules/unknown-variable.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    for UnknownVariable { name, by, span, more, known, meant, .. } in config.unknown_variables(check.release()) {
        let name = shorten(name, 40);
        let since = known.and_then(|known| known.since);
        let message = match known.map(|known| (known.removed, since)) {
            Some((Some(removed), _)) if target.is_none_or(|target| removed <= target) => {
                format!("nginx has no variable `${name}` since {removed}")
            }
            Some((_, Some(since))) => format!("nginx has the variable `${name}` from {since} on only"),
            _ => format!("nginx knows no variable `${name}`, and nothing defines it"),
        };
        let finding = check.report_at(by, span, message);
        if known.is_some() && target.is_none() {
            finding.confidence(Confidence::Medium);
        }
        if let (Some(_), Some(target)) = (known, target) {
            finding.label(format!("the target is nginx {target}"));
        } else if more > 0 {
            let places = if more == 1 { "place" } else { "places" };
            finding.label(format!("and in {more} more {places}"));
        }
        match (meant, since) {
            (Some(meant), _) => finding.help(format!("did you mean `{meant}`?")),
            (None, Some(since)) if target.is_some_and(|target| target < since) => {
                finding.help(format!("needs nginx {since}"))
            }
            _ => finding.help("correct the name, or define it with `set` or `map`"),
        };
    }
}
