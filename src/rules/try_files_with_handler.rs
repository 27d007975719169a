use crate::check::{Check, Rule};
use crate::config::http::location::Location;

pub(super) const RULE: Rule =
    Rule { id: "try-files-with-handler", page: include_str!("../../rules/try-files-with-handler.md"), check };

/// Those that are handed whole applications. What FastCGI runs are files.
const HANDLERS: &[&str] = &["proxy_pass", "grpc_pass", "uwsgi_pass", "scgi_pass"];

fn check(check: &mut Check<'_>) {
    for line in check.config.all("try_files") {
        let Some(level) = line.parent() else { continue };
        let Some(pass) = HANDLERS.iter().find_map(|name| level.own(name).next()) else { continue };
        let last = line.args().next_back().unwrap_or_default();
        // A script that exists may be for a backend to run, as it is for FastCGI.
        let is_about_scripts = last.starts_with('=') && Location::new(level).is_none_or(|location| location.is_regex());
        if last.starts_with('@') || is_about_scripts || level.has("return") || line.arg_is_open(line.args().len() - 1) {
            continue;
        }
        let found =
            check.report(line, format!("no file is served here: `{}` answers for those that exist, too", pass.name()));
        found.related(pass.head(), "answers whatever was found");
        found.help("move the backend to a location `@app` of its own, and end `try_files` with `@app`");
    }
}
