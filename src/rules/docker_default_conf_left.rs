use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::project::Service;

pub(super) const RULE: Rule =
    Rule { id: "docker-default-conf-left", page: include_str!("../../rules/docker-default-conf-left.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, deployment) = (check.config, &check.project.deployment);
    let mut plain = config.servers().filter(|server| server.has_public_port(80)).peekable();
    let Some(first) = plain.peek().map(|server| server.directive()) else { return };
    if plain.any(|server| server.public_listens().any(|listen| listen.socket.port == Some(80) && listen.says_default)) {
        return;
    }
    for service in deployment.services.iter().filter(|service| reads_sites(service, first)) {
        let sites = deployment.sites_behind_stock_site(service);
        let file = config.library().identity(first.in_file());
        let inside = service.paths.containers_of(file);
        let site = sites.iter().find(|(site, _)| inside.iter().any(|(path, _)| path == site));
        if let Some((_, place)) = site {
            let finding =
                check.report_text(*place, "the image's own `default.conf` stays, and answers first on port 80");
            finding.help("remove it, replace it, or make a server of yours the `default_server`");
            finding.related(first.head(), "hosts that no server names do not come here");
        }
    }
}

/// Does the main file of a container read the folder of the sites? It is the one that the image brings, or this one does.
fn reads_sites(service: &Service, server: Directive<'_>) -> bool {
    let config = server.config();
    let Some((main, _)) = service.paths.project_path("/etc/nginx/nginx.conf") else { return true };
    let is_it = config.sources().first().is_some_and(|source| config.library().identity(*source) == main);
    is_it && config.all("include").any(|include| include.arg(0).is_some_and(|path| path.contains("conf.d/*")))
}
