use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "deny-before-allow", page: include_str!("../../rules/deny-before-allow.md"), check };

/// With more lines than this, not each is pointed at.
const MAX_LISTED: usize = 20;

fn check(check: &mut Check<'_>) {
    for level in check.config.levels_with("allow") {
        let dead = level.dead_allows();
        let Some((first, deny)) = dead.first() else { continue };
        let from = |index: usize| shorten(dead[index].0.arg(0).unwrap_or_default(), 40);
        let who = if dead.len() == 1 { from(0) } else { format!("{} and {} more", from(0), dead.len() - 1) };
        let finding = check.report(*first, format!("an earlier `deny` turns {who} away: `allow` comes too late"));
        finding.help("put `allow` lines before the `deny` that covers them; the first line that fits decides");
        finding.related(deny.head(), "decides first");
        for (allow, _) in dead.iter().skip(1).take(MAX_LISTED) {
            finding.related(allow.head(), "without effect, too");
        }
    }
}
