use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-localhost", page: include_str!("../../rules/proxy-pass-localhost.md"), check };

fn check(check: &mut Check<'_>) {
    for (line, host) in check.config.hosts_of_start() {
        if host.eq_ignore_ascii_case("localhost") {
            check
                .report(line, "`localhost` is two addresses on most machines, and nginx takes turns with them")
                .help("write the one that the backend listens on: `127.0.0.1` or `[::1]`");
        }
    }
}
