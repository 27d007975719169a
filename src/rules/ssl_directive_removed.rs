use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Socket;
use crate::diagnostic::{Edit, Safety, Severity};
use crate::nginx::context::Context;
use crate::nginx::version::LISTEN_REFORM;

pub(super) const RULE: Rule =
    Rule { id: "ssl-directive-removed", page: include_str!("../../rules/ssl-directive-removed.md"), check };

fn check(check: &mut Check<'_>) {
    let rejects = check.target().is_some_and(|target| target >= LISTEN_REFORM);
    let plain = check.config.plain_sockets();
    let is_shared = |listen: &Directive<'_>| listen.arg(0).is_some_and(|text| plain.contains_key(&Socket::parse(text)));
    for directive in check.config.all("ssl") {
        if !matches!(directive.context(), Some(Context::Http | Context::Server)) {
            continue;
        }
        let message = if rejects { "no longer exists" } else { "is gone since nginx 1.25.1" };
        let finding =
            check.report(directive, format!("the directive `ssl` {message}; `listen` has a parameter for it"));
        finding.help("delete it, and put `ssl` on each `listen` of this server that speaks TLS");
        finding.severity(if rejects { Severity::Error } else { Severity::Warning }).nginx_rejects = rejects;
        let is_on = directive.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("on"));
        let bare: Vec<_> = if is_on { bare_listens(directive) } else { Vec::new() };
        for listen in &bare {
            finding.related(listen.head(), "needs the word `ssl`");
        }
        let edits = edits(directive, is_on, &bare).filter(|_| !bare.iter().any(is_shared));
        if let Some(edits) = edits {
            finding.fix("use the parameter of `listen`", Safety::Safe, edits);
        }
    }
}

/// The lines of the server that speak TLS only because of the directive.
fn bare_listens(directive: Directive<'_>) -> Vec<Directive<'_>> {
    let server = directive.parent().filter(|level| level.is("server"));
    let is_bare = |listen: &Directive<'_>| !listen.args().skip(1).any(|word| word == "ssl" || word == "quic");
    server.into_iter().flat_map(|server| server.own("listen")).filter(is_bare).collect()
}

/// None where others would be changed: servers that share the lines, or get the value from here.
fn edits<'c>(directive: Directive<'c>, is_on: bool, bare: &[Directive<'c>]) -> Option<Vec<Edit>> {
    let level = directive.parent()?;
    let mut edits = vec![Edit::replace(directive.removal(), "")];
    if !is_on {
        let is_switched_on_around = level.inherited("ssl").iter().any(|outer| outer.arg(0) != Some("off"));
        return (!is_switched_on_around).then_some(edits);
    }
    let is_mine = |line: &Directive<'_>| line.in_file() == directive.in_file();
    if !level.is("server") || level.is_opaque() || !level.has("listen") || !bare.iter().all(is_mine) {
        return None;
    }
    edits.extend(bare.iter().map(|listen| Edit::insert(listen.head().at_end(), " ssl")));
    Some(edits)
}
