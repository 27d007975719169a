use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};
use crate::suppress::{self, Mistake};

pub(super) const RULE: Rule =
    Rule { id: "suppression-malformed", page: include_str!("../../rules/suppression-malformed.md"), check };

fn check(check: &mut Check<'_>) {
    for source in check.config.sources() {
        for (span, said) in suppress::said_in(check.config.library(), *source) {
            let Err(Mistake { message, help, edit, .. }) = said else { continue };
            let finding = check.report_text(span, message).help(help);
            if let Some((start, end, content)) = edit {
                let edit = Edit::replace(suppress::part_of(span, start, end), content);
                finding.fix("write it as it is read", Safety::Safe, vec![edit]);
            }
        }
    }
}
