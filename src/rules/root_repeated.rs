use std::collections::BTreeMap;

use crate::check::{Check, Rule};
use crate::config::Directive;

pub(super) const RULE: Rule = Rule { id: "root-repeated", page: include_str!("../../rules/root-repeated.md"), check };

/// Fewer lines are no burden.
const LEAST: usize = 3;
/// With more lines than this, not each is pointed at.
const MAX_LISTED: usize = 5;

fn check(check: &mut Check<'_>) {
    for server in check.config.servers() {
        let level = server.directive();
        let mut roots: BTreeMap<&str, Vec<Directive<'_>>> = BTreeMap::new();
        let count = level.locations().count();
        for root in level.locations().filter(|it| !it.is_internal()).filter_map(|it| it.directive.own("root").next()) {
            roots.entry(root.arg(0).unwrap_or_default()).or_default().push(root);
        }
        let Some((folder, lines)) = roots.into_iter().max_by_key(|(_, lines)| lines.len()) else { continue };
        let is_said = level.own("root").any(|root| root.arg(0) == Some(folder));
        if lines.len() < LEAST || lines.len() * 2 <= count || (level.has("root") && !is_said) {
            continue;
        }
        let finding = check.report(lines[0], format!("{} of {count} locations repeat this `root`", lines.len()));
        finding.help("write it once, in the server: locations inherit it");
        for line in lines.iter().skip(1).take(MAX_LISTED) {
            finding.related(line.head(), "again");
        }
    }
}
