use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::PROXY_HEADERS;
use crate::config::backend::websocket::{Handshake, Handshakes, SpokenHttp, is_in_socket_endpoint};
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule = Rule {
    id: "websocket-upgrade-incomplete",
    page: include_str!("../../rules/websocket-upgrade-incomplete.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let mut handshakes = Handshakes::new(check.config);
    let connection = check.config.upgrade_variable().unwrap_or("upgrade");
    for found in check.config.backends().header_uses(PROXY_HEADERS) {
        let handshake = handshakes.of(&found);
        let Some((pass, http)) = found.oldest_http(check.target()) else { continue };
        let (line, fault) = match handshake {
            Handshake::Complete(line) if http == SpokenHttp::Old(None) => (line, "requests go out as HTTP/1.0"),
            Handshake::Complete(line) if http == SpokenHttp::ByRelease => (line, "HTTP/1.0 before nginx 1.29.7"),
            Handshake::Complete(line) if http != SpokenHttp::New => (line, "`proxy_http_version` is 1.0"),
            Handshake::NotMeant | Handshake::Complete(_) => continue,
            Handshake::NoConnection(line) => (line, "`Connection` is missing"),
            Handshake::NoUpgrade(line) => (line, "`Upgrade` is missing"),
            Handshake::WrongConnection(line) => (line, "`Connection` does not say upgrade"),
        };
        let severity = match () {
            () if matches!(handshake, Handshake::Complete(_)) && http == SpokenHttp::ByRelease => Severity::Info,
            () if found.passes.iter().any(|pass| is_in_socket_endpoint(*pass)) => Severity::Error,
            () => Severity::Warning,
        };
        let verb = if severity == Severity::Info { "may fail" } else { "cannot succeed" };
        let finding = check.report(line, format!("a WebSocket upgrade {verb}: {fault}")).severity(severity);
        finding.help(
            "set `proxy_http_version 1.1`, `Upgrade $http_upgrade` and a `Connection` that says upgrade together",
        );
        if let SpokenHttp::Old(Some(version)) = http {
            finding.related(version.head(), "no upgrade is possible with this");
        }
        finding.related(pass.head(), "requests go out here");
        // Other levels may share the lines of an included file; lost lines come back with proxy-set-header-dropped.
        let is_own = line.in_file() == found.level.in_file() && found.dropped(PROXY_HEADERS).is_empty();
        // An `Upgrade` that is emptied is there on purpose, and a second one would not help.
        let is_emptied =
            matches!(handshake, Handshake::NoUpgrade(_)) && found.header(PROXY_HEADERS, "upgrade").next().is_some();
        let is_open = is_own && !is_emptied;
        let edits = edits(handshake, line, connection, http);
        if is_open && !edits.is_empty() {
            finding.fix("complete the upgrade", Safety::Safe, edits);
        }
    }
}

/// What is missing.
fn edits(handshake: Handshake<'_>, line: Directive<'_>, connection: &str, http: SpokenHttp<'_>) -> Vec<Edit> {
    let (mut edits, mut lines) = (Vec::new(), Vec::new());
    match (handshake, line.arg_span(1)) {
        (Handshake::NoConnection(_), _) => lines.push(format!("proxy_set_header Connection {connection};")),
        (Handshake::NoUpgrade(_), _) => lines.push("proxy_set_header Upgrade $http_upgrade;".to_owned()),
        (Handshake::WrongConnection(_), Some(value)) => edits.push(Edit::replace(value, connection)),
        _ => {}
    }
    match http {
        SpokenHttp::Old(Some(version)) => edits.extend(version.arg_span(0).map(|value| Edit::replace(value, "1.1"))),
        SpokenHttp::Old(None) | SpokenHttp::ByRelease => lines.push("proxy_http_version 1.1;".to_owned()),
        SpokenHttp::New => {}
    }
    let (place, text) = line.insertion_before(&lines);
    edits.extend((!lines.is_empty()).then(|| Edit::insert(place, text)));
    edits
}
