use super::places;
use crate::check::{Check, Rule};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule =
    Rule { id: "lua-block-unclosed", page: include_str!("../../rules/lua-block-unclosed.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check) {
        let (message, help) = match place.kind {
            ErrorKind::LuaUnclosed => {
                ("a Lua block is not closed", "add the missing `}`; braces in strings and comments do not count")
            }
            ErrorKind::LuaLongBracket => (
                "a long bracket in a Lua block is not closed within 4096 bytes",
                "close it with `]]` (with as many `=` as it opens with)",
            ),
            ErrorKind::LuaTooLong => (
                "a part of a Lua block is too long for the module's buffer of 4096 bytes",
                "move the code into a file, or split it with a comment",
            ),
            ErrorKind::LuaEmpty => {
                ("a Lua block has nothing between its braces", "remove the directive, or put code into it")
            }
            _ => continue,
        };
        let finding = check.report_text(place.span, message).help(help);
        if let Some(opener) = place.cause {
            finding.related(opener, "the block opens here");
        }
    }
}
