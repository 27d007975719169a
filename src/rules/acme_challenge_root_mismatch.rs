use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::config::http::simulate::file_mapping;
use crate::config::tls::acme::written_challenge;
use crate::diagnostic::{Confidence, Edit, Safety, Severity, Span, shorten};
use crate::template::is_symbolic;

pub(super) const RULE: Rule = Rule {
    id: "acme-challenge-root-mismatch",
    page: include_str!("../../rules/acme-challenge-root-mismatch.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for root in config.all("root") {
        let location = root.parent().and_then(Location::new);
        let Some(doubled) = location.and_then(|location| location.challenge_folder_doubled_by(root)) else { continue };
        let found = check.report(root, "root ends in the path of the challenges, which nginx appends once more");
        found.help("make root the folder that the ACME client gets as its webroot");
        if let Some(location) = location {
            found.related(location.pattern_span(), "this is a part of the path that is appended");
        }
        if let Some(span) = doubled.span.filter(|_| !doubled.rest.is_empty()) {
            found.fix("make the webroot the root", Safety::Safe, vec![Edit::replace(span, "")]);
        }
    }
    compare_with_clients(check);
}

/// Compares where nginx looks with where the ACME client of the project writes.
fn compare_with_clients(check: &mut Check<'_>) {
    let (config, project) = (check.config, check.project);
    let webroots = config.webroots(project);
    let is_known = |(folder, _): &(&str, Span)| folder.starts_with('/') && !is_symbolic(folder);
    let Some((folder, evidence)) = webroots.first().copied().filter(|_| webroots.iter().all(is_known)) else { return };
    let mut reported = HashSet::default();
    for location in config.all("location").filter_map(Location::new) {
        let (Some(file), Some(mapping)) = (location.challenge_file(), file_mapping(location.directive)) else {
            continue;
        };
        let is_written = |(folder, _): &(&str, Span)| project.mounts.may_be_same(&file, &written_challenge(folder));
        let is_doubled = mapping.is("root") && location.challenge_folder_doubled_by(mapping).is_some();
        if is_doubled || webroots.iter().any(is_written) || !reported.insert(mapping.order()) {
            continue;
        }
        let (read, written) = (folder_of(&file), folder_of(&written_challenge(folder)));
        let message = format!("nginx reads `{read}`, the ACME client writes `{written}`");
        let found = check.report(mapping, message);
        found
            .severity(Severity::Warning)
            .confidence(Confidence::Medium)
            .related(evidence, "the client is told so here");
        found.help(format!("set `root {folder};`, or alias its folder .well-known/acme-challenge/"));
    }
}

/// The folder of a challenge, short enough for a message.
fn folder_of(file: &str) -> String {
    let folder = &file[..file.rfind('/').unwrap_or(0)];
    shorten(&folder.replace("/.well-known/acme-challenge", "/.well-known/…"), 25)
}
