use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "hsts-unquoted-value", page: include_str!("../../rules/hsts-unquoted-value.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("add_header") {
        let Some(words) = line.hsts_words() else { continue };
        let (word, place) = words.stray;
        let message = match words.behind.iter().any(|directive| directive.name_span() == place) {
            true => format!("the value ends at the first semicolon; `{word}` is read as a directive"),
            false => format!("the value ends at the first blank; `{word}` is read as a parameter"),
        };
        let finding = check.report(line, message);
        finding.help("put the whole value in quotes; nginx does not start like this");
        finding.related(place, "nginx does not know this word");
        if let Some(value) = words.value {
            let always = if words.always { " always" } else { "" };
            let edit = Edit::replace(words.span, format!("\"{value}\"{always}"));
            finding.fix("put the value in quotes", Safety::Safe, vec![edit]);
        }
    }
}
