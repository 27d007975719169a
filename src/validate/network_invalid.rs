use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{can_be_resolved, is_local};
use crate::nginx::context::Context;
use crate::nginx::family::Family;
use crate::nginx::network::network;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "network-invalid", page: include_str!("../../rules/network-invalid.md"), check };

/// Directives with a local address.
const BINDS: &[&str] =
    &["proxy_bind", "fastcgi_bind", "grpc_bind", "memcached_bind", "scgi_bind", "tunnel_bind", "uwsgi_bind"];
/// Directives with a network.
const RULES_OF_ACCESS: &[&str] = &["allow", "deny"];
/// Directives with a network or a host name.
const NETWORKS: &[&str] = &["set_real_ip_from", "debug_connection"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for line in BINDS.iter().flat_map(|name| config.all(name)).filter(|line| line.context().is_some()) {
        check_bind(check, line);
    }
    let is_ours = |context| context == Context::Events || Family::of(context).is_some();
    let known = |line: &Directive<'_>| line.context().is_some_and(|it| !it.holds_entries() && is_ours(it));
    for line in RULES_OF_ACCESS.iter().chain(NETWORKS).flat_map(|name| config.all(name)).filter(known) {
        check_network(check, line);
    }
}

fn check_bind<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    if let Some(word) = line.arg(1).filter(|word| *word != "transparent" && !is_symbolic(word)) {
        let message = format!("`{}` has no parameter `{}`", line.name(), shorten(word, 32));
        check.report_at(line, line.verdict_on_arg(1), message).help("the one parameter is `transparent`");
    }
    let Some(text) = line.arg(0).filter(|text| !is_symbolic(text) && line.is_literal(text)) else { return };
    let is_off = text == "off" && line.args().len() == 1;
    if !is_off && !is_local(text, check.release()) {
        let message = format!("`{}` is no address of this machine", shorten(text, 40));
        check
            .report_at(line, line.verdict_on_arg(0), message)
            .help("write an IP address, with or without a port; names are not looked up here");
    }
}

fn check_network<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let Some(text) = line.arg(0).filter(|text| line.is_literal(text)) else { return };
    let takes_names = NETWORKS.contains(&line.name());
    let is_word = text == "unix:" || (text == "all" && !takes_names);
    if is_word || network(text).is_some() || (takes_names && can_be_resolved(text)) {
        return;
    }
    let help = match text.split_once('/') {
        _ if text.contains(',') => "write one line for each",
        _ if text.starts_with('[') => "write IPv6 addresses without brackets here",
        Some((_, mask)) if mask.contains('.') => "write the number of bits behind the slash: 10.0.0.0/8",
        _ => "write an address or a network: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32",
    };
    let what = if takes_names { "is no network, address or host name" } else { "is no address and no network" };
    check.report_at(line, line.verdict_on_arg(0), format!("`{}` {what}", shorten(text, 40))).help(help);
}
