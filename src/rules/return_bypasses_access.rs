use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::ending::{Ending, is_error, return_ending};
use crate::config::http::location::Location;
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "return-bypasses-access", page: include_str!("../../rules/return-bypasses-access.md"), check };

/// Directives that nginx looks at after `return`.
const LATER: &[&str] = &["deny", "auth_basic", "auth_request", "auth_jwt", "limit_req", "limit_conn"];

fn check(check: &mut Check<'_>) {
    for end in check.config.all("return") {
        let Some(level) = end.parent().filter(|level| !level.is("if")) else { continue };
        let is_off = |name: &str| level.own(name).any(|line| line.arg(0) == Some("off"));
        let ignored = LATER.iter().filter(|name| !is_off(name)).filter_map(|name| level.own(name).next());
        let ignored: Vec<Directive<'_>> = ignored.collect();
        let Some(first) = ignored.first() else { continue };
        let is_for_acme = Location::new(level).is_some_and(|location| location.is_for_acme());
        let ending = return_ending(end);
        if is_error(end) || is_for_acme || ending == Ending::Refused || moves_to_https(end, check.target()) {
            continue;
        }
        let what = if ending == Ending::Redirected { "the redirect" } else { "the answer" };
        let message = format!("`return` comes before `{}`: everyone gets {what}", first.name());
        let finding = check.report(end, message);
        finding.help("`return` ends a request before access is checked; let a file or a backend answer instead");
        for line in ignored {
            finding.related(line.head(), "never consulted");
        }
    }
}

/// Does it send a visitor of a plain server to TLS? There is nothing to guard in such an answer.
fn moves_to_https(end: Directive<'_>, target: Option<Version>) -> bool {
    let is_plain = end.config().server_of(end).is_none_or(|server| !server.is_tls(target));
    is_plain && end.args().next_back().is_some_and(|to| to.starts_with("https://"))
}
