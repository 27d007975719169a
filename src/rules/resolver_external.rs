use crate::check::{Check, Rule};
use crate::diagnostic::enumerate;
use crate::nginx::network;

pub(super) const RULE: Rule =
    Rule { id: "resolver-external", page: include_str!("../../rules/resolver-external.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("resolver") {
        let is_public = |word: &&str| network::host(word).is_some_and(network::is_public);
        let servers: Vec<&str> =
            line.args().filter(is_public).map(|word| network::host(word).unwrap_or(word)).collect();
        if servers.is_empty() {
            continue;
        }
        let names = enumerate(servers.iter().copied(), servers.len(), 40);
        let finding = check.report(line, format!("names are looked up on the internet, at {}", names));
        finding.help("ask a resolver on this machine or in this network: answers over plain UDP can be forged");
    }
}
