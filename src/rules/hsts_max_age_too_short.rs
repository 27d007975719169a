use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::http::hsts::{HstsLine, HstsValue, Reach, defect, max_age};
use crate::diagnostic::{Confidence, Edit, Safety, Severity, Span};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "hsts-max-age-too-short", page: include_str!("../../rules/hsts-max-age-too-short.md"), check };

const HALF_A_YEAR: u64 = 15_768_000;
const YEAR: u64 = 31_536_000;

fn check(check: &mut Check<'_>) {
    let min_age = check.option("min-age", HALF_A_YEAR);
    let (mut judged, mut variables) = (HashSet::default(), HashSet::default());
    for found in check.config.hsts_lines(check.target()).into_iter().filter(|found| !found.has_colon()) {
        // The values of a map are judged once, however many lines send them.
        if !found.is_constant() && max_age(found.text()).is_none() && !variables.insert(found.text()) {
            continue;
        }
        for value in found.values() {
            // What browsers do not accept at all is the matter of hsts-malformed.
            let is_void = !is_symbolic(value.text) && defect(value.text).is_some();
            let Some(written) = max_age(value.text).filter(|_| !is_void) else { continue };
            let age = written.parse().unwrap_or(u64::MAX);
            if age < min_age && judged.insert(value.from.unwrap_or(found.line).order()) {
                report(check, &found, &value, written, age);
            }
        }
    }
}

fn report<'c>(check: &mut Check<'c>, found: &HstsLine<'c>, value: &HstsValue<'c>, written: &str, age: u64) {
    let text = check.config.library().text(value.span);
    let suggested: u64 = check.option("suggested-age", YEAR);
    let message = match age {
        0 => "max-age=0 switches HSTS off in browsers that knew it".to_owned(),
        _ => format!("HSTS lasts only {}; browsers forget it between visits", in_words(age)),
    };
    let finding = check.report(value.from.unwrap_or(found.line), message);
    if value.from.is_some() {
        finding.related(found.line.head(), "sends it");
    }
    if found.reach == Reach::Part {
        finding.confidence(Confidence::Medium);
    }
    if age == 0 {
        finding.help("fine to withdraw it for good; otherwise set at least half a year").severity(Severity::Info);
        return;
    }
    finding.help("raise max-age in steps to at least half a year, or to a year to get preloaded");
    if let Some(at) = text.find(written).filter(|_| text.matches(written).count() == 1) {
        let start = value.span.start + at as u32;
        let number = Span::new(value.span.source, start, start + written.len() as u32);
        let edits = vec![Edit::replace(number, suggested.to_string())];
        finding.fix("raise max-age", Safety::Unsafe, edits);
    }
}

/// `3600 seconds (1 hour)`: the number, and what it comes to in the largest unit that fits.
fn in_words(age: u64) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute")];
    let number = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    let seconds = number(age, "second");
    match units.into_iter().find(|(length, _)| age >= *length) {
        Some((length, unit)) => format!("{seconds} ({})", number(age / length, unit)),
        None => seconds,
    }
}
