use std::collections::BTreeMap;

use crate::check::{Check, Rule};
use crate::config::Directive;

pub(super) const RULE: Rule =
    Rule { id: "fastcgi-keepalive", page: include_str!("../../rules/fastcgi-keepalive.md"), check };

/// With more users than this, not each is pointed at.
const MAX_LISTED: usize = 5;

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    let mut users: BTreeMap<u32, (Directive<'_>, Vec<Directive<'_>>)> = BTreeMap::new();
    for pass in ["fastcgi_pass", "uwsgi_pass", "scgi_pass"].iter().flat_map(|name| backends.passes(name)) {
        if let Some(upstream) = backends.upstream(pass) {
            users.entry(upstream.order()).or_insert((upstream, Vec::new())).1.push(pass);
        }
    }
    for (upstream, passes) in users.into_values() {
        let is_pool = |line: &Directive<'_>| line.arg(0).is_some_and(|size| size.parse() != Ok(0_u32));
        let Some(keepalive) = upstream.own("keepalive").next_back().filter(is_pool) else { continue };
        if !passes.iter().all(|pass| closes(*pass)) {
            continue;
        }
        let is_fastcgi = passes.iter().any(|pass| pass.is("fastcgi_pass"));
        let finding = check.report(keepalive, "this pool stays empty: each request ends its connection");
        finding.help(match is_fastcgi {
            true => "write `fastcgi_keep_conn on;` where the group is used",
            false => "delete it: uwsgi and SCGI close the connection after each request",
        });
        for pass in passes.iter().take(MAX_LISTED) {
            finding.related(pass.head(), "used here");
        }
    }
}

/// Does this `*_pass` certainly end its connections?
fn closes(pass: Directive<'_>) -> bool {
    let setting = || pass.parent().and_then(|level| level.certain_value("fastcgi_keep_conn"));
    match pass.name() {
        "fastcgi_pass" => setting().is_some_and(|line| line.is_none_or(|line| line.arg(0) == Some("off"))),
        _ => true,
    }
}
