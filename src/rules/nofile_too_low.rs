use crate::check::{Check, Rule};

pub(super) const RULE: Rule = Rule { id: "nofile-too-low", page: include_str!("../../rules/nofile-too-low.md"), check };

fn check(check: &mut Check<'_>) {
    let Some(shortage) = check.config.file_shortage() else { return };
    let finding = check.report(shortage.limit, "workers run out of open files before they run out of connections");
    finding.help(format!(
        "a proxied request needs two connections: allow {} files at least",
        shortage.connections.saturating_mul(2)
    ));
    if let Some(by) = shortage.by {
        finding.related(by.head(), "so many connections, each an open file");
    }
}
