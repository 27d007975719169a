use crate::check::{Check, Rule};
use crate::config::words::inflow::Inflow;
use crate::config::words::taint::Taint;
use crate::config::{Directive, Outer};
use crate::diagnostic::{Severity, shorten};

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
        let Some(inflow) = inflows.iter().find(|inflow| is_host(&taint, inflow) && reaches(pass, inflow)) else {
            continue;
        };
        let name = shorten(target.get(inflow.start..inflow.end).unwrap_or_default(), 24);
        let place = pass.arg_part_span(0, inflow.start, inflow.end).unwrap_or(pass.head());
        let message = format!("`{name}` lets the client choose the host: this is a proxy to anywhere");
        let is_internal = pass.ancestors().any(|level| level.has("internal"));
        let found = check.report_at(pass, place, message);
        found.help("name the backends: a map with the known hosts and a harmless default");
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

/// Can any host be asked for here? Most servers answer to their own names alone.
fn reaches(pass: Directive<'_>, inflow: &Inflow<'_>) -> bool {
    if !matches!(inflow.source.as_str(), "host" | "http_host") || inflow.is_group() {
        return true;
    }
    let config = pass.config();
    config.server_of(pass).is_some_and(|server| {
        let is_nobodys = server.names().all(|name| matches!(name, "" | "_"));
        let is_default = |listen: &crate::config::http::Listen| {
            let is_first = config.default_server(&listen.socket) == Some(server);
            listen.says_default || is_first && (is_nobodys || config.outer() == Outer::Nothing)
        };
        server.public_listens().any(is_default)
    })
}

/// Is it closed to strangers?
fn is_guarded(pass: Directive<'_>) -> bool {
    let Some(level) = pass.parent() else { return true };
    let has = |name: &str| level.value(name).is_some_and(|line| line.arg(0) != Some("off"));
    let is_local = pass.config().server_of(pass).is_none_or(|server| server.is_internal());
    let guards = ["deny", "auth_basic", "auth_request", "auth_jwt", "secure_link", "ssl_verify_client"];
    is_local || level.is_opaque() || guards.iter().any(|name| has(name)) || level.has_request_code()
}
