use super::places;
use crate::check::{Check, Rule};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule =
    Rule { id: "text-after-quote", page: include_str!("../../rules/text-after-quote.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check).into_iter().filter(|place| place.kind == ErrorKind::TextAfterQuote) {
        let found = check.config.library().text(place.span);
        check
            .report_text(place.span, format!("`{found}` follows a closing quote"))
            .label("only a blank, `;`, `{` or `)` may stand here")
            .help("put the whole word into one pair of quotes, or set a blank between two words");
    }
}
