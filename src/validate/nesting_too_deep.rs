use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "nesting-too-deep", page: include_str!("../../rules/nesting-too-deep.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.too_deep() {
        check
            .report(block, "this block stands in 100 others; what it holds was not looked at")
            .help("look for a closing brace that is missing further up");
    }
}
