use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "access-list-dropped", page: include_str!("../../rules/access-list-dropped.md"), check };

/// With more lines than this, not each is pointed at.
const MAX_LISTED: usize = 20;

fn check(check: &mut Check<'_>) {
    for level in check.config.levels_with("deny") {
        let lost = level.lost_denies(MAX_LISTED);
        let Some(own) = level.own("deny").next().filter(|_| !level.is_opaque() && !lost.is_empty()) else { continue };
        let is_closed = lost.iter().any(|rule| rule.arg(0) == Some("all"));
        let who = if is_closed { "everyone else gets in" } else { "what it denied gets in" };
        let finding = check.report(own.visible(), format!("this list replaces the outer one: {who}"));
        finding.help("repeat the outer lines here, or include them from one file at all levels");
        for rule in &lost {
            finding.related(rule.head(), "not in force below");
        }
    }
}
