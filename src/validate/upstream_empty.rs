use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::context::Context;

pub(crate) const RULE: Rule = Rule { id: "upstream-empty", page: include_str!("../../rules/upstream-empty.md"), check };

fn check(check: &mut Check<'_>) {
    let groups = check.config.all("upstream").filter(|group| group.is_in(&[Context::Http, Context::Stream]));
    for group in groups.filter(|group| group.is_block() && group.has_plain_body()) {
        // NGINX Plus keeps its servers in a file then.
        if group.has("state") {
            continue;
        }
        let name = shorten(group.arg(0).unwrap_or_default(), 40);
        let mut servers = group.own("server");
        if !group.has("server") {
            let finding = check.report_at(
                group,
                group.closing_brace().unwrap_or(group.head()),
                format!("the upstream `{name}` ends without a `server`"),
            );
            finding.related(group.head(), "begins here").help("add a `server`, or take the upstream out");
        } else if let (true, Some(first)) = (servers.all(is_backup), group.own("server").next()) {
            check
                .report_at(group, group.verdict_on_head(), format!("the upstream `{name}` has backup servers only"))
                .related(first.head(), "a backup")
                .help("drop `backup` from at least one of them");
        }
    }
}

fn is_backup(server: crate::config::Directive<'_>) -> bool {
    server.args().skip(1).any(|word| word == "backup")
}
