use crate::check::{Check, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { id: "unix-socket-in-tmp", page: include_str!("../../rules/unix-socket-in-tmp.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, project) = (check.config, check.project);
    for (line, path) in config.application_sockets() {
        let inner = path.trim_start_matches('/');
        let is_shared = path.starts_with('/') && (inner.starts_with("tmp/") || inner.starts_with("var/tmp/"));
        if !is_shared {
            continue;
        }
        let is_contained = !project.deployment.nginx_services_of(config.library().identity(line.in_file())).is_empty();
        let finding = check.report(line, "the application's socket is in a folder that everybody may write to");
        finding.help("put it into a folder of its own, such as `/run/APP/`, which only the application may write to");
        if let Some(open) = &project.open_socket {
            finding.related(open.span, "and everybody may write to the socket itself");
        }
        if is_contained {
            finding.severity(Severity::Info);
        }
    }
}
