use super::places;
use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};
use crate::nginx::context::Context;
use crate::source::Span;
use crate::syntax::{ErrorKind, Terminator};

pub(crate) const RULE: Rule = Rule { id: "unquoted-brace", page: include_str!("../../rules/unquoted-brace.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check).into_iter().filter(|place| place.kind == ErrorKind::UnquotedBrace) {
        let Some(word) = place.cause else { continue };
        let quoted = vec![Edit::insert(word, "\""), Edit::insert(word.at_end(), "\"")];
        check
            .report_text(place.span, "this brace ends the word and opens a block")
            .related(word, "meant as one regex")
            .help("put the regex into quotes")
            .fix("quote the regex", Safety::Safe, quoted);
    }
    let in_table = |entry: &crate::config::Directive<'_>| entry.context().is_some_and(Context::holds_entries);
    for entry in check.config.directives().filter(in_table) {
        if let Terminator::Block { open, .. } = entry.terminator() {
            let table = entry.parent().map_or("", |table| table.name());
            check
                .report_at(entry, Span::new(entry.in_file(), open, open + 1), format!("`{{` in the body of `{table}`"))
                .help("entries end with `;`; put a key that holds a brace into quotes");
        }
    }
}
