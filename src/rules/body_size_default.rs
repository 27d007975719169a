use std::collections::BTreeMap;

use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::body::{APPLICATIONS, generality, takes_bodies};
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule =
    Rule { id: "body-size-default", page: include_str!("../../rules/body-size-default.md"), check };

/// Parts of paths that speak of uploads.
const UPLOADS: &[&str] = &["media", "upload", "uploads", "files", "attachments", "avatars", "import"];

fn check(check: &mut Check<'_>) {
    let (config, backends) = (check.config, check.config.backends());
    let decided: HashSet<u32> =
        config.all("client_max_body_size").filter_map(|limit| Some(limit.enclosing("server")?.order())).collect();
    let mut handlers: BTreeMap<usize, (Server<'_>, Directive<'_>)> = BTreeMap::new();
    for pass in APPLICATIONS.iter().flat_map(|name| backends.passes(name)) {
        let Some(server) = config.server_of(pass) else { continue };
        if takes_bodies(pass) && !backends.is_helper(pass) && !decided.contains(&server.directive().order()) {
            let (_, best) = handlers.entry(server.index()).or_insert((server, pass));
            if generality(pass) < generality(*best) {
                *best = pass;
            }
        }
    }
    for (server, pass) in handlers.into_values() {
        let is_known = !pass.parent().is_some_and(Directive::is_opaque_upward);
        if is_known && server.directive().value("client_max_body_size").is_none() {
            report(check, server, pass);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, server: Server<'c>, pass: Directive<'c>) {
    let level = server.directive();
    let told = check.project.uploads.as_ref().map(|uploads| uploads.span);
    let evidence = evidence(server).map(Directive::head).or(told);
    let finding = check.report(pass, "uploads above 1 MB are refused with 413, the built-in limit");
    finding.help("choose a limit on purpose: `client_max_body_size 10m;` in the server, or what uploads need");
    match evidence {
        Some(span) => finding.related(span, "this speaks of uploads"),
        None => finding.severity(Severity::Info),
    };
    let own = level.own("server_name").next_back().or_else(|| level.own("listen").next_back());
    if let Some(own) = own.filter(|own| own.in_file() == level.in_file()) {
        let (place, text) = own.insertion_behind("client_max_body_size 10m;");
        finding.fix("limit bodies to 10 MB", Safety::Unsafe, vec![Edit::insert(place, text)]);
    }
}

/// A path that speaks of uploads, or a place to keep them. Images without root set all temporary folders; that says nothing.
fn evidence<'c>(server: Server<'c>) -> Option<Directive<'c>> {
    let path = server.all_locations().find(|location| location.has_segment(UPLOADS)).map(|found| found.directive);
    let folder = || server.directive().value("client_body_temp_path");
    let is_alone = |folder: &Directive<'_>| folder.parent().is_some_and(|level| !level.has("proxy_temp_path"));
    path.or_else(|| folder().filter(is_alone))
}
