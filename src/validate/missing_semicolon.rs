use super::{Place, places};
use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};
use crate::source::Span;
use crate::syntax::ErrorKind;

pub(crate) const RULE: Rule =
    Rule { id: "missing-semicolon", page: include_str!("../../rules/missing-semicolon.md"), check };

fn check(check: &mut Check<'_>) {
    run_ons(check);
    let places = places(check);
    let quotes: Vec<Span> =
        places.iter().filter(|place| place.kind == ErrorKind::UnclosedQuote).filter_map(|place| place.cause).collect();
    for Place { kind, span, cause, word } in places {
        let (glued, symptom) = match kind {
            ErrorKind::UnfinishedAtBrace { glued } => (glued, "nginx meets this brace inside the directive"),
            ErrorKind::UnfinishedAtEnd { glued } => (glued, "nginx meets the end of the file inside the directive"),
            _ => continue,
        };
        let Some(directive) = cause else { continue };
        // A quote that is not closed has swallowed it.
        let has_quote =
            |quote: &Span| quote.source == directive.source && (directive.start..directive.end).contains(&quote.start);
        if quotes.iter().any(has_quote) {
            continue;
        }
        let is_on_one_line = !check.config.library().text(directive).contains('\n');
        let finding =
            check.report_text(span, format!("the directive `{word}` is not ended by a semicolon")).label(symptom);
        finding.hides(directive);
        if glued {
            let brace = Span::new(directive.source, directive.end - 1, directive.end);
            finding
                .related(brace, "this brace is a letter of the word before it, not the end of a block")
                .help("end the directive before the brace: `; }`")
                .fix("insert the semicolon", Safety::Safe, vec![Edit::insert(brace, "; ")]);
        } else {
            let end = directive.at_end();
            finding.related(end, "a semicolon is missing here").help("end the directive with `;`");
            // On several lines, two directives may have run together, and nobody knows where the first one ends.
            if is_on_one_line {
                finding.fix("insert the semicolon", Safety::Safe, vec![Edit::insert(end, ";")]);
            }
        }
    }
}

/// A semicolon is missing at the end of a line, and the next line begins with a directive that is allowed here.
fn run_ons(check: &mut Check<'_>) {
    let config = check.config;
    for (directive, argument) in config.run_ons() {
        let (Some(next), Some(before)) = (directive.arg_span(argument), directive.arg_span(argument - 1)) else {
            continue;
        };
        let name = directive.name();
        let rejects = directive.has_too_much();
        let end = directive.end_of_head();
        // Included text may lie between the two.
        let whole = if end.source == directive.in_file() { directive.head().to(end) } else { directive.head() };
        let finding = check.report_at(directive, next, format!("the directive `{name}` is not ended by a semicolon"));
        finding.nginx_rejects = rejects;
        finding.hides(whole);
        finding
            .label(format!("an argument of `{name}`, not a directive"))
            .related(before.at_end(), "a semicolon is missing here")
            .help("end the directive with `;`")
            .fix("insert the semicolon", Safety::Unsafe, vec![Edit::insert(before.at_end(), ";")]);
    }
}
