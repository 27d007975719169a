use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::nginx::family::Family;

pub(super) const RULE: Rule =
    Rule { id: "default-server-implicit", page: include_str!("../../rules/default-server-implicit.md"), check };

fn check(check: &mut Check<'_>) {
    let mut seen = HashSet::default();
    for (socket, servers) in check.config.sockets_with_names() {
        let [first, others @ ..] = &servers[..] else { continue };
        let is_said = socket.uses.iter().any(|found| found.says_default());
        let is_known =
            || servers.iter().all(|server| !server.is_opaque() && !server.ancestors().any(Directive::is_opaque));
        if socket.key.family() != Family::Http || is_said || !is_known() || !seen.insert(first.order()) {
            continue;
        }
        let line = socket.uses.first().and_then(|found| found.listen).unwrap_or(*first);
        let message = format!("unknown names on {} end here, because this server comes first", socket.key.display());
        let finding = check.report(line, message);
        finding.help("say `default_server` at the `listen` that is meant, so that the order of files stops mattering");
        if let Some(other) = others.first() {
            finding.related(other.head(), "another server on the same address");
        }
    }
}
