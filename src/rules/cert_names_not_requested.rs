use crate::check::{Check, Rule};
use crate::config::tls::requested::{LineageUse, is_certainly_missing, is_same_name};
use crate::diagnostic::Span;

pub(super) const RULE: Rule =
    Rule { id: "cert-names-not-requested", page: include_str!("../../rules/cert-names-not-requested.md"), check };

fn check(check: &mut Check<'_>) {
    let calls = &check.project.certbot.calls;
    let asking: Vec<_> = calls.iter().filter(|call| !call.renews).collect();
    // A call whose names are not known may ask for any.
    if asking.iter().any(|call| call.names.is_none()) {
        return;
    }
    let mut reported: Vec<(Span, &str)> = Vec::new();
    for used in check.config.lineage_uses(check.target()) {
        let of_lineage = asking
            .iter()
            .filter(|call| call.lineage.as_deref().is_some_and(|lineage| is_same_name(lineage, used.lineage)));
        let names: Vec<&(String, Span)> = of_lineage.filter_map(|call| call.names.as_ref()).flatten().collect();
        let Some((_, place)) = names.last() else { continue };
        let texts: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        for (host, claim) in used.hosts().filter(|(host, _)| is_certainly_missing(host, &texts)) {
            if !reported.contains(&(*place, host)) {
                reported.push((*place, host));
                report(check, &used, (host, claim), *place);
            }
        }
    }
}

fn report(check: &mut Check<'_>, used: &LineageUse<'_>, (host, claim): (&str, Span), place: Span) {
    let finding = check.report_text(place, format!("no certificate is asked for `{host}`, but a server claims it"));
    finding.help(format!("add `-d {host}` to the command, or take the name away from the server"));
    finding.related(claim, "claimed here").related(used.certificate.head(), "with this certificate");
}
