use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::enumerate;

pub(super) const RULE: Rule =
    Rule { id: "limit-except-misread", page: include_str!("../../rules/limit-except-misread.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("limit_except").filter(|block| block.is_block() && !block.is_opaque_upward()) {
        let allows = block.has("allow") && !block.has("deny");
        let is_any = block.value("satisfy").is_some_and(|satisfy| satisfy.arg(0) == Some("any"));
        // With outer rules, a body that only allows lifts them for the other methods, which may be meant.
        let is_lifted = block.parent().and_then(Directive::access_level).is_some_and(|level| level.has("deny"));
        if !allows || is_any || is_lifted || block.own("allow").any(Directive::allows_everyone) {
            continue;
        }
        let methods = enumerate(block.args(), block.args().len(), 40);
        let finding = check.report(block, format!("nothing is limited: {methods} and all other methods stay open"));
        finding.help("the body holds for the methods that are not listed; end it with `deny all;`");
        for allow in block.own("allow").take(1) {
            finding.related(allow.head(), "restricts nobody without a `deny` behind it");
        }
    }
}
