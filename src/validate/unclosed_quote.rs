use super::places;
use crate::check::{Check, Rule};
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule = Rule { id: "unclosed-quote", page: include_str!("../../rules/unclosed-quote.md"), check };

fn check(check: &mut Check<'_>) {
    for place in places(check).into_iter().filter(|place| place.kind == ErrorKind::UnclosedQuote) {
        let Some(opener) = place.cause else { continue };
        let finding = check.report_text(place.span, "a quote is not closed on its line").help("close the quote");
        finding.hides(opener);
        if opener.start == place.span.start {
            finding.label("the quote opens here");
        } else {
            finding.label("nginx reads on as far as here").related(opener, "the quote opens here");
        }
    }
}
