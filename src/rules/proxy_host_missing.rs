use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::backend::{PROXY_HEADERS, Target, default_host, is_header};
use crate::config::http::Server;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "proxy-host-missing", page: include_str!("../../rules/proxy-host-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    let mut mended = HashSet::default();
    for found in backends.header_uses(PROXY_HEADERS) {
        // A lost `Host` is the matter of proxy-set-header-dropped.
        let is_lost = || found.dropped(PROXY_HEADERS).into_iter().any(|line| is_header(line, "host"));
        if found.header(PROXY_HEADERS, "host").next().is_some() || is_lost() {
            continue;
        }
        for pass in found.passes.iter().copied() {
            let host = default_host(pass);
            let is_right = check.config.server_of(pass).is_some_and(|server| has_name(server, host));
            let is_site = !backends.is_helper(pass) && !pass.is_for_acme();
            if backends.target(pass) != Target::Application || !is_site || is_right {
                continue;
            }
            let finding =
                check.report(pass, format!("the application sees `Host: {host}`, not the name in the request"));
            finding.help(help(host));
            if let Some(upstream) = backends.upstream(pass) {
                finding.related(upstream.head(), "the name of this group becomes the host name");
            }
            let is_new = pass.enclosing("location").is_some_and(|location| mended.insert(location.order()));
            let lines = ["proxy_set_header Host $host;".to_owned()];
            if let Some((place, text)) = found.insertion(PROXY_HEADERS, pass, &lines).filter(|_| is_new) {
                finding.fix("pass the requested host name on", Safety::Safe, vec![Edit::insert(place, text)]);
            }
        }
    }
}

/// Is this public name, which the backend sees, one that the server goes by?
fn has_name(server: Server<'_>, host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    name.contains('.') && server.names().any(|own| own.eq_ignore_ascii_case(name))
}

fn help(host: &str) -> String {
    let why = match host.contains('_') {
        true => "that is no valid host name, so frameworks answer 400",
        false => "frameworks that check the name answer 400, others build wrong links",
    };
    format!("{why}; add `proxy_set_header Host $host;`")
}
