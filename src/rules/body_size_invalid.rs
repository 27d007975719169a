use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::body::{SIZE_LIMITS, is_misplaced_size, size_value};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::directives::{Value, lookup};
use crate::nginx::measure::{likely_size, offset, size};

pub(super) const RULE: Rule =
    Rule { id: "body-size-invalid", page: include_str!("../../rules/body-size-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    for directive in SIZE_LIMITS.iter().flat_map(|name| check.config.all(name)) {
        if let Some(place) = directive.context().filter(|_| is_misplaced_size(directive)) {
            let message = format!("`{}` is not allowed in `{}`", directive.name(), place.name());
            let help = "set it in http, server or location; give requests that need another limit their own location";
            check.report(directive, message).help(help);
        } else {
            check_value(check, directive);
        }
    }
}

fn check_value<'c>(check: &mut Check<'c>, directive: Directive<'c>) {
    let is_offset = lookup(directive.name()).iter().any(|definition| definition.value == Value::Offset);
    let parse = if is_offset { offset } else { size };
    let (Some(first), Some(start)) = (directive.arg(0), directive.arg_span(0)) else { return };
    let last = directive.arg_span(1).unwrap_or(start);
    let Some(value) = size_value(directive).filter(|value| value != first || parse(first).is_none()) else { return };
    let likely = likely_size(&value);
    let suggestion = match &likely {
        _ if is_offset && matches!(first, "off" | "none" | "unlimited" | "-1") => Some("0".to_owned()),
        Some(likely) if parse(&likely.text).is_some() => Some(likely.text.clone()),
        Some(likely) => offset(&likely.text).map(|bytes| format!("{}m", bytes >> 20)),
        None => None,
    };
    let end = suggestion.as_ref().map(|text| format!("; write `{text}`")).unwrap_or_default();
    let finding = check.report_at(directive, start.to(last), format!("nginx rejects `{}`{end}", shorten(&value, 30)));
    finding.help(match is_offset {
        true => "a size is an integer with one of k, m and g behind it, or nothing; 0 means no limit",
        false => "the size of a buffer is an integer with k or m behind it, or nothing",
    });
    if let Some(text) =
        suggestion.filter(|text| likely.is_some_and(|likely| likely.is_spelling && likely.text == *text))
    {
        finding.fix("write the size as nginx reads it", Safety::Safe, vec![Edit::replace(start.to(last), text)]);
    }
}
