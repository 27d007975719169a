use crate::check::{Check, Rule};
use crate::config::http::hsts::{Reach, defect, has_member, max_age};
use crate::diagnostic::{Confidence, Edit, Safety};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "hsts-preload-incomplete", page: include_str!("../../rules/hsts-preload-incomplete.md"), check };

/// What the preload list asks for.
const MIN_AGE: u64 = 31_536_000;

fn check(check: &mut Check<'_>) {
    for found in check.config.hsts_lines(check.target()).into_iter().filter(|found| !found.has_colon()) {
        let values = found.values();
        let constant = values.iter().find(|value| value.from.is_none() && !is_symbolic(value.text));
        let Some(value) = constant.filter(|value| has_member(value.text, "preload")) else { continue };
        let Some(written) = max_age(value.text).filter(|_| defect(value.text).is_none()) else { continue };
        let is_short = written.parse().is_ok_and(|age: u64| age < MIN_AGE);
        let is_narrow = !has_member(value.text, "includesubdomains");
        let missing = match (is_short, is_narrow) {
            (false, false) => continue,
            (true, false) => "max-age of at least one year",
            (false, true) => "includeSubDomains",
            (true, true) => "max-age of at least one year and includeSubDomains",
        };
        let finding = check.report_at(found.line, value.span, format!("`preload` needs {missing}"));
        finding.help("the preload list turns the site down; complete the value, or drop `preload`");
        if found.reach == Reach::Part {
            finding.confidence(Confidence::Medium);
        }
        let age = if is_short { MIN_AGE.to_string() } else { written.to_owned() };
        let mut mended = value.text.replacen(written, &age, 1);
        if is_narrow {
            mended = mended.trim_end_matches([';', ' ']).to_owned() + "; includeSubDomains";
        }
        let is_clear = value.text.matches(written).count() == 1;
        if let Some((span, text)) = value.rewriting(found.line, &mended).filter(|_| is_clear) {
            finding.fix("complete the value", Safety::Unsafe, vec![Edit::replace(span, text)]);
        }
    }
}
