use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::ending::Ending;
use crate::config::http::location::Location;
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "log-off-globally", page: include_str!("../../rules/log-off-globally.md"), check };

fn check(check: &mut Check<'_>) {
    let mut told = HashSet::default();
    for server in check.config.servers().filter(|server| !server.is_internal()) {
        let Some(line) = switch(server).filter(|line| told.insert(line.order())) else { continue };
        let name = shorten(&server.display_name(), 40);
        let finding = check.report(line, format!("nobody can tell who asked `{name}` for what"));
        finding.help("log to a file or to syslog; switch it off only where it is in the way, such as for `/health`");
        if line.parent() != Some(server.directive()) {
            finding.related(server.directive().head(), "a server without a log");
        }
    }
}

/// The line that switches the log of a server off that answers visitors; none if some of its locations have logs.
fn switch(server: Server<'_>) -> Option<Directive<'_>> {
    let level = server.directive();
    let lines = level.effective("access_log");
    let is_off = |line: &Directive<'_>| line.arg(0) == Some("off");
    let has_log = |line: Directive<'_>| line.is("access_log") && !is_off(&line);
    let logs_otherwise = || level.descendants().any(|line| has_log(line) || line.name().starts_with("log_by_lua"));
    let line = lines.iter().copied().find(is_off).filter(|_| lines.iter().all(is_off))?;
    let answers = || server.ending() == Ending::Answered && !is_about_status(server);
    (!level.is_opaque() && !logs_otherwise() && answers()).then_some(line)
}

/// Is it there for machines that watch, and for nobody else?
fn is_about_status(server: Server<'_>) -> bool {
    const WORDS: &[&str] = &[
        "basic_status",
        "health",
        "healthz",
        "metrics",
        "nginx-health",
        "nginx_status",
        "ping",
        "status",
        "stub_status",
    ];
    let is_it = |location: Location<'_>| location.has_segment(WORDS) || location.directive.has("stub_status");
    let refuses = |level: Directive<'_>| level.ending() != Ending::Answered;
    let mut answering = server.all_locations().filter(|location| !refuses(location.directive)).peekable();
    answering.peek().is_some() && answering.all(is_it)
}
