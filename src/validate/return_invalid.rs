use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::evaluated::{is_return_code, is_return_url};

pub(crate) const RULE: Rule = Rule { id: "return-invalid", page: include_str!("../../rules/return-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let places = ContextSet::of(&[Context::Server, Context::Location, Context::IfInServer, Context::IfInLocation]);
    for answer in check.config.all("return").filter(|answer| is_complete(*answer)) {
        let (Some(first), count) = (answer.arg(0), answer.args().len()) else { continue };
        let is_here = answer.context().is_some_and(|context| places.contains(context)) && count <= 2;
        let is_fine = is_return_code(first) || (count == 1 && is_return_url(first));
        if is_here && !is_fine && !answer.arg_is_open(0) {
            report(check, answer, first, count);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, answer: Directive<'c>, first: &str, count: usize) {
    let Some(span) = answer.arg_span(0) else { return };
    let lower = first.to_ascii_lowercase();
    let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    let is_url = is_return_url(first);
    let shown = shorten(first, 40);
    let message = match count {
        _ if is_number => format!("`{shown}` is too large for the code of an answer"),
        2 => format!("`{shown}` is no code: `return` wants a number before the text"),
        _ => format!("`return` takes a code or a whole URL, not `{shown}`"),
    };
    let finding = check.report_at(answer, span, message);
    if is_number {
        finding.help("codes go up to 999");
    } else if let Some(rest) = first.strip_prefix("${scheme}").filter(|_| count == 1) {
        finding.help("nginx looks for `$scheme` without braces at the start of a URL");
        finding.fix("write `$scheme`", Safety::Safe, vec![Edit::replace(span, format!("$scheme{rest}"))]);
    } else if count == 1 && is_return_url(&lower) {
        finding.help("`http://` and `https://` must be in lower case");
    } else if is_url {
        finding.help("write one URL, or a code and a text");
    } else if count == 1 && (first.starts_with('/') || first.starts_with('$')) {
        finding.help(format!("give the code of the redirect, too: `return 302 {shown}`"));
        finding.fix("redirect with 302", Safety::Unsafe, vec![Edit::insert(span, "302 ")]);
    } else {
        finding.help("write a code from 0 to 999, then a text or a URL");
    }
}
