use crate::check::{Check, Rule};
use crate::config::http::body::APPLICATIONS;
use crate::config::http::location::Location;

pub(super) const RULE: Rule =
    Rule { id: "rate-limit-login", page: include_str!("../../rules/rate-limit-login.md"), check };

/// Parts of paths where passwords are tried.
const LOGIN: &[&str] = &["login", "log-in", "signin", "sign-in", "wp-login.php", "authenticate"];
/// What slows such tries down.
const LIMITS: &[&str] = &["limit_req", "auth_request", "access_by_lua_block", "access_by_lua_file"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for location in config.all("location").filter_map(Location::new) {
        let level = location.directive;
        if !location.has_segment(LOGIN) || !APPLICATIONS.iter().any(|name| level.has(name)) {
            continue;
        }
        let is_public = config.server_of(level).is_some_and(|server| !server.is_internal());
        let is_limited = || LIMITS.iter().any(|name| !level.effective(name).is_empty());
        if is_public && !location.is_internal() && !level.is_opaque_upward() && !is_limited() {
            let finding = check.report(level, "passwords can be tried here as fast as the application answers");
            finding.help("define a `limit_req_zone` by address, and use it here with `limit_req`");
        }
    }
}
