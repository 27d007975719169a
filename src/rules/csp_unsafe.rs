use crate::check::{Check, Rule};
use crate::config::backend::is_header;
use crate::config::http::csp::{Weakness, weaknesses};
use crate::config::http::headers::HeaderLists;
use crate::diagnostic::{enumerate, shorten};

pub(super) const RULE: Rule = Rule { id: "csp-unsafe", page: include_str!("../../rules/csp-unsafe.md"), check };

fn check(check: &mut Check<'_>) {
    let mut lists = HeaderLists::new(check.config, "add_header");
    for level in check.config.levels_with("add_header") {
        if !level.own("add_header").any(|line| is_header(line, "content-security-policy")) {
            continue;
        }
        // Of several policies all hold, and what one lets through another may stop.
        let list = lists.of(level);
        let [line] = list.lines("content-security-policy") else { continue };
        let Some(value) = line.arg(1).filter(|_| line.parent() == Some(level)) else { continue };
        let found = weaknesses(value);
        let sources: Vec<(&str, &str)> = found
            .iter()
            .filter_map(|weakness| match weakness {
                Weakness::Source { directive, source } => Some((*directive, *source)),
                Weakness::NoDefault => None,
            })
            .collect();
        let (message, help) = match (sources.first(), found.is_empty()) {
            (Some((directive, _)), _) => {
                let names = enumerate(sources.iter().map(|(_, source)| *source), sources.len(), 40);
                let help = "name the hosts that scripts come from, or use nonces; then injected code does not run";
                (format!("the policy lets injected scripts run: {} {names}", shorten(directive, 20)), help)
            }
            (None, false) => {
                let help = "begin with `default-src 'self'`, and widen it for single kinds of content";
                ("the policy has no default-src: kinds that it does not name come from anywhere".to_owned(), help)
            }
            (None, true) => continue,
        };
        check.report(*line, message).help(help);
    }
}
