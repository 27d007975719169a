use crate::check::{Check, Rule};
use crate::diagnostic::Confidence;
use crate::suppress;

pub(super) const RULE: Rule =
    Rule { id: "suppression-without-reason", page: include_str!("../../rules/suppression-without-reason.md"), check };

fn check(check: &mut Check<'_>) {
    let is_required = check.option("required", false);
    for source in check.config.sources() {
        for (span, said) in suppress::said_in(check.config.library(), *source) {
            let Ok(said) = said else { continue };
            if said.reason.is_empty() {
                let finding = check.report_text(span, "this comment does not say why it silences the rule");
                finding.help("write the reason behind the list of rules");
                if is_required {
                    finding.confidence(Confidence::High);
                }
            }
        }
    }
}
