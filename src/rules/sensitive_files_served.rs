use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::machine::exposed::ServedFolder;
use crate::diagnostic::{Confidence, enumerate};
use crate::project::MappingKind;

pub(super) const RULE: Rule =
    Rule { id: "sensitive-files-served", page: include_str!("../../rules/sensitive-files-served.md"), check };

/// Files that lie at the top of a project, and that no visitor should see.
const SENSITIVE: &[&str] = &[
    ".env",
    ".git/config",
    "Dockerfile",
    "composer.json",
    "docker-compose.yml",
    "compose.yml",
    "manage.py",
    "package.json",
];

fn check(check: &mut Check<'_>) {
    let mut told = HashSet::default();
    for served in check.config.served_folders() {
        if told.contains(&served.mapping.order()) {
            continue;
        }
        let mounted = sensitive_files(check, &served, &|kind| matches!(kind, MappingKind::Mount { .. }));
        let is_certain = !mounted.is_empty();
        let files =
            if is_certain { mounted } else { sensitive_files(check, &served, &|kind| *kind == MappingKind::Copy) };
        if files.is_empty() {
            continue;
        }
        told.insert(served.mapping.order());
        let names = enumerate(files.iter().copied(), files.len(), 40);
        let finding = check.report(served.mapping, format!("visitors can download {names} of the project"));
        finding.help("serve a folder below it, such as `public/`, or refuse these files");
        // What `.dockerignore` leaves out is not copied.
        if !is_certain {
            finding.confidence(Confidence::Low);
        }
        if served.mapping.parent() != Some(served.level) {
            finding.related(served.level.head(), "served here");
        }
    }
}

/// Those that come in such a way into the folder of a container that serves it, and that nothing else answers for.
fn sensitive_files<'s>(
    check: &Check<'_>,
    served: &ServedFolder<'_>,
    is_way: &dyn Fn(&MappingKind) -> bool,
) -> Vec<&'s str> {
    let file = check.config.library().identity(served.mapping.in_file());
    let services = check.project.deployment.nginx_services_of(file);
    let is_there = |path: &str| {
        let mapped = services.iter().filter_map(|(service, _)| service.paths.project_path(path));
        mapped.into_iter().any(|(_, mapping)| is_way(&mapping.kind))
    };
    let is_served = |name: &&&str| {
        let path = format!("{}/{name}", served.folder.trim_end_matches('/'));
        is_there(&path) && served.path_to(&path).is_some()
    };
    SENSITIVE.iter().filter(is_served).copied().collect()
}
