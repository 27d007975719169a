use std::collections::BTreeSet;

use crate::check::{Check, Rule};
use crate::diagnostic::Confidence;
use crate::project::{Port, Service};

pub(super) const RULE: Rule =
    Rule { id: "compose-port-unserved", page: include_str!("../../rules/compose-port-unserved.md"), check };

/// The site of the image listens here; that of the unprivileged one on the second.
const STOCK_PORTS: &[u16] = &[80, 8080];

fn check(check: &mut Check<'_>) {
    let Some(ports) = check.config.listened_ports() else { return };
    let deployment = &check.project.deployment;
    for service in deployment.services.iter().filter(|service| service.is_composed() && service.runs_nginx()) {
        let Some((files, has_stock_site)) = service.first_files() else { continue };
        let (config, library) = (check.config, check.config.library());
        let sources: BTreeSet<_> = config.sources().iter().map(|source| library.identity(*source)).collect();
        if files.is_empty() || !files.iter().all(|file| sources.contains(file.as_path())) {
            continue;
        }
        let variants = deployment.services.iter().filter(|other| other.is_composed() && other.name == service.name);
        let published: Vec<&Port> =
            variants.flat_map(|variant| &variant.ports).filter(|port| port.is_published).collect();
        let is_served = |port: u16| ports.contains(&port) || (has_stock_site && STOCK_PORTS.contains(&port));
        report_unpublished(check, service, &published);
        // Who publishes a port that nobody listens on has meant one of those that are not published.
        if !report_unserved(check, service, &is_served) {
            report_inner(check, service, &published);
        }
    }
}

/// Ports that lead to nobody; are there any?
fn report_unserved(check: &mut Check<'_>, service: &Service, is_served: &dyn Fn(u16) -> bool) -> bool {
    let mut is_any = false;
    for port in service.ports.iter().filter(|port| port.is_published) {
        if let Some(number) = port.container.filter(|number| !is_served(*number)) {
            let finding = check.report_text(port.span, format!("nothing in the container listens on port {number}"));
            finding.help("write the port that a server listens on behind the colon, or add a `listen`");
            is_any = true;
        }
    }
    is_any
}

/// A server for HTTPS that only the network of the containers can reach, where that for HTTP is public.
fn report_unpublished(check: &mut Check<'_>, service: &Service, published: &[&Port]) {
    let has = |number: u16| published.iter().any(|port| port.container == Some(number));
    if published.iter().any(|port| port.container.is_none()) || !has(80) || has(443) {
        return;
    }
    let target = check.target();
    let found = check.config.servers().find_map(|server| {
        let mut tls = server.public_listens().filter(|listen| server.listen_is_tls(listen, target));
        let listen = tls.find(|listen| listen.socket.port == Some(443))?;
        listen.directive(check.config)
    });
    let Some(listen) = found else { return };
    let name = service.name.as_deref().unwrap_or_default();
    let finding = check.report(listen, format!("port 443 of `{name}` is not published, so nobody outside comes here"));
    finding.help("add `\"443:443\"` to its `ports`");
    finding.related(service.span, "published by this service: port 80, and not 443");
}

/// Servers on ports of their own, behind a service that publishes others. Other containers may be meant.
fn report_inner(check: &mut Check<'_>, service: &Service, published: &[&Port]) {
    let is_public = |number: u16| published.iter().any(|port| port.container.is_none_or(|inner| inner == number));
    if published.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    for listen in check.config.servers().flat_map(|server| server.public_listens()) {
        let (Some(number), Some(line)) = (listen.socket.port, listen.directive(check.config)) else { continue };
        if number == 443 || is_public(number) || !told.insert(number) {
            continue;
        }
        let name = service.name.as_deref().unwrap_or_default();
        let finding = check.report(line, format!("port {number} of `{name}` is not published"));
        finding.confidence(Confidence::Low).help("add it to its `ports` if someone outside is meant to come here");
        finding.related(service.span, "published by this service: other ports");
    }
}
