use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::evaluated::Evaluated;
use crate::config::words::inflow::{DECODED_PATHS, Inflow};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::evaluated::is_return_url;

pub(super) const RULE: Rule = Rule { id: "http-splitting", page: include_str!("../../rules/http-splitting.md"), check };

/// Directives whose values become lines of a header. `proxy_pass` has a rule of its own.
const SINKS: &[&str] = &[
    "add_header",
    "add_trailer",
    "error_page",
    "proxy_cookie_domain",
    "proxy_cookie_path",
    "proxy_set_header",
    "return",
    "rewrite",
];

fn check(check: &mut Check<'_>) {
    let taint = check.taint();
    let release = check.release();
    let may_have_path = |text: &Evaluated<'_>| taint.may_have(&text.script, DECODED_PATHS);
    let may_be_one = |line: Directive<'_>| {
        line.has_dollar()
            && SINKS.contains(&line.name())
            && writes_header(line)
            && line.evaluated(release).iter().any(may_have_path)
    };
    for line in check.config.directives_worded(may_be_one) {
        for text in line.evaluated(release).iter().filter(|text| may_have_path(text)) {
            let value = line.arg(text.argument).unwrap_or_default();
            let inflows = taint.of(line, value);
            // nginx encodes the numbered groups of a rewrite again.
            let is_raw = |inflow: &&Inflow<'_>| !(line.is("rewrite") && inflow.is_numbered) && inflow.is_decoded_path();
            if let Some(inflow) = inflows.iter().filter(is_raw).find(|inflow| inflow.line_break() == Some(true)) {
                report(check, line, text.argument, inflow);
                break;
            }
        }
    }
}

/// Does its value go into a header?
fn writes_header(line: Directive<'_>) -> bool {
    let first = line.arg(0).unwrap_or_default();
    match line.name() {
        "return" => is_return_url(first) || matches!(first, "301" | "302" | "303" | "307" | "308"),
        "rewrite" => {
            let is_redirect = matches!(line.arg(2), Some("redirect" | "permanent"));
            is_redirect || line.arg(1).is_some_and(is_return_url)
        }
        "error_page" => line.args().next_back().is_some_and(is_return_url),
        _ => true,
    }
}

fn report<'c>(check: &mut Check<'c>, line: Directive<'c>, argument: usize, inflow: &Inflow<'c>) {
    let value = line.arg(argument).unwrap_or_default();
    let name = shorten(value.get(inflow.start..inflow.end).unwrap_or_default(), 24);
    let place = line.arg_part_span(argument, inflow.start, inflow.end).unwrap_or(line.head());
    let whose = if line.is("proxy_set_header") { "request" } else { "answer" };
    let message = format!("`{name}` is decoded: with `%0a` in the path, a client adds lines to this {whose}");
    let rebuilt = line.rebuilt_request_uri(argument);
    let found = check.report_at(line, place, message);
    found.help(match inflow.is_group() {
        true => "exclude line breaks from the group: `[^/\\n]+` or `.+` instead of `[^/]+`",
        false => "use `$request_uri`, which keeps the path as the client has encoded it",
    });
    if let Some(through) = inflow.through {
        found.related(through.head(), "the text comes from here");
    }
    if let Some(rebuilt) = rebuilt.filter(|_| inflow.through.is_none()) {
        let safety = if rebuilt.is_unchanged { Safety::Safe } else { Safety::Unsafe };
        found.fix("use `$request_uri`", safety, vec![Edit::replace(rebuilt.span, "$request_uri")]);
    }
}
