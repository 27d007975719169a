use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::forwarded::{tells_address, tells_scheme};
use crate::config::backend::{PROXY_HEADERS, Target};
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule =
    Rule { id: "proxy-forwarded-missing", page: include_str!("../../rules/proxy-forwarded-missing.md"), check };

const ADDRESS: &str = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
const SCHEME: &str = "proxy_set_header X-Forwarded-Proto $scheme;";

fn check(check: &mut Check<'_>) {
    let (config, target, backends) = (check.config, check.target(), check.config.backends());
    let mut mended = HashSet::default();
    for found in backends.header_uses(PROXY_HEADERS) {
        let no_address = !found.says(PROXY_HEADERS, tells_address);
        let no_scheme = !found.says(PROXY_HEADERS, tells_scheme);
        // What is lost is the matter of proxy-set-header-dropped.
        let is_told = !no_address && !no_scheme;
        if is_told || found.lost(PROXY_HEADERS, |name, value| tells_address(name, value) || tells_scheme(name, value)) {
            continue;
        }
        for pass in found.passes.iter().copied() {
            let Some(server) = config.server_of(pass) else { continue };
            let is_own = backends.target(pass) == Target::Application && !backends.is_helper(pass);
            if !is_own || pass.is_for_acme() || server.is_fronted() || pass.has_request_code() {
                continue;
            }
            let tls = server.listens().iter().find(|listen| server.listen_is_tls(listen, target));
            let is_plain_hop = pass.arg(0).is_some_and(|target| !target.starts_with("https:"));
            let tls = tls.filter(|_| no_scheme && is_plain_hop);
            let (lack, lines) = match (no_address, tls) {
                (true, Some(_)) => ("where the client is, nor that it uses https", vec![ADDRESS, SCHEME]),
                (true, None) => ("where the client is", vec![ADDRESS]),
                (false, Some(_)) => ("that the client uses https", vec![SCHEME]),
                (false, None) => continue,
            };
            let finding = check.report(pass, format!("the application cannot tell {lack}"));
            finding.help(help(&lines));
            if tls.is_none() {
                finding.severity(Severity::Info);
            }
            if let Some(listen) = tls.and_then(|listen| listen.directive(config)) {
                finding.related(listen.head(), "TLS ends here");
            }
            let is_new =
                pass.enclosing("location").is_some_and(|location: Directive<'_>| mended.insert(location.order()));
            let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
            if let Some((place, text)) = found.insertion(PROXY_HEADERS, pass, &lines).filter(|_| is_new) {
                finding.fix("tell the application", Safety::Unsafe, vec![Edit::insert(place, text)]);
            }
        }
    }
}

fn help(lines: &[&str]) -> String {
    let why = match lines.contains(&SCHEME) {
        true => "redirects to https loop, and checks of the origin fail",
        false => "logs, limits and bans take every client for nginx",
    };
    let lines: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
    format!("{why}; add {}", lines.join(" and "))
}
