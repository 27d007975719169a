use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Diagnostic, Severity, enumerate};
use crate::nginx::version::Version;
use crate::nginx::vulnerabilities::{self, Rating, Vulnerability};

pub(super) const RULE: Rule = Rule { id: "cve-release", page: include_str!("../../rules/cve-release.md"), check };

fn check(check: &mut Check<'_>) {
    let Some(target) = check.target() else { return };
    let severity = check.option("severity", "info".to_owned());
    let mut found: Vec<(Directive<'_>, Vec<&Vulnerability>)> = Vec::new();
    for known in vulnerabilities::all().iter().filter(|known| known.is_in(target)) {
        let Some(line) = check.config.exposure(known) else { continue };
        match found.iter_mut().find(|(other, _)| *other == line) {
            Some((_, all)) => all.push(known),
            None => found.push((line, vec![known])),
        }
    }
    for (line, all) in found {
        report(check, line, &all, target).severity(Severity::from_word(&severity).unwrap_or(Severity::Info));
    }
}

fn report<'k, 'c>(
    check: &'k mut Check<'c>,
    line: Directive<'c>,
    all: &[&Vulnerability],
    target: Version,
) -> &'k mut Diagnostic {
    let names = enumerate(all.iter().map(|known| known.name), all.len(), 45);
    let worst = all.iter().max_by_key(|known| known.rating).map_or(Rating::Low, |known| known.rating);
    let what = all.iter().find(|known| known.rating == worst).map_or("", |known| known.title);
    let fixed = all.iter().filter_map(|known| known.fixed_in(target)).max();
    let finding = check.report(line, format!("nginx {target} has {names}"));
    finding.label(what);
    if let Some(fixed) = fixed {
        finding.help(format!("use nginx {fixed} or newer, unless the package has the fix of its own"));
    }
    finding
}
