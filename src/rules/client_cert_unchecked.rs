use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "client-cert-unchecked", page: include_str!("../../rules/client-cert-unchecked.md"), check };

fn check(check: &mut Check<'_>) {
    if check.config.all("ssl_verify_client").next().is_none() || check.config.may_look_at_client_certificates() {
        return;
    }
    for line in check.config.tls_lines("ssl_verify_client", check.target()) {
        let mode = line.line.arg(0).filter(|mode| matches!(*mode, "optional" | "optional_no_ca"));
        let Some(mode) = mode.filter(|_| !line.servers.is_empty()) else { continue };
        let message = format!("`{mode}` lets everyone in, and nothing looks at `$ssl_client_verify`");
        let finding = check.report(line.line, message);
        finding.help("write `on`, or refuse where `$ssl_client_verify` is not `SUCCESS`");
    }
}
