use crate::check::{Check, Rule};
use crate::diagnostic::Safety;
use crate::suppress;

pub(super) const RULE: Rule =
    Rule { id: "suppression-expired", page: include_str!("../../rules/suppression-expired.md"), check };

fn check(check: &mut Check<'_>) {
    let Some(today) = check.today() else { return };
    let library = check.config.library();
    for source in check.config.sources() {
        for (span, said) in suppress::said_in(library, *source) {
            let Ok(said) = said else { continue };
            let Some(until) = said.until.filter(|until| *until < today) else { continue };
            let edit = suppress::removal(span, library.sources().get(*source));
            check
                .report_text(span, format!("this comment silences nothing since {until}"))
                .help("mend what it silenced, or give it a later day")
                .fix("remove the comment", Safety::Safe, vec![edit]);
        }
    }
}
