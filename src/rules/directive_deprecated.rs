use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::verdict::definition::{Standing, removal};
use crate::diagnostic::{Confidence, Severity};
use crate::nginx::directives::{self, Definition, Repeat};
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "directive-deprecated", page: include_str!("../../rules/directive-deprecated.md"), check };

/// Directives that have rules of their own.
const TOLD_ELSEWHERE: &[&str] = &["ssl"];

fn check(check: &mut Check<'_>) {
    report_removed(check);
    let (release, target) = (check.release(), check.target());
    let library = check.config.library();
    for directive in check.config.directives_worded(|directive| deprecation(directive, release).is_some()) {
        // The language of a template has conditions, and one of them may ask for the release.
        if target.is_none() && library.language(directive.in_file()).is_some() {
            continue;
        }
        let Some((known, since)) = deprecation(directive, release) else { continue };
        let (name, is_ignored) = (known.name, known.repeat == Repeat::Ignored);
        let what = if is_ignored { "is ignored" } else { "is deprecated" };
        let finding = check.report_at(directive, directive.name_span(), format!("`{name}` {what} since nginx {since}"));
        match known.replacement {
            "" => finding.help("delete it; it has no successor"),
            other if exists(other, release) => finding.help(format!("use `{other}` instead")),
            _ if is_ignored => finding.help("delete it"),
            other => finding.help(format!("instead: {other}")),
        };
        if target.is_none() {
            finding.severity(Severity::Info);
        }
    }
}

/// What a release knew once: it does not start with it.
fn report_removed(check: &mut Check<'_>) {
    let (release, target) = (check.release(), check.target());
    let is_gone = |directive: Directive<'_>| gone(directive, release).is_some();
    for directive in check.config.directives_worded(is_gone) {
        let name = directive.name();
        let Some((definitions, removed)) = gone(directive, release).filter(|_| !check.is_extra_directive(name)) else {
            continue;
        };
        let finding = check.report_at(
            directive,
            directive.name_span(),
            format!("nginx has no directive `{name}` since {removed}"),
        );
        finding.severity(Severity::Error).nginx_rejects = true;
        match target {
            Some(target) => finding.label(format!("the target is nginx {target}")),
            None => finding.confidence(Confidence::Medium),
        };
        let replacement = definitions.iter().map(|definition| definition.replacement).find(|text| !text.is_empty());
        match replacement {
            Some(replacement) if directives::is_known(replacement) => {
                finding.help(format!("use `{replacement}` instead"))
            }
            Some(replacement) => finding.help(format!("instead: {replacement}")),
            None => finding.help("remove it; it has no successor"),
        };
    }
}

/// The definitions of a directive that a release does not have any more, and since when.
fn gone(directive: Directive<'_>, release: Version) -> Option<(Vec<&'static Definition>, Version)> {
    match directive.standing(release) {
        Some(Standing::OtherRelease(definitions)) if !TOLD_ELSEWHERE.contains(&directive.name()) => {
            let removed = removal(&definitions, release)?;
            Some((definitions, removed))
        }
        _ => None,
    }
}

/// The definition that a release reads it by, if all of them are given up, and since when.
fn deprecation(directive: Directive<'_>, release: Version) -> Option<(&'static Definition, Version)> {
    if directive.namesakes().iter().all(|known| known.deprecated.is_none()) {
        return None;
    }
    let definitions = directive.definitions(release);
    let known = definitions.first().filter(|known| !TOLD_ELSEWHERE.contains(&known.name))?;
    let is_given_up = |known: &Definition| {
        known.origin.has_nginx_versions() && known.deprecated.is_some_and(|since| since <= release)
    };
    (definitions.iter().all(is_given_up)).then_some((known, known.deprecated?))
}

fn exists(name: &str, release: Version) -> bool {
    directives::lookup(name).iter().any(|known| known.is_known_to(release))
}
