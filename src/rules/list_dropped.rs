use crate::check::{Check, Rule};
use crate::diagnostic::{enumerate, shorten};

pub(super) const RULE: Rule = Rule { id: "list-dropped", page: include_str!("../../rules/list-dropped.md"), check };

/// The lists, and what their lines are about.
const LISTS: &[(&str, &str)] = &[("limit_req", "zone"), ("limit_conn", "zone"), ("error_page", "status")];

fn check(check: &mut Check<'_>) {
    for (name, what) in LISTS {
        for found in check.config.dropped_lines(name) {
            let names: Vec<String> = found.keys.iter().map(|key| shorten(key, 30)).collect();
            let names = enumerate(names.iter().map(String::as_str), names.len(), 30);
            let message = format!("`{name}` here drops the outer list: {what} {names}");
            let finding = check.report(found.own.visible(), message);
            finding.help("one own line replaces the whole list; repeat the outer lines if they should hold here, too");
            for line in &found.lost {
                finding.related(line.head(), "not in force below");
            }
        }
    }
}
