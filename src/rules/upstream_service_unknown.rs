use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "upstream-service-unknown", page: include_str!("../../rules/upstream-service-unknown.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, deployment) = (check.config, &check.project.deployment);
    for (line, host) in config.service_hosts() {
        let file = config.library().identity(line.in_file());
        let Some(service) = deployment.closed_network_of(file).filter(|_| !deployment.knows_host(host)) else {
            continue;
        };
        let finding = check.report(line, format!("no container of this project goes by the name `{host}`"));
        finding.help("name a service of the compose file, its `container_name`, or an alias in its network");
        finding.related(service.span, "it is asked for from this container");
    }
}
