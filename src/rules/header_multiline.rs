use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::variable::PossibleValue;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "header-multiline", page: include_str!("../../rules/header-multiline.md"), check };

/// Directives that put a value into the head of a message.
const HEADERS: &[&str] = &["add_header", "add_trailer", "proxy_set_header", "grpc_set_header"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let may_be_one = |line: Directive<'_>| {
        let values = || line.arg(1).and_then(|value| config.possible_values(value)).unwrap_or_default();
        let is_long = |value: &str| value.contains('\n');
        HEADERS.contains(&line.name())
            && line.arg(1).is_some_and(|value| {
                is_long(value) || line.has_dollar() && values().iter().any(|value| is_long(value.text))
            })
    };
    for line in config.directives_worded(may_be_one) {
        let (Some(name), Some(value)) = (line.arg(0), line.arg(1)) else { continue };
        let values = check.config.possible_values(value);
        let values = values.unwrap_or_else(|| vec![PossibleValue { text: value, from: None }]);
        for value in values.iter().filter(|value| value.text.trim().contains('\n')) {
            let (place, argument) = value.from.map_or((line, 1), |from| (from, usize::from(from.is("set"))));
            // What another template language leaves of its line breaks is not known.
            let is_foreign = line.config().library().language(place.in_file()).is_some();
            let Some(span) = place.arg_span(argument).filter(|_| !is_foreign) else { continue };
            let message = format!("the value of {} goes over several lines", shorten(name, 50));
            let finding = check.report_at(place, span, message);
            finding.help("write it on one line; nginx sends the line break, and HTTP/2 clients drop the answer");
            if place != line {
                finding.related(line.head(), "sent here");
            }
            let inside =
                place.arg_text_span(argument).filter(|inside| line.config().library().text(*inside) == value.text);
            if let Some(inside) = inside {
                let joined = value.text.split_whitespace().collect::<Vec<_>>().join(" ");
                finding.fix("put it on one line", Safety::Unsafe, vec![Edit::replace(inside, joined)]);
            }
        }
    }
}
