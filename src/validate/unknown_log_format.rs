use foldhash::HashMap;

use super::{is_complete, report_on_last_line};
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::named::similar;
use crate::diagnostic::shorten;
use crate::nginx::family::Family;

pub(crate) const RULE: Rule =
    Rule { id: "unknown-log-format", page: include_str!("../../rules/unknown-log-format.md"), check };

/// Definitions by their names in lower case.
type Formats<'c> = HashMap<String, Vec<Directive<'c>>>;

/// What looks like a format, and is a parameter.
const PARAMETERS: &[&str] = &["buffer=", "gzip", "flush=", "if="];

fn check(check: &mut Check<'_>) {
    for family in [Family::Http, Family::Stream] {
        let mut formats = Formats::default();
        for (name, definitions) in check.config.definitions_by_name("log_format", Some(family)) {
            formats.entry(name.to_ascii_lowercase()).or_default().extend(definitions);
        }
        let is_certain = formats.values().flatten().all(|format| !format.arg_is_open(0));
        for log in check.config.all("access_log").filter(|log| log.family() == Some(family) && is_complete(*log)) {
            if is_certain && log.sees_all_definitions() && log.arg(0) != Some("off") {
                check_log(check, log, family, &formats);
            }
        }
    }
}

fn check_log<'c>(check: &mut Check<'c>, log: Directive<'c>, family: Family, formats: &Formats<'c>) {
    let Some(name) = log.arg(1) else {
        if family == Family::Stream && !log.arg_is_open(0) {
            let finding = report_on_last_line(check, log, log.head(), "a log of `stream` needs a format".to_owned());
            finding.help("define one with `log_format` in `stream`, and name it behind the path");
        }
        return;
    };
    // Uses are compared without letter case, definitions with it.
    let defined = formats.get(&*name.to_ascii_lowercase());
    let is_known = name.eq_ignore_ascii_case("combined") && family == Family::Http
        || defined.is_some_and(|formats| formats.iter().any(|format| format.order() < log.order()));
    if is_known || log.arg_is_open(1) {
        return;
    }
    let place = log.arg_span(1).unwrap_or(log.head());
    let shown = shorten(name, 30);
    if let Some(later) = defined.and_then(|formats| formats.first()) {
        let message = format!("the log format `{shown}` is defined only behind its use");
        let finding = report_on_last_line(check, log, place, message);
        finding
            .related(later.head(), "here")
            .help("move the `log_format` in front of the first `access_log` that uses it");
    } else if PARAMETERS.iter().any(|start| name.starts_with(start)) {
        let message = format!("`{shown}` stands where the log format has to be named");
        report_on_last_line(check, log, place, message)
            .help("name the format first: `combined`, or one of `log_format`");
    } else {
        let message = format!("there is no log format `{shown}` in `{}`", family.block());
        let known = formats.keys().map(String::as_str).chain((family == Family::Http).then_some("combined"));
        let help = match similar(name, known) {
            Some(near) => format!("`{near}` is defined"),
            None => "define it with `log_format` in front of this line, or use `combined`".to_owned(),
        };
        report_on_last_line(check, log, place, message).help(help);
    }
}
