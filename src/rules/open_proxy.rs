use crate::check::{Check, Rule};
use crate::config::words::inflow::Inflow;
use crate::config::words::taint::Taint;
use crate::config::{Directive, Outer};
use crate::diagnostic::{Confidence, Severity, shorten};

pub(super) const RULE: Rule = Rule { id: "open-proxy", page: include_str!("../../rules/open-proxy.md"), check };

/// A stranger's host, where a whole host is wanted.
const FOREIGN: &str = "^(?:https?://)?(?:evil\\.test|192\\.0\\.2\\.1)(?:[/:]|$)";
/// What ends a host, where the rest of its name follows.
const HOST_END: &str = "[a-z][/?#]";

fn check(check: &mut Check<'_>) {
    let taint = check.taint();
    for pass in check.config.all("proxy_pass") {
        let target = pass.arg(0).unwrap_or_default();
        if !target.contains('$') || is_guarded(pass) {
            continue;
        }
        let inflows = taint.of(pass, target);
        let hosts = inflows.iter().filter(|inflow| is_host(&taint, inflow));
        let Some((inflow, confidence)) = hosts.filter_map(|inflow| Some((inflow, reaches(pass, inflow)?))).next()
        else {
            continue;
        };
        let name = shorten(target.get(inflow.start..inflow.end).unwrap_or_default(), 24);
        let place = pass.arg_part_span(0, inflow.start, inflow.end).unwrap_or(pass.head());
        let message = format!("`{name}` lets the client choose the host: this is a proxy to anywhere");
        let is_internal = pass.ancestors().any(|level| level.has("internal"));
        let found = check.report_at(pass, place, message);
        found.help("name the backends: a map with the known hosts and a harmless default").confidence(confidence);
        if let Some(through) = inflow.through {
            found.related(through.head(), "the text comes from here");
        }
        if is_internal {
            found.severity(Severity::Info);
        }
    }
}

/// Does it say, unchecked, where the request goes?
fn is_host<'c>(taint: &Taint<'c>, inflow: &Inflow<'c>) -> bool {
    let (before, behind) = &inflow.around;
    let before = before.split_once("://").map_or(before.as_str(), |(_, rest)| rest);
    // A path begins with a slash; behind a port or another variable, it is not the host.
    let is_path = matches!(inflow.source.as_str(), "request_uri" | "uri" | "document_uri") && !inflow.is_group();
    if is_path || before.contains(['/', '?', '#', ':', '$']) {
        return false;
    }
    // nginx refuses slashes in a host.
    let has_tail = behind.starts_with(['.', '-']);
    match has_tail {
        true => inflow.source != "host" && taint.can_have(inflow, HOST_END) == Some(true),
        false => taint.can_have(inflow, FOREIGN) == Some(true),
    }
}

/// How sure is it that any host can be asked for here? Most servers answer to their own names alone.
fn reaches(pass: Directive<'_>, inflow: &Inflow<'_>) -> Option<Confidence> {
    if !matches!(inflow.source.as_str(), "host" | "http_host") || inflow.is_group() {
        return Some(Confidence::High);
    }
    let config = pass.config();
    let server = config.server_of(pass)?;
    let is_nobodys = server.names().all(|name| matches!(name, "" | "_"));
    let reach = |listen: &crate::config::http::Listen| {
        let is_first = config.default_server(&listen.socket) == Some(server);
        match listen.says_default || is_first && (is_nobodys || config.outer() == Outer::Nothing) {
            true => Some(Confidence::High),
            // Another file may bring the server that all other names come to.
            false => is_first.then_some(Confidence::Low),
        }
    };
    server.public_listens().filter_map(reach).max()
}

/// Is it closed to strangers?
fn is_guarded(pass: Directive<'_>) -> bool {
    let Some(level) = pass.parent() else { return true };
    let has = |name: &str| level.value(name).is_some_and(|line| line.arg(0) != Some("off"));
    let is_local = pass.config().server_of(pass).is_none_or(|server| server.is_internal());
    let guards = ["deny", "auth_basic", "auth_request", "auth_jwt", "secure_link", "ssl_verify_client"];
    is_local || level.is_opaque() || guards.iter().any(|name| has(name)) || level.has_request_code()
}
