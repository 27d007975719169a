use foldhash::HashMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{Host, Shape, parse};
use crate::nginx::context::Context;
use crate::nginx::peer::PASSES;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule = Rule { id: "upstream-port", page: include_str!("../../rules/upstream-port.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let groups: HashMap<(Option<Context>, String), Directive<'_>> = config
        .all("upstream")
        .filter_map(|group| Some(((group.context(), group.arg(0)?.to_ascii_lowercase()), group)))
        .collect();
    for pass in PASSES {
        for line in config.all(pass.name).filter(|line| line.stands_in(pass.contexts)) {
            let Some(target) = line.arg(0).filter(|target| !is_symbolic(target)) else { continue };
            let shape = if pass.needs_scheme { Shape::PeerWithUri } else { Shape::Peer };
            let address = pass.without_scheme(target).and_then(|rest| parse(rest, shape).ok());
            let Some((Host::Name(name), Some((port, _)))) = address.map(|address| (address.host, address.ports)) else {
                continue;
            };
            let is_stream = line.is_in(&[Context::StreamServer]);
            let block = if is_stream { Context::Stream } else { Context::Http };
            if let Some(group) = groups.get(&(Some(block), name.to_ascii_lowercase())) {
                let message = format!("`{}` is an upstream and takes no port `:{port}`", shorten(name, 40));
                check
                    .report_at(line, line.verdict_on_arg(0), message)
                    .related(group.head(), "the ports are those of its servers")
                    .help(format!("drop `:{port}` here, and write it in the `server` lines if they lack it"));
            }
        }
    }
}
