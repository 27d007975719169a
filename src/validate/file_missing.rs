use crate::check::{Check, Rule};
use crate::diagnostic::{Severity, shorten};

pub(crate) const RULE: Rule = Rule { id: "file-missing", page: include_str!("../../rules/file-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, project) = (check.config, check.project);
    for file in config.referenced_files().into_iter().filter(|file| project.missing_files.contains(&file.path)) {
        let (directive, name) = (file.directive, file.directive.arg(0).unwrap_or_default());
        let span = directive.arg_span(0).unwrap_or(directive.head());
        let finding = check.report_at(directive, span, format!("`{}` is not on this machine", shorten(name, 60)));
        if file.at_start {
            finding.help("nginx opens this file when it starts");
        } else {
            finding.nginx_rejects = false;
            finding
                .severity(Severity::Warning)
                .help("nginx starts, and answers with an error where the file is needed");
        }
    }
}
