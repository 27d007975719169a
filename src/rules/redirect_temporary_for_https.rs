use crate::check::{Check, Rule};
use crate::config::http::redirect::Redirect;
use crate::config::words::variable::variables;

pub(super) const RULE: Rule = Rule {
    id: "redirect-temporary-for-https",
    page: include_str!("../../rules/redirect-temporary-for-https.md"),
    check,
};

const HOSTS: &[&str] = &["$host", "${host}", "$http_host", "${http_host}", "$server_name", "${server_name}"];
const PATHS: &[&str] = &["request_uri", "uri", "1"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for redirect in config.redirects().filter(is_same_over_https) {
        let Some(server) = config.server_of(redirect.by) else { continue };
        let host = redirect.authority().map_or("", |authority| &redirect.target[authority]);
        let is_own = HOSTS.contains(&host) || server.names().any(|name| name.eq_ignore_ascii_case(host));
        if !is_own || server.directive().is_opaque() || server.is_internal() || server.is_tls(check.target()) {
            continue;
        }
        let message = format!("the way to https is answered with {}, which browsers do not remember", redirect.status);
        check.report(redirect.by, message).help("use 301 (or 308, which keeps the method) once https works for good");
    }
}

/// Is it a temporary redirect to the same path over TLS?
fn is_same_over_https(redirect: &Redirect<'_>) -> bool {
    let is_temporary = matches!(redirect.status, 302 | 303 | 307) && !redirect.by.is("error_page");
    let path = redirect.path();
    let keeps = path.trim_start_matches('/').starts_with('$') && variables(path).any(|(_, name)| PATHS.contains(&name));
    is_temporary && redirect.target.starts_with("https://") && keeps
}
