use super::{Place, places};
use crate::check::{Check, Rule};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule =
    Rule { id: "unbalanced-brace", page: include_str!("../../rules/unbalanced-brace.md"), check };

fn check(check: &mut Check<'_>) {
    for Place { kind, span, cause, word } in places(check) {
        let (message, help) = match kind {
            ErrorKind::StrayOpenBrace => {
                ("`{` without a directive in front of it", "name the block, or remove the brace")
            }
            ErrorKind::StrayCloseBrace => {
                ("`}` closes nothing", "remove it, or find the block that was closed too early")
            }
            ErrorKind::UnclosedBlock => ("the file ends inside a block", "add the missing `}`"),
            _ => continue,
        };
        let finding = check.report_text(span, message).help(help);
        match (kind, cause) {
            (ErrorKind::UnclosedBlock, Some(opener)) => {
                finding.related(opener, format!("the block `{word}` is probably the one without its `}}`"));
            }
            (ErrorKind::StrayCloseBrace, Some(opener)) => {
                finding.related(opener, format!("the indentation says that `{word}` was closed in the wrong place"));
            }
            _ => {}
        }
    }
}
