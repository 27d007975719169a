use crate::check::{Check, Rule};
use crate::config::backend::Target;
use crate::config::backend::backend_tls::{Setting, TlsPass};
use crate::diagnostic::{Confidence, Severity, shorten};

pub(super) const RULE: Rule =
    Rule { id: "tls-upstream-not-verified", page: include_str!("../../rules/tls-upstream-not-verified.md"), check };

fn check(check: &mut Check<'_>) {
    let word: String = check.option("severity-public-host", "info".to_owned());
    let public = Severity::from_word(&word).unwrap_or(Severity::Info);
    for found in check.config.backends().tls_passes() {
        match found.setting("ssl_verify").is_on() {
            Some(true) if found.setting("ssl_trusted_certificate") == Setting::Default => {
                report_no_trust(check, &found)
            }
            Some(false) if found.leaves_the_machine() => report(check, &found, public),
            _ => {}
        }
    }
}

fn report<'c>(check: &mut Check<'c>, found: &TlsPass<'c>, public: Severity) {
    let message = format!("the certificate of {} is never checked", shorten(found.host(), 50));
    let (family, verify) = (found.family, found.setting("ssl_verify").directive());
    let finding = check.report(found.pass, message);
    finding.help(format!("set `{family}_ssl_verify on`, and `{family}_ssl_trusted_certificate` to a file of CAs"));
    if let Some(verify) = verify {
        finding.related(verify.head(), "switched off here");
    }
    if found.target == Target::External {
        finding.severity(public);
    }
    if found.may_be_group() {
        finding.confidence(Confidence::Medium);
    }
}

/// nginx wants to know whom to trust, for every backend that it speaks TLS to.
fn report_no_trust<'c>(check: &mut Check<'c>, found: &TlsPass<'c>) {
    let (family, verify) = (found.family, found.setting("ssl_verify").directive());
    let message = format!("`{family}_ssl_verify on` without `{family}_ssl_trusted_certificate` stops nginx");
    let finding = check.report(found.pass, message);
    finding.help(format!("set `{family}_ssl_trusted_certificate` to the file of CAs that may vouch for the backend"));
    finding.severity(Severity::Error);
    finding.nginx_rejects = true;
    if let Some(verify) = verify {
        finding.related(verify.head(), "asks for a check");
    }
}
