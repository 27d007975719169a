use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::tls::TlsLine;
use crate::diagnostic::{Confidence, Edit, Safety};

pub(super) const RULE: Rule = Rule {
    id: "tls-stapling-without-responder",
    page: include_str!("../../rules/tls-stapling-without-responder.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for found in check.config.tls_lines("ssl_stapling", check.target()) {
        if found.line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("on")) {
            report(check, &found);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, found: &TlsLine<'c>) {
    let levels = found.levels();
    let has_answer = |level: &Directive<'_>| {
        ["ssl_stapling_file", "ssl_stapling_responder"].iter().any(|name| level.value(name).is_some())
    };
    let useless = levels.iter().filter(|level| !has_answer(level));
    let certificates: Vec<_> = useless.filter_map(|level| level.lets_encrypt_certificate()).collect();
    let Some(certificate) = certificates.first() else { return };
    let finding = check.report(found.line, "`ssl_stapling` has no effect with certificates of Let's Encrypt");
    finding.help("remove it; since 2025 these certificates name no responder to ask");
    finding.related(certificate.head(), "from Let's Encrypt");
    if levels.iter().any(|level| level.is_opaque_upward()) {
        finding.confidence(Confidence::Medium);
    }
    if certificates.len() == levels.len() {
        finding.fix("remove the stapling", Safety::Safe, removals(found.line));
    }
}

/// The line, and what is of use beside it only.
fn removals(line: Directive<'_>) -> Vec<Edit> {
    let level = line.parent().into_iter();
    let companions = level.flat_map(|level| level.own("ssl_stapling_verify"));
    let companions = companions.filter(|other| other.in_file() == line.in_file());
    companions.chain([line]).map(|line| Edit::replace(line.removal(), "")).collect()
}
