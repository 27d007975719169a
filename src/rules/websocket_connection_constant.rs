use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::websocket::{Handshake, Handshakes, SpokenHttp, is_meant_for_sockets, spoken_http};
use crate::config::backend::{HeaderUse, PROXY_HEADERS};
use crate::diagnostic::{Edit, Safety};
use crate::template::is_symbolic;

pub(super) const RULE: Rule = Rule {
    id: "websocket-connection-constant",
    page: include_str!("../../rules/websocket-connection-constant.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let (mut handshakes, backends) = (Handshakes::new(check.config), check.config.backends());
    let target = check.target();
    for found in backends.header_uses(PROXY_HEADERS) {
        let Some(line) = constant(&found) else { continue };
        // An incomplete handshake is the matter of websocket-upgrade-incomplete.
        if !matches!(handshakes.of(&found), Handshake::Complete(_)) {
            continue;
        }
        let is_ordinary = |pass: &&Directive<'_>| {
            spoken_http(**pass, target) == SpokenHttp::New
                && !is_meant_for_sockets(**pass)
                && !backends.is_helper(**pass)
        };
        let mut ordinary = found.passes.iter().filter(is_ordinary);
        let Some((pass, pool)) = ordinary.find_map(|pass| Some((*pass, backends.pool(*pass, target)?))) else {
            continue;
        };
        let edits = edits(check.config.upgrade_variable(), line, pass);
        let finding = check.report(line, "every request asks the backend for an upgrade, plain ones too");
        finding
            .help("map `$http_upgrade` to `upgrade` or an empty value, and send that as `Connection`")
            .related(pass.head(), "ordinary requests go out here")
            .related(pool.head(), "connections to these servers are meant to be kept open");
        if let Some(edits) = edits {
            finding.fix("ask for an upgrade only when the client does", Safety::Unsafe, edits);
        }
    }
}

/// The line that makes `Connection` the same for every request, and that only.
fn constant<'c>(found: &HeaderUse<'c>) -> Option<Directive<'c>> {
    let line = found.header(PROXY_HEADERS, "connection").next_back()?;
    let value = line.arg(1).filter(|value| !is_symbolic(value))?;
    value.to_ascii_lowercase().contains("upgrade").then_some(line)
}

/// A variable in the place of the constant, and a map for it if there is none yet.
fn edits(variable: Option<&str>, line: Directive<'_>, pass: Directive<'_>) -> Option<Vec<Edit>> {
    let value = Edit::replace(line.arg_span(1)?, variable.unwrap_or("$connection_upgrade"));
    if variable.is_some() {
        return Some(vec![value]);
    }
    let server = pass.enclosing("server").filter(|server| server.in_file() == line.in_file())?;
    let map = "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }".to_owned();
    let (place, text) = server.insertion_before(&[map]);
    Some(vec![Edit::insert(place, text), value])
}
