use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule = Rule { id: "root-too-broad", page: include_str!("../../rules/root-too-broad.md"), check };

/// Folders that hold far more than a site.
const TOO_BROAD: &[&str] = &[
    "/",
    "/etc",
    "/etc/nginx",
    "/home",
    "/proc",
    "/root",
    "/usr/local/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/openresty/nginx/conf",
    "/var",
];

fn check(check: &mut Check<'_>) {
    let mut told = HashSet::default();
    for served in check.config.served_folders() {
        if !TOO_BROAD.contains(&served.folder) || !told.insert(served.mapping.order()) {
            continue;
        }
        let is_guarded = served.level.is_guarded() || served.level.has("if") || served.level.has("secure_link");
        let finding = check.report(served.mapping, format!("visitors can fetch every file below `{}`", served.folder));
        finding.help("serve a folder that holds what is meant for visitors, and nothing else");
        if served.mapping.parent() != Some(served.level) {
            finding.related(served.level.head(), "served here");
        }
        if is_guarded {
            finding.severity(Severity::Warning);
        }
    }
}
