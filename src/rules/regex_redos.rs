use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::pcre::ambiguity::{Attack, Cost, cost};

pub(super) const RULE: Rule = Rule { id: "regex-redos", page: include_str!("../../rules/regex-redos.md"), check };

/// From this power of the length on, a request of the usual size is enough to keep a worker busy.
const HIGH_DEGREE: usize = 4;

fn check(check: &mut Check<'_>) {
    // The same expressions stand in many servers.
    let mut costs = HashMap::default();
    for regex in check.config.regexes() {
        let Some(bytes) = regex.client_bytes().filter(|_| may_be_slow(regex.text)) else { continue };
        let key = (regex.text, regex.caseless, regex.subject());
        let cost =
            costs.entry(key).or_insert_with(|| regex.pattern().parsed().map(|pattern| cost(pattern, bytes)).ok());
        let (growth, attack) = match cost.as_ref() {
            Some(Cost::Exponential { attack }) => ("doubles with every few characters".to_owned(), attack),
            Some(Cost::Polynomial { degree, attack }) if *degree >= HIGH_DEGREE => {
                (format!("grows with the length to the power of {degree}"), attack)
            }
            _ => continue,
        };
        let place = regex.span();
        let found =
            check.report_at(regex.directive, place, format!("the work for a text that does not match {growth}"));
        found.label(format!("slow on {}", display(attack)));
        found.help("let neighbouring repetitions share no character, and repeat nothing that repeats");
    }
}

/// Is there more than one thing that can be tried in several ways? Cheaper than a look at the expression.
fn may_be_slow(text: &str) -> bool {
    let is_repetition = |(at, byte): &(usize, u8)| match byte {
        b'*' | b'+' | b'{' | b'|' => true,
        b'?' => *at > 0 && text.as_bytes()[at - 1] != b'(',
        _ => false,
    };
    text.bytes().enumerate().filter(is_repetition).nth(1).is_some()
}

/// `"/" + "a" × N + "!"`
fn display(attack: &Attack) -> String {
    let quoted = |bytes: &[u8]| shorten(&format!("`{}`", bytes.escape_ascii()), 24);
    let mut parts = Vec::new();
    for (fixed, pump) in &attack.pumps {
        parts.extend((!fixed.is_empty()).then(|| quoted(fixed)));
        parts.push(format!("{} × N", quoted(pump)));
    }
    parts.extend((!attack.suffix.is_empty()).then(|| quoted(&attack.suffix)));
    parts.join(" + ")
}
