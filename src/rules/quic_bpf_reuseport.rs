use crate::check::{Check, Rule};
use crate::config::Directive;

pub(super) const RULE: Rule =
    Rule { id: "quic-bpf-reuseport", page: include_str!("../../rules/quic-bpf-reuseport.md"), check };

fn check(check: &mut Check<'_>) {
    let is_on = |line: &Directive<'_>| line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("on"));
    for line in check.config.all("quic_bpf").filter(is_on) {
        let Some(main) = line.parent() else { continue };
        let Some(workers) = main.own("worker_processes").next_back().filter(|workers| workers.arg(0) != Some("1"))
        else {
            continue;
        };
        let has = |listen: Directive<'_>, word: &str| listen.args().any(|arg| arg == word);
        let shares = |listen: &Directive<'_>| has(*listen, "quic") && has(*listen, "reuseport");
        let Some(listen) = check.config.all("listen").find(shares) else { continue };
        let found = check.report(line, "after a reload, new QUIC connections can get to workers that shut down");
        found.related(listen.head(), "each worker has a socket of its own here");
        found.related(workers.head(), "more than one worker");
        found.help("leave `quic_bpf` off, or restart nginx where a reload would do");
    }
}
