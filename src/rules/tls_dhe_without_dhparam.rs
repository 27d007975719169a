use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::tls::TlsLine;
use crate::config::tls::cipher::CipherList;
use crate::diagnostic::{Confidence, Severity, Span};
use crate::nginx::ciphers::Suite;
use crate::nginx::protocols::possible_defaults;
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "tls-dhe-without-dhparam", page: include_str!("../../rules/tls-dhe-without-dhparam.md"), check };

/// Before this release, nginx had parameters of its own.
const NO_BUILT_IN_PARAMETERS: Version = Version::new(1, 11, 0);
/// Shorter primes can be broken.
const MIN_BITS: usize = 2048;
/// The groups that ask for these suites.
const GROUPS: &[&str] = &["DHE", "EDH", "kDHE", "kEDH", "DH"];

fn check(check: &mut Check<'_>) {
    check_files(check);
    if check.target().is_some_and(|target| target < NO_BUILT_IN_PARAMETERS) {
        return;
    }
    for found in check.config.tls_lines("ssl_ciphers", check.target()) {
        let Some(list) = CipherList::new(found.line) else { continue };
        if let Some(place) = list.asks_for(GROUPS, is_dhe) {
            report(check, &found, &list, place);
        }
    }
}

/// Parameters that lie in the project and are too short.
fn check_files(check: &mut Check<'_>) {
    let project = check.project;
    for line in check.config.all("ssl_dhparam") {
        let Some(name) = line.arg(0).and_then(|path| path.rsplit('/').next()) else { continue };
        let found = project.dh_parameters.iter().find(|file| file.file == name && file.bits < MIN_BITS);
        let Some(file) = found else { continue };
        let finding = check.report(line, format!("the Diffie-Hellman parameters have {} bits only", file.bits));
        finding.help("make a file with at least 2048 bits, or drop it together with the DHE suites");
        finding.severity(Severity::Warning).confidence(Confidence::Medium).related(file.span, "this file, by its name");
    }
}

fn is_dhe(suite: &Suite) -> bool {
    suite.is_in("DHE") == Some(true)
}

fn report<'c>(check: &mut Check<'c>, found: &TlsLine<'c>, list: &CipherList<'c>, place: Span) {
    let lacks = |level: &Directive<'_>| level.value("ssl_dhparam").is_none() && !level.is_opaque_upward();
    let levels: Vec<_> = found.levels().into_iter().filter(lacks).collect();
    let Some(first) = levels.first() else { return };
    let target = check.target();
    let has_nothing_else = list.suites().all(|suite| suite.exchange == "DH");
    let is_dead = has_nothing_else && levels.iter().any(|level| lacks_tls_1_3(*level, target));
    let finding =
        check.report_at(found.line, place, "DHE suites are listed, but without `ssl_dhparam` none is ever used");
    finding.help("drop the DHE suites, or set `ssl_dhparam` to a file with at least 2048 bits");
    if is_dead {
        finding.severity(Severity::Error).label("no other suite is on: every TLS handshake fails");
    }
    if let Some(listen) = first.own("listen").next() {
        finding.related(listen.head(), "used here");
    }
}

/// Is it certain that this level does not speak TLS 1.3, which has suites of its own?
fn lacks_tls_1_3(level: Directive<'_>, target: Option<Version>) -> bool {
    match level.protocols() {
        Some(Some(list)) => !list.contains(&"TLSv1.3"),
        Some(None) => false,
        None => possible_defaults(target).iter().all(|list| !list.contains(&"TLSv1.3")),
    }
}
