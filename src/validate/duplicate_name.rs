use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::family::Family;

pub(crate) const RULE: Rule = Rule { id: "duplicate-name", page: include_str!("../../rules/duplicate-name.md"), check };

fn check(check: &mut Check<'_>) {
    for (directive, family) in
        [("log_format", Some(Family::Http)), ("log_format", Some(Family::Stream)), ("thread_pool", None)]
    {
        for (name, definitions) in check.config.definitions_by_name(directive, family) {
            let is_certain = |definition: &&Directive<'_>| !definition.arg_is_open(0);
            let mut definitions = definitions.iter().filter(is_certain);
            let is_builtin = name == "combined" && family == Some(Family::Http);
            let first = if is_builtin { None } else { definitions.next() };
            for second in definitions {
                let message = match is_builtin {
                    true => "nginx has a log format `combined` of its own".to_owned(),
                    false => format!("a second `{directive}` of the name `{}`", shorten(name, 30)),
                };
                let finding = report_on_last_line(check, *second, second.name_span(), message);
                finding.help("give it another name, or remove it");
                if let Some(first) = first {
                    finding.related(first.head(), "the first one");
                }
            }
        }
    }
}
