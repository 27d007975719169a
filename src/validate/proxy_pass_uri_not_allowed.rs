use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::location::{Location, Modifier};
use crate::diagnostic::shorten;
use crate::nginx::address::{Shape, parse};
use crate::nginx::context::Context;
use crate::nginx::peer;
use crate::source::Span;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "proxy-pass-uri-not-allowed", page: include_str!("../../rules/proxy-pass-uri-not-allowed.md"), check };

fn check(check: &mut Check<'_>) {
    for pass in check.config.all("proxy_pass") {
        let Some((what, around)) = pass.context().and_then(|context| blind_place(pass, context)) else { continue };
        let Some(target) = pass.arg(0).filter(|target| !is_symbolic(target)) else { continue };
        let authority = peer::without_scheme("proxy_pass", target);
        let uri = authority.and_then(|rest| parse(rest, Shape::PeerWithUri).ok()).and_then(|address| address.uri);
        let Some(uri) = uri else { continue };
        let message = format!("`proxy_pass` cannot replace the path {what}: drop `{}`", shorten(uri, 16));
        let help = if uri == "/" {
            "without the `/` the path of the request is passed on as it is"
        } else {
            "change the path with `rewrite … break`, or write it with a variable: `$request_uri`, `$1`"
        };
        check.report_at(pass, pass.verdict_on_arg(0), message).related(around, "no prefix to replace here").help(help);
    }
}

/// Where nginx does not know which part of the path to replace, and what makes it so.
fn blind_place(pass: Directive<'_>, context: Context) -> Option<(&'static str, Span)> {
    let parent = pass.parent().filter(|parent| !parent.is_root())?;
    let what = match context {
        Context::IfInLocation => "in `if`",
        Context::LimitExcept => "in `limit_except`",
        Context::Location => match Location::new(parent)?.modifier {
            Modifier::Regex { .. } => "in a location with a regex",
            Modifier::Named => "in a named location",
            _ => return None,
        },
        _ => return None,
    };
    Some((what, parent.head()))
}
