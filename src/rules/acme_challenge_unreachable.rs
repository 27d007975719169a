use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::tls::acme::{Failure, Repair, Subject};
use crate::diagnostic::{Confidence, Diagnostic, Edit, Safety, Severity, shorten};
use crate::project::AcmeFlow;

pub(super) const RULE: Rule =
    Rule { id: "acme-challenge-unreachable", page: include_str!("../../rules/acme-challenge-unreachable.md"), check };

fn check(check: &mut Check<'_>) {
    let evidence = check.config.acme_flow(check.project);
    let flow = match (check.option("flow", "auto".to_owned()).as_str(), &evidence) {
        ("webroot", _) => Some(AcmeFlow::Webroot(None)),
        ("plugin" | "dns" | "standalone", _) => Some(AcmeFlow::Dns),
        (_, evidence) => evidence.as_ref().map(|evidence| evidence.fact.clone()),
    };
    let needs_path = matches!(flow, None | Some(AcmeFlow::Webroot(_)));
    let mut reported = HashSet::default();
    for subject in check.config.acme_subjects(check.target()) {
        // A server on port 80 that is not there may be in another file.
        let is_needed = needs_path && (subject.start.is_some() || flow.is_some());
        let is_certain = |failure: &Failure<'_>| failure.meant.is_some() || (is_needed && !failure.opaque);
        let Some(failure) = subject.failure().filter(is_certain) else { continue };
        if !reported.insert(failure.primary().order()) {
            continue;
        }
        let primary = failure.primary();
        let webroot = if let Some(AcmeFlow::Webroot(folder)) = &flow { folder.as_deref() } else { None };
        let repair = failure.repair(webroot);
        let found = match failure.meant {
            Some(_) => describe_dead(check.report(primary, ""), &failure, needs_path),
            None => describe_missing(check.report(primary, ""), &subject, &failure, flow.is_some()),
        };
        for (span, text) in subject.places(&failure) {
            found.related(span, text);
        }
        if let (Some(evidence), None) = (&evidence, failure.meant) {
            found.related(evidence.span, "the ACME client is set up here");
        }
        if let Some(Repair { title, edits }) = repair {
            let edits = edits.into_iter().map(|(span, text)| Edit::replace(span, text)).collect();
            found.fix(title, Safety::Unsafe, edits);
        }
    }
}

/// There is a location, and it is dead.
fn describe_dead<'d>(found: &'d mut Diagnostic, failure: &Failure<'_>, needs_path: bool) -> &'d mut Diagnostic {
    found.message = format!("the ACME location is of no use: {}", shorten(&failure.reason(), 56));
    found.help("put redirects into `location /`, and open `location ^~ /.well-known/acme-challenge/` to everyone");
    if !failure.always || !needs_path {
        found.severity(Severity::Warning);
    }
    if failure.opaque {
        found.confidence(Confidence::Medium);
    }
    found
}

/// There is no location; whether one is needed depends on the ACME client.
fn describe_missing<'d>(
    found: &'d mut Diagnostic,
    subject: &Subject<'_>,
    failure: &Failure<'_>,
    is_sure: bool,
) -> &'d mut Diagnostic {
    let name = shorten(&subject.host, 19);
    found.message = format!("nothing serves ACME challenges for `{name}`: they end in {}", failure.end());
    found.help("add `location ^~ /.well-known/acme-challenge/` with the webroot of the ACME client as its root");
    match (is_sure && subject.start.is_some(), failure.always) {
        (true, true) => found,
        (true, false) => found.severity(Severity::Warning),
        (false, _) => found.severity(Severity::Info).confidence(Confidence::Low),
    }
}
