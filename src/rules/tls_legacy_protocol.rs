use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Confidence, Edit, Safety, Severity};
use crate::nginx::protocols::PROTOCOLS;

pub(super) const RULE: Rule =
    Rule { id: "tls-legacy-protocol", page: include_str!("../../rules/tls-legacy-protocol.md"), check };

/// Lines about the connection to a backend.
const TO_BACKENDS: &[&str] = &["proxy_ssl_protocols", "grpc_ssl_protocols", "uwsgi_ssl_protocols"];
/// So many servers are pointed at.
const MAX_SERVERS: usize = 3;

fn check(check: &mut Check<'_>) {
    let allowed: String = check.option("allowed", "TLSv1.2 TLSv1.3".to_owned());
    let allowed: Vec<&str> = allowed.split([' ', ',']).collect();
    let config = check.config;
    for found in config.tls_lines("ssl_protocols", check.target()) {
        report(check, found.line, &allowed, &found.servers);
    }
    for line in TO_BACKENDS.iter().flat_map(|name| config.all(name)) {
        report(check, line, &allowed, &[]);
    }
}

fn report<'c>(check: &mut Check<'c>, line: Directive<'c>, allowed: &[&str], servers: &[Directive<'c>]) {
    let is_obsolete = |word: &str| is_one_of(word, PROTOCOLS) && !is_one_of(word, allowed);
    let (obsolete, others): (Vec<_>, Vec<_>) = line.args().enumerate().partition(|(_, word)| is_obsolete(word));
    let spans = obsolete.iter().filter_map(|(index, _)| line.arg_span(*index));
    let Some(place) = spans.reduce(|first, next| first.to(next)) else { return };
    let words: Vec<&str> = obsolete.iter().map(|(_, word)| *word).collect();
    let (plural, are) = if words.len() == 1 { ("", "is") } else { ("s", "are") };
    let finding = check.report_at(line, place, format!("obsolete protocol{plural} {} {are} on", words.join(", ")));
    finding.help("keep `TLSv1.2 TLSv1.3`; RFC 8996 retired TLS 1.0 and 1.1, RFC 7568 retired SSL 3.0");
    if !line.is("ssl_protocols") {
        finding.severity(Severity::Info);
    } else if words.iter().any(|word| is_one_of(word, &PROTOCOLS[..2])) {
        finding.severity(Severity::Error);
    }
    if servers.is_empty() && line.is("ssl_protocols") {
        finding.confidence(Confidence::Medium);
    }
    for server in servers.iter().filter(|server| Some(**server) != line.parent()).take(MAX_SERVERS) {
        finding.related(server.name_span(), "uses it");
    }
    if others.is_empty() {
        let edits = vec![Edit::replace(place, "TLSv1.2 TLSv1.3")];
        finding.fix("switch modern versions on instead", Safety::Unsafe, edits);
    } else {
        let has_modern = others.iter().any(|(_, word)| is_one_of(word, &PROTOCOLS[4..]));
        let spans = obsolete.iter().filter_map(|(index, _)| line.removal_of_arg(*index));
        let edits = spans.map(|span| Edit::replace(span, "")).collect();
        finding.fix("switch them off", if has_modern { Safety::Safe } else { Safety::Unsafe }, edits);
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}
