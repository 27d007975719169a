use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::keepalive::{Closer, User};
use crate::config::backend::{HTTP_1_1_BY_DEFAULT, HeaderUse, PROXY_HEADERS};
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule = Rule {
    id: "upstream-keepalive-ineffective",
    page: include_str!("../../rules/upstream-keepalive-ineffective.md"),
    check,
};

/// With more users than this, not each is pointed at.
const MAX_LISTED: usize = 10;

fn check(check: &mut Check<'_>) {
    let Some(target) = check.target().filter(|target| *target < HTTP_1_1_BY_DEFAULT) else { return };
    let backends = check.config.backends();
    let uses: Vec<_> = backends.header_uses(PROXY_HEADERS).collect();
    let kept = backends.upstreams_with_other_users(&uses);
    let mut mended = HashSet::default();
    for (upstream, users) in backends.users_by_upstream(&uses, target) {
        let is_pool = |keepalive: &Directive<'_>| keepalive.arg(0).is_some_and(|size| size.parse() != Ok(0_u32));
        let Some(keepalive) = upstream.own("keepalive").next_back().filter(is_pool) else { continue };
        let closed: Vec<&User<'_>> = users.iter().filter(|user| !user.closers.is_empty()).collect();
        if closed.len() == users.len() && !kept.contains(&upstream.order()) {
            report_all(check, keepalive, &closed, &uses, &mut mended);
            continue;
        }
        // Upgraded connections are never used again anyway.
        let upgrades = |user: &User<'_>| uses[user.headers].header(PROXY_HEADERS, "upgrade").next().is_some();
        for user in closed.into_iter().filter(|user| !upgrades(user)) {
            let finding = check.report(user.pass, format!("{} ends each connection to this pool", cause(user)));
            finding.severity(Severity::Info).help(HELP).related(keepalive.head(), "others keep connections in it");
            if let Some(edits) = edits(&[user], &uses, &mut mended) {
                finding.fix("keep connections", Safety::Safe, edits);
            }
        }
    }
}

const HELP: &str = "add `proxy_http_version 1.1;` and `proxy_set_header Connection \"\";` where the group is used";

fn report_all<'c>(
    check: &mut Check<'c>,
    keepalive: Directive<'c>,
    closed: &[&User<'c>],
    uses: &[HeaderUse<'c>],
    mended: &mut HashSet<u32>,
) {
    let message = format!("the keepalive pool is never used: requests go out with {}", cause(closed[0]));
    let finding = check.report(keepalive, message);
    finding.help(HELP);
    for user in closed.iter().take(MAX_LISTED) {
        finding.related(user.pass.head(), format!("{} here", cause(user)));
    }
    if let Some(edits) = edits(closed, uses, mended) {
        finding.fix("keep connections", Safety::Safe, edits);
    }
}

/// What makes all of these keep their connections. Each location is mended once: nginx refuses a second version of HTTP.
fn edits<'c>(closed: &[&User<'c>], uses: &[HeaderUse<'c>], mended: &mut HashSet<u32>) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    for user in closed {
        let (place, text) = user.repair(&uses[user.headers])?;
        if mended.insert(user.pass.enclosing("location").map_or(0, Directive::order)) {
            edits.push(Edit::insert(place, text));
        }
    }
    (!edits.is_empty()).then_some(edits)
}

fn cause(user: &User<'_>) -> &'static str {
    if user.closers.iter().any(|closer| matches!(closer, Closer::OldHttp(_))) {
        "HTTP/1.0"
    } else {
        "`Connection: close`"
    }
}
