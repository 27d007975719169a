use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::forwarded::{ClientChoice, variable_name};
use crate::config::backend::{PROXY_HEADERS, is_header};
use crate::diagnostic::{Edit, Safety, Severity, Span, shorten};

pub(super) const RULE: Rule =
    Rule { id: "proxy-host-from-client", page: include_str!("../../rules/proxy-host-from-client.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let mut known: HashMap<&str, Option<ClientChoice<'_>>> = HashMap::default();
    for line in config.all(PROXY_HEADERS.name).filter(|line| is_header(*line, "host")) {
        let Some(value) = line.arg(1) else { continue };
        // What only the machine itself can ask comes from a proxy in front.
        let is_internal = config.server_of(line).is_some_and(|server| server.is_internal());
        let choice = *known.entry(value).or_insert_with_key(|value| config.client_choice(value));
        let Some(choice) = choice.filter(|_| !is_internal) else { continue };
        // Code may give a copy another value before it is used.
        if choice.copied_by.is_some() && line.parent().is_some_and(Directive::has_request_code) {
            continue;
        }
        let variable = shorten(choice.source, 40);
        let message = format!("`{variable}` lets the client choose the Host that the backend sees");
        let finding = check.report_at(line, place(line, choice.written), message);
        finding.help("use `$host` (or `$host:$server_port`), and a default server that turns unknown names away");
        if let Some(copy) = choice.copied_by {
            finding.related(copy.head(), "copied here");
        }
        if choice.is_host() {
            finding.severity(Severity::Info);
        }
        if let Some(span) = line.arg_span(1).filter(|_| variable_name(value) == "http_host" && has_usual_ports(line)) {
            finding.fix("use `$host`", Safety::Safe, vec![Edit::replace(span, "$host")]);
        }
    }
}

/// Where the variable stands in the value; the whole value where it is written with escapes.
fn place(line: Directive<'_>, variable: &str) -> Span {
    let (Some(value), Some(span)) = (line.arg(1), line.arg_text_span(1)) else { return line.head() };
    let at = value.find(variable).filter(|_| span.end - span.start == value.len() as u32);
    at.map_or(span, |at| {
        let start = span.start + at as u32;
        Span::new(span.source, start, start + variable.len() as u32)
    })
}

/// Is it written for one server, on ports that no client writes out?
fn has_usual_ports(line: Directive<'_>) -> bool {
    line.config().server_of(line).is_some_and(|server| {
        let is_usual = server.listens().iter().all(|listen| matches!(listen.socket.port, Some(80 | 443)));
        is_usual && !server.directive().is_opaque() && line.in_file() == server.directive().in_file()
    })
}
