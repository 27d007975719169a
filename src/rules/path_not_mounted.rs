use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::project::{Absence, Service};

pub(super) const RULE: Rule =
    Rule { id: "path-not-mounted", page: include_str!("../../rules/path-not-mounted.md"), check };

/// So many of the directives are shown.
const MAX_LABELS: usize = 4;

fn check(check: &mut Check<'_>) {
    let (project, config) = (check.project, check.config);
    let paths = config.local_paths();
    for service in project.deployment.services.iter().filter(|service| service.is_composed()) {
        let has = |line: &Directive<'_>| {
            let file = config.library().identity(line.in_file());
            !service.paths.containers_of(file).is_empty()
        };
        let mut missing: Vec<(Directive<'_>, &str, Absence)> = Vec::new();
        for (line, path) in &paths {
            let is_new = missing.iter().all(|(_, known, _)| known != path);
            let absence = if is_new { project.deployment.absence(service, path) } else { None };
            missing.extend(absence.filter(|_| has(line)).map(|absence| (*line, *path, absence)));
        }
        report(check, service, &missing);
    }
}

fn report(check: &mut Check<'_>, service: &Service, missing: &[(Directive<'_>, &str, Absence)]) {
    let Some((_, path, absence)) = missing.first() else { return };
    let name = service.name.as_deref().unwrap_or_default();
    let more = match missing.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let message = match absence {
        Absence::Anonymous(_) if more.is_empty() => {
            format!("`{path}` is an empty, anonymous volume in the container of `{name}`")
        }
        _ => format!("nothing brings `{path}`{more} into the container of `{name}`"),
    };
    let finding = check.report_text(service.volumes_key.unwrap_or(service.span), message);
    finding.help("mount it: a folder of the host, or the volume that another service fills");
    for (line, _, absence) in missing.iter().take(MAX_LABELS) {
        finding.related(line.head(), "expected here");
        if let Absence::Anonymous(span) = absence {
            finding.related(*span, "made anew, and empty, for every container");
        }
    }
}
