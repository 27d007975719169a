use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "underscore-headers-on", page: include_str!("../../rules/underscore-headers-on.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("underscores_in_headers") {
        let is_on = line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("on"));
        if is_on && check.config.server_of(line).is_none_or(|server| server.is_public()) {
            let finding = check.report(line, "request headers with underscores reach the backend");
            finding.help("remove the line, or rename the one header that needs it: many backends read `X_Real_IP` as `X-Real-IP`");
        }
    }
}
