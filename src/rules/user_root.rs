use crate::check::{Check, Rule};
use crate::nginx::context::Context;

pub(super) const RULE: Rule = Rule { id: "user-root", page: include_str!("../../rules/user-root.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("user") {
        if line.context() == Some(Context::Main) && line.arg(0) == Some("root") {
            let finding = check.report(line, "workers run as root: a hole in nginx or a module opens the machine");
            finding.help("name an account without rights, such as `nginx` or `www-data`");
        }
    }
}
