use super::places;
use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule =
    Rule { id: "stray-semicolon", page: include_str!("../../rules/stray-semicolon.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check).into_iter().filter(|place| place.kind == ErrorKind::StraySemicolon) {
        check
            .report_text(place.span, "`;` without a directive in front of it")
            .help("remove it; a block ends with `}` alone")
            .fix("remove the semicolon", Safety::Safe, vec![Edit::replace(place.span, "")]);
    }
}
