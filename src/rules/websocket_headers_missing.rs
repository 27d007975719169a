use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::PROXY_HEADERS;
use crate::config::backend::websocket::SOCKET_SEGMENTS;
use crate::config::http::body::answers_before;
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "websocket-headers-missing", page: include_str!("../../rules/websocket-headers-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let further: String = check.option("path-hints", String::new());
    let further = further.split([',', ' ']).filter(|word| !word.is_empty());
    let hints: Vec<&str> = SOCKET_SEGMENTS.iter().copied().chain(further).collect();
    let (config, backends) = (check.config, check.config.backends());
    for found in backends.header_uses(PROXY_HEADERS).filter(|found| found.is_silent_about_upgrades()) {
        for pass in found.passes.iter().copied() {
            let Some(location) = pass.enclosing("location").and_then(Location::new) else { continue };
            let is_endpoint = location.has_segment(&hints) && !location.is_about_files();
            if !is_endpoint || answers_before(pass) || backends.is_helper(pass) {
                continue;
            }
            let path = shorten(location.pattern, 26);
            let message = format!("`{path}` looks like a WebSocket, but no upgrade headers are passed on");
            let finding = check.report(pass, message);
            finding.help("set `proxy_http_version 1.1`, `Upgrade` and `Connection` in this location");
            finding.related(location.pattern_span(), "this path speaks of WebSockets");
            let lines = lines(location.directive, config.upgrade_variable().unwrap_or("upgrade"));
            if let Some((place, text)) = found.insertion(PROXY_HEADERS, pass, &lines) {
                finding.fix("pass the upgrade on", Safety::Unsafe, vec![Edit::insert(place, text)]);
            }
        }
    }
}

fn lines(location: Directive<'_>, connection: &str) -> Vec<String> {
    // A second line of its own would stop nginx, and a line from outside may be right already.
    let has_version = location.has("proxy_http_version")
        || location.value("proxy_http_version").is_some_and(|version| version.arg(0) != Some("1.0"));
    let version = (!has_version).then(|| "proxy_http_version 1.1;".to_owned());
    let headers = ["proxy_set_header Upgrade $http_upgrade;".to_owned()];
    version.into_iter().chain(headers).chain([format!("proxy_set_header Connection {connection};")]).collect()
}
