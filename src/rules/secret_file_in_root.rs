use crate::check::{Check, Rule};
use crate::diagnostic::{Confidence, Severity, shorten};

pub(super) const RULE: Rule =
    Rule { id: "secret-file-in-root", page: include_str!("../../rules/secret-file-in-root.md"), check };

fn check(check: &mut Check<'_>) {
    for secret in check.config.served_secrets() {
        let who = if secret.needs_password { "whoever has a password" } else { "visitors" };
        let message = format!("{who} can download this file as `{}`", shorten(&secret.path, 40));
        let finding = check.report(secret.line, message);
        finding.help("move it out of the folder, and make new keys or passwords: these may be known already");
        // Keys are read before the rights of root are given up; lists of passwords the workers have to read.
        if !secret.line.is("auth_basic_user_file") {
            finding.confidence(Confidence::Medium).label("unless its rights keep the workers from reading it");
        }
        if secret.needs_password {
            finding.severity(Severity::Warning);
        }
        finding.related(secret.served.mapping.head(), "everything below is handed out");
    }
}
