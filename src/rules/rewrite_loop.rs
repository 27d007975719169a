use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule = Rule { id: "rewrite-loop", page: include_str!("../../rules/rewrite-loop.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.rewrite_loops() {
        let Some((first, others)) = found.rewrites.split_first() else { continue };
        let path = shorten(&found.path, 32);
        let finding =
            check.report(*first, format!("`{path}` is rewritten again and again: status 500 after ten rounds"));
        finding.label("the new path comes here again");
        finding.help("end with `break` to stay in the location, or let another location have the new path");
        for rewrite in others {
            finding.related(rewrite.head(), "leads back");
        }
    }
}
