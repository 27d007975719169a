use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "redirect-reflects-host", page: include_str!("../../rules/redirect-reflects-host.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for redirect in config.redirects() {
        let Some(authority) = redirect.authority() else { continue };
        let place = redirect.variable_in(authority.clone(), &["host", "http_host"]);
        let (Some(place), Some(server)) = (place, config.server_of(redirect.by)) else { continue };
        let is_tested = redirect.by.parent().is_some_and(|parent| parent.is("if"));
        let socket = server.public_listens().find(|listen| server.is_certain_default(&listen.socket));
        let Some(listen) = socket.filter(|_| !is_tested) else { continue };
        let host = shorten(&redirect.target[..authority.end], 40);
        let message = format!("`{host}` sends clients to whatever host they name");
        let found = check.report_at(redirect.by, place, message);
        found.help("name the host, or let a default server of its own turn unknown names away");
        if let Some(line) = listen.directive(config) {
            found.related(line.head(), "names that no server has come here");
        }
    }
}
