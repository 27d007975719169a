use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::forwarded::{is_scheme_header, variable_name, variables};
use crate::config::backend::{Backends, PROXY_HEADERS, Target, is_header};
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule {
    id: "proxy-forwarded-proto-mismatch",
    page: include_str!("../../rules/proxy-forwarded-proto-mismatch.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    let fronts = check.config.trusted_fronts();
    for found in backends.header_uses(PROXY_HEADERS) {
        let lines = found.level.own(PROXY_HEADERS.name);
        let wrong: Vec<_> = lines.filter_map(|line| Some((line, fault(line)?))).collect();
        let Some(pass) = found.passes.iter().copied().find(|pass| is_for_tls_only(check, &backends, *pass)) else {
            continue;
        };
        if wrong.is_empty() || fronts.may_stand_before(found.level) {
            continue;
        }
        // Others that share the line may have a plain port, behind a balancer that knows better.
        let is_for_all = found.passes.iter().all(|pass| is_for_tls_only(check, &backends, *pass));
        let server = check.config.server_of(pass);
        let listen = server.and_then(|server| server.listens().first()?.directive(check.config));
        for (line, fault) in wrong {
            let Some(span) = line.arg_span(1) else { continue };
            let finding = check.report_at(line, span, format!("the scheme told to the backend is {fault}"));
            finding.help("send `$scheme`: TLS ends here, so nginx is who knows");
            if let Some(listen) = listen {
                finding.related(listen.head(), "every request comes over TLS");
            }
            if is_for_all && line.in_file() == found.level.in_file() {
                let right = if is_switch(line) { "on" } else { "$scheme" };
                finding.fix(format!("send `{right}`"), Safety::Safe, vec![Edit::replace(span, right)]);
            }
        }
    }
}

/// What is wrong with the value, on a server that speaks nothing but TLS.
fn fault(line: Directive<'_>) -> Option<&'static str> {
    let is_scheme = line.arg(0).is_some_and(|name| is_scheme_header(&name.to_ascii_lowercase()));
    let value = line.arg(1).filter(|_| is_scheme)?;
    let is_clients = variables(value).next() == Some(value) && variable_name(value).starts_with("http_");
    match value.to_ascii_lowercase().as_str() {
        "http" => Some("http"),
        "off" if is_switch(line) => Some("not https"),
        _ if is_clients => Some("chosen by the client"),
        _ => None,
    }
}

/// Is its value on or off rather than a scheme?
fn is_switch(line: Directive<'_>) -> bool {
    ["X-Forwarded-Ssl", "Front-End-Https"].iter().any(|name| is_header(line, name))
}

/// Does everybody who asks for this come over TLS, and is it passed on to an application of the same installation?
fn is_for_tls_only<'c>(check: &Check<'c>, backends: &Backends<'c>, pass: Directive<'c>) -> bool {
    let server = check.config.server_of(pass);
    backends.target(pass) != Target::External && server.is_some_and(|server| server.is_tls_only(check.target()))
}
