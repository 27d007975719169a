use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::context::Context;
use crate::nginx::server_name::{Fault, fault, keys};

pub(crate) const RULE: Rule =
    Rule { id: "server-name-invalid", page: include_str!("../../rules/server-name-invalid.md"), check };

/// Messages quote no more of a name than this.
const LONGEST_NAME: usize = 40;

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let contexts = [Context::Server, Context::StreamServer];
    for (line, index, name) in config.all("server_name").filter(|line| line.is_in(&contexts)).flat_map(names) {
        let quoted = shorten(name, LONGEST_NAME);
        if let Some(fault) = fault(name) {
            let (what, help) = match fault {
                Fault::Star => ("a star wants a dot and a domain behind it", "write `*.example.com`, or a regex"),
                Fault::Dot => ("a dot is no name", "write `.example.com` for a domain and all below it"),
                Fault::EmptyRegex => ("the regex is empty", "write the regex right behind the `~`"),
            };
            check.report_at(line, line.verdict_on_arg(index), format!("`{quoted}`: {what}")).help(help);
        }
    }
    check_shared(check);
}

/// Names that nginx refuses where more than one server is on a socket, because it looks them up there.
fn check_shared(check: &mut Check<'_>) {
    let mut seen = HashSet::default();
    for (socket, servers) in check.config.sockets_with_names() {
        for (line, index, name) in servers.iter().flat_map(|server| server.own("server_name")).flat_map(names) {
            let mut is_new = || seen.insert((line.order(), index));
            if fault(name).is_none() && !name.starts_with('~') && keys(name).is_none() && is_new() {
                let quoted = shorten(name, LONGEST_NAME);
                let other = servers.iter().find(|server| **server != line.parent().unwrap_or(line));
                let finding = check.report_at(
                    line,
                    line.verdict_on_arg(index),
                    format!("`{quoted}` is no name that can be looked up"),
                );
                finding.help("a star stands alone at the start or the end: `*.example.com`, `www.example.*`");
                if let Some(other) = other {
                    finding.related(other.head(), format!("is on {}, too, so names decide", socket.key.display()));
                }
            }
        }
    }
}

fn names<'c>(line: Directive<'c>) -> impl Iterator<Item = (Directive<'c>, usize, &'c str)> {
    line.args().enumerate().filter(move |(_, name)| line.is_literal(name)).map(move |(index, name)| (line, index, name))
}
