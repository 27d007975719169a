use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::inflow::Inflow;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-decoded-uri", page: include_str!("../../rules/proxy-pass-decoded-uri.md"), check };

/// What means something else in a request line once it is decoded.
const ENCODED: &str = "[\\x00-\\x20?#%\\x7f]";

/// What ends the address in a request line.
const BREAKING: &str = "[\\x00-\\x20]";

fn check(check: &mut Check<'_>) {
    let taint = check.taint();
    for pass in check.config.all("proxy_pass") {
        let target = pass.arg(0).unwrap_or_default();
        let inflows = taint.of(pass, target);
        let is_in_path = |inflow: &&Inflow<'_>| {
            let before = inflow.around.0.as_str();
            // A variable may bring the scheme and the host.
            let host = before.split_once("://").map_or(before, |(_, rest)| rest);
            let is_path = host.contains('/') || !inflow.is_group() && !host.is_empty();
            inflow.is_decoded_path() && is_path
        };
        // What else a query has in it is left to the application.
        let wanted = |inflow: &Inflow<'_>| if inflow.around.0.contains('?') { BREAKING } else { ENCODED };
        if let Some(inflow) =
            inflows.iter().filter(is_in_path).find(|inflow| taint.can_have(inflow, wanted(inflow)) == Some(true))
        {
            report(check, pass, inflow);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, pass: Directive<'c>, inflow: &Inflow<'c>) {
    let target = pass.arg(0).unwrap_or_default();
    let name = shorten(target.get(inflow.start..inflow.end).unwrap_or_default(), 20);
    let place = pass.arg_part_span(0, inflow.start, inflow.end).unwrap_or(pass.head());
    let what = match inflow.line_break() {
        Some(true) => "`%0a` in a path splits the request",
        _ => "`%20` in a path breaks the request line",
    };
    let rebuilt = pass.rebuilt_request_uri(0).filter(|_| inflow.through.is_none());
    let found = check.report_at(pass, place, format!("`{name}` is sent to the backend decoded: {what}"));
    found.help(match inflow.is_group() {
        true => "let a `rewrite … break` take the path apart and leave the variables out of `proxy_pass`",
        false => "use `$request_uri`, which keeps the path as the client has encoded it",
    });
    if let Some(through) = inflow.through {
        found.related(through.head(), "the text comes from here");
    }
    if let Some(rebuilt) = rebuilt {
        let safety = if rebuilt.is_unchanged { Safety::Safe } else { Safety::Unsafe };
        found.fix("use `$request_uri`", safety, vec![Edit::replace(rebuilt.span, "$request_uri")]);
    }
}
