use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "upstream-resolved-once", page: include_str!("../../rules/upstream-resolved-once.md"), check };

/// From this release on, `resolve` is part of the free nginx.
const RESOLVE: Version = Version::new(1, 27, 3);

fn check(check: &mut Check<'_>) {
    for (line, host) in check.config.hosts_of_start() {
        let resolves = line.args().skip(1).any(|word| word == "resolve");
        // Names of one label are those of containers, or stand in a file of hosts.
        if resolves || !host.trim_end_matches('.').contains('.') {
            continue;
        }
        let help = match check.target().is_none_or(|target| target >= RESOLVE) {
            true => "write `server NAME resolve;` in an upstream with a `zone`, and set `resolver`",
            false => "reload nginx when addresses change, or put the name in a variable and set `resolver`",
        };
        check.report(line, format!("`{}` is looked up once, when nginx starts", shorten(host, 40))).help(help);
    }
}
