use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::forwarded::{Fronts, variable_name};
use crate::config::backend::{PROXY_HEADERS, is_header};
use crate::diagnostic::{Edit, Safety};
use crate::nginx::context::ContextSet;

pub(super) const RULE: Rule = Rule {
    id: "proxy-forwarded-for-spoofable",
    page: include_str!("../../rules/proxy-forwarded-for-spoofable.md"),
    check,
};

/// Headers that applications take the client's address from.
const TOLD: &[&str] = &["X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Forwarded"];
/// Variables for headers that anybody can send.
const CLIENTS: &[&str] = &[
    "http_x_forwarded_for",
    "http_x_real_ip",
    "http_x_client_ip",
    "http_client_ip",
    "http_true_client_ip",
    "http_x_cluster_client_ip",
    "http_x_original_forwarded_for",
    "http_forwarded",
];

fn check(check: &mut Check<'_>) {
    let fronts = check.config.trusted_fronts();
    for line in check.config.all(PROXY_HEADERS.name) {
        check_header(check, &fronts, line);
    }
    check_trust(check);
}

fn check_header<'c>(check: &mut Check<'c>, fronts: &Fronts<'c>, line: Directive<'c>) {
    let told = TOLD.iter().find(|name| is_header(line, name));
    let value = line.arg(1).unwrap_or_default();
    let is_clients = value.starts_with('$') && CLIENTS.contains(&variable_name(value).as_str());
    let (Some(told), Some(level), true) = (told, line.parent(), is_clients) else { return };
    let Some(span) = line.arg_span(1).filter(|_| !fronts.may_stand_before(level)) else { return };
    let finding = check.report_at(line, span, format!("the client's own word is forwarded as fact in `{told}`"));
    finding.label("anybody can send this");
    finding.help(
        "append with `$proxy_add_x_forwarded_for`, or send `$remote_addr`; to trust a proxy, list it in `set_real_ip_from`",
    );
    // Behind a proxy that is not listed, an address replaced is an address lost; an address appended is not.
    match *told {
        "X-Forwarded-For" => {
            finding.fix("append the address", Safety::Safe, vec![Edit::replace(span, "$proxy_add_x_forwarded_for")]);
        }
        "Forwarded" => {}
        _ => {
            finding.fix("send the address itself", Safety::Unsafe, vec![Edit::replace(span, "$remote_addr")]);
        }
    }
}

/// Proxies are trusted, but everybody is one. One finding for each level.
fn check_trust(check: &mut Check<'_>) {
    let mut seen = HashSet::default();
    for line in check.config.all("set_real_ip_from") {
        let is_everybody = line.arg(0).is_some_and(|range| range.ends_with("/0"));
        let is_http = line.context().is_some_and(|context| ContextSet::HTTP.contains(context));
        let Some(level) = line.parent().filter(|_| is_everybody && is_http) else { continue };
        let header = level.value("real_ip_header");
        let is_by_protocol = header.is_some_and(|header| header.arg(0) == Some("proxy_protocol"));
        let is_fronted = check.config.server_of(level).is_some_and(|server| server.is_fronted());
        if is_by_protocol || is_fronted || level.is_opaque_upward() || !seen.insert(level.order()) {
            continue;
        }
        let finding = check.report(line, "every client is trusted to name its own address");
        finding.help("list the addresses of your proxies only");
        if let Some(header) = header {
            finding.related(header.head(), "this header then decides the address");
        }
    }
}
