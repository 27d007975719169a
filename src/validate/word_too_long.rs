use super::places;
use crate::check::{Check, Rule};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule = Rule { id: "word-too-long", page: include_str!("../../rules/word-too-long.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check) {
        let what = match place.kind {
            ErrorKind::WordTooLong => "word",
            ErrorKind::CommentTooLong => "comment",
            _ => continue,
        };
        let length = place.span.end - place.span.start;
        check
            .report_text(
                place.span.start_of(20),
                format!("a {what} of {length} bytes does not fit into nginx's buffer of 4096"),
            )
            .help(format!("split the {what}"));
    }
}
