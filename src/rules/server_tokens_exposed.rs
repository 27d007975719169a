use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::headers::is_header_rewritten;
use crate::diagnostic::{Edit, Safety, Severity};
use crate::nginx::context::Context;

pub(super) const RULE: Rule =
    Rule { id: "server-tokens-exposed", page: include_str!("../../rules/server-tokens-exposed.md"), check };

const HELP: &str = "set `server_tokens off;` in http: headers and error pages then say `nginx` and no more";

fn check(check: &mut Check<'_>) {
    let config = check.config;
    if is_header_rewritten(config, "server") {
        return;
    }
    for line in config.all("server_tokens") {
        let is_build = line.arg(0) == Some("build");
        let is_on = is_build || line.arg(0) == Some("on");
        let holds = |server: Server<'_>| server.is_public() && server.directive().value("server_tokens") == Some(line);
        let is_heard = match config.server_of(line) {
            Some(server) => server.is_public(),
            None => config.servers().next().is_none() || config.servers().any(holds),
        };
        if !is_on || !is_heard {
            continue;
        }
        let what = if is_build { "release and build" } else { "release" };
        let finding = check.report(line, format!("nginx tells everyone its {what}"));
        finding.help(HELP);
        if is_build {
            finding.severity(Severity::Warning);
        }
        if let Some(word) = line.arg_span(0) {
            finding.fix("keep the release private", Safety::Safe, vec![Edit::replace(word, "off")]);
        }
    }
    let is_untold = |level: Directive<'_>| level.certain_value("server_tokens") == Some(None);
    if !config.knows_all_of("http")
        || !config.servers().any(|server| server.is_public() && is_untold(server.directive()))
    {
        return;
    }
    let Some(http) = config.all("http").find(|http| http.inside() == Some(Context::Http)) else { return };
    let finding = check.report(http, "nginx tells everyone its release, as `server_tokens` is not set");
    finding.help(HELP);
    if let Some((place, text)) = http.insertion_inside(&["server_tokens off;".to_owned()]) {
        finding.fix("keep the release private", Safety::Safe, vec![Edit::insert(place, text)]);
    }
}
