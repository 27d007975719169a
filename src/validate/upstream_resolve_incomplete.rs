use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{Address, Host, Shape, parse};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::upstream::server_fault;

pub(crate) const RULE: Rule =
    Rule { id: "upstream-resolve-incomplete", page: include_str!("../../rules/upstream-resolve-incomplete.md"), check };

const UPSTREAMS: ContextSet = ContextSet::of(&[Context::Upstream, Context::StreamUpstream]);

fn check(check: &mut Check<'_>) {
    for server in check.config.all("server").filter(|server| server.stands_in(UPSTREAMS)) {
        let is_stream = server.context() == Some(Context::StreamUpstream);
        let at = |start: &str| server.args().skip(1).position(|word| word.starts_with(start)).map(|at| at + 1);
        let (resolve, service) = (at("resolve"), at("service="));
        if server_fault("resolve", is_stream, check.release()).is_some() {
            continue;
        }
        let Some(address) = server.arg(0).and_then(|text| parse(text, Shape::Peer).ok()) else { continue };
        if let Some(service) = service {
            check_service(check, server, service, resolve.is_some(), &address);
        }
        if resolve.is_some() && matches!(address.host, Host::Name(_)) {
            check_surroundings(check, server, is_stream);
        }
    }
}

fn check_service<'c>(
    check: &mut Check<'c>,
    server: Directive<'c>,
    index: usize,
    resolves: bool,
    address: &Address<'_>,
) {
    let (what, help) = match address.ports {
        _ if !resolves => ("`service=` without `resolve`", "add `resolve`"),
        _ if !matches!(address.host, Host::Name(_)) => {
            ("`service=` belongs to a name, not to an address", "write the name of the service's domain")
        }
        Some(_) => ("`service=` and a port exclude each other", "drop the port: the records of the service tell it"),
        None => return,
    };
    check.report_at(server, server.verdict_on_arg(index), what).help(help);
}

/// Names that are looked up while nginx runs want memory that all workers share, and a name server.
fn check_surroundings<'c>(check: &mut Check<'c>, server: Directive<'c>, is_stream: bool) {
    let Some(group) = server.parent().filter(|group| !group.is_root() && !group.is_opaque()) else { return };
    let name = shorten(server.arg(0).unwrap_or_default(), 32);
    let place = server.verdict_on_head();
    if !group.has("zone") {
        check
            .report_at(server, place, format!("`{name}` is to be looked up again, but its upstream has no `zone`"))
            .related(group.head(), "the upstream")
            .help("add `zone NAME 64k` to it: all workers have to see the new addresses");
        return;
    }
    let is_whole = check.config.knows_all_of(if is_stream { "stream" } else { "http" });
    let block = group.parent().filter(|block| is_whole && !block.is_opaque());
    if block.is_some_and(|block| !block.has("resolver") && !group.has("resolver")) {
        check
            .report_at(
                group,
                group.verdict_on_head(),
                format!("`{name}` is to be looked up again, but there is no `resolver`"),
            )
            .related(server.head(), "to be looked up")
            .help("add `resolver` to the upstream or to the block around it");
    }
}
