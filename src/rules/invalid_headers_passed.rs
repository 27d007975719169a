use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "invalid-headers-passed", page: include_str!("../../rules/invalid-headers-passed.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("ignore_invalid_headers") {
        let is_off = line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("off"));
        if is_off && check.config.server_of(line).is_none_or(|server| server.is_public()) {
            let finding = check.report(line, "request headers with invalid names reach the backend");
            finding.help("remove the line: what nginx calls invalid, a backend may read as a header that it trusts");
        }
    }
}
