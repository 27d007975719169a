use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::tls::http2_word;
use crate::diagnostic::{Edit, Safety};
use crate::nginx::version::LISTEN_REFORM;

pub(super) const RULE: Rule =
    Rule { id: "http2-directive-unsupported", page: include_str!("../../rules/http2-directive-unsupported.md"), check };

fn check(check: &mut Check<'_>) {
    let Some(target) = check.target().filter(|target| *target < LISTEN_REFORM) else { return };
    for directive in check.config.all("http2") {
        let finding = check.report(directive, format!("nginx {target} does not know the directive `http2`"));
        finding.help("write `listen 443 ssl http2;` instead, or run nginx 1.25.1 or newer");
        finding.nginx_rejects = true;
        let edits = edits(directive);
        if !edits.is_empty() {
            finding.fix("use the parameter of `listen`", Safety::Safe, edits);
        }
    }
}

/// Only the ports that speak TLS get the word: a port without it would speak HTTP/2 alone.
fn edits(directive: Directive<'_>) -> Vec<Edit> {
    let mut edits = vec![Edit::replace(directive.removal(), "")];
    if directive.arg(0) == Some("off") {
        return edits;
    }
    let Some(server) = directive.parent().filter(|level| level.is("server")) else { return Vec::new() };
    let speaks_tls = |listen: &Directive<'_>| listen.args().skip(1).any(|word| word == "ssl");
    for listen in server.own("listen").filter(speaks_tls).filter(|listen| http2_word(*listen).is_none()) {
        if listen.in_file() != directive.in_file() {
            return Vec::new();
        }
        edits.push(Edit::insert(listen.head().at_end(), " http2"));
    }
    if edits.len() == 1 && !server.own("listen").any(|listen| http2_word(listen).is_some()) {
        Vec::new()
    } else {
        edits
    }
}
