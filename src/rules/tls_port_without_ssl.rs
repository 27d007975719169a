use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::{Listen, Server};
use crate::diagnostic::{Confidence, Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "tls-port-without-ssl", page: include_str!("../../rules/tls-port-without-ssl.md"), check };

/// Ports that clients expect TLS on.
const TLS_PORTS: &[u16] = &[443, 8443];

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    for server in config.servers() {
        // With `ssl on` it is for ssl-directive-removed to speak.
        if server.directive().value("ssl").is_some() {
            continue;
        }
        let certificate = server.directive().own("ssl_certificate").next();
        let sibling = server.listens().iter().find(|listen| server.listen_is_tls(listen, target));
        // An include that is not known may say `ssl on`, or listen.
        if sibling.is_none() && (certificate.is_none() || server.directive().is_opaque()) {
            continue;
        }
        let is_bare = |listen: &&Listen| {
            listen.socket.port.is_some_and(|port| TLS_PORTS.contains(&port)) && !server.listen_is_tls(listen, target)
        };
        let bare: Vec<&Listen> = server.listens().iter().filter(is_bare).collect();
        let cause = certificate.or_else(|| sibling.and_then(|listen| listen.directive(config)));
        for listen in &bare {
            report_listen(check, listen, cause);
        }
        let is_known = |listen: &Listen| listen.socket.port.is_some() || listen.socket.address.starts_with("unix:");
        if bare.is_empty() && sibling.is_none() && server.listens().iter().all(is_known) {
            report_server(check, server, certificate);
        }
    }
}

fn report_listen<'c>(check: &mut Check<'c>, listen: &Listen, cause: Option<Directive<'c>>) {
    let (Some(directive), Some(port)) = (listen.directive(check.config), listen.socket.port) else { return };
    let message = format!("port {port} answers plain HTTP: `ssl` is missing in this `listen`");
    let finding = check.report(directive, message);
    finding.help("append `ssl`; without it nginx does not look at the certificate on this socket");
    if let Some(cause) = cause {
        let what = if cause.is("listen") { "this one speaks TLS" } else { "not used on this port" };
        finding.related(cause.head(), what);
    }
    if directive.enclosing("http").is_some_and(Directive::is_opaque) {
        // A server that is not known may make the socket TLS.
        finding.confidence(Confidence::Medium);
    }
    finding.fix("append `ssl`", Safety::Safe, vec![Edit::insert(directive.head().at_end(), " ssl")]);
}

fn report_server<'c>(check: &mut Check<'c>, server: Server<'c>, certificate: Option<Directive<'c>>) {
    let listen = server.listens().first().and_then(|listen| listen.directive(check.config));
    let place = listen.map_or(server.directive().name_span(), Directive::head);
    let message = "the server has a certificate, but `ssl` is missing in each of its ports";
    let finding = check.report_at(listen.unwrap_or(server.directive()), place, message);
    finding.help("add `listen 443 ssl;`, or drop the certificate if something in front of nginx ends TLS");
    if let Some(certificate) = certificate {
        finding.related(certificate.head(), "never used");
    }
}
