use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{Address, Fault, Host, Shape, judge_peer, parse};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::peer::{PASSES, Pass};
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "address-invalid", page: include_str!("../../rules/address-invalid.md"), check };

const HANDOVER: ContextSet = ContextSet::of(&[Context::StreamServer]);

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let groups: HashSet<String> =
        config.all("upstream").filter_map(|it| it.arg(0)).map(str::to_ascii_lowercase).collect();
    let is_whole = config.knows_all_of("http") && config.knows_all_of("stream");
    for pass in PASSES {
        for line in config.all(pass.name).filter(|line| line.stands_in(pass.contexts)) {
            check_pass(check, line, pass, &groups, is_whole);
        }
    }
    for line in config.all("pass").filter(|line| line.stands_in(HANDOVER)) {
        check_handover(check, line);
    }
    for server in config.all("server") {
        let is_stream = match server.context() {
            Some(Context::Upstream) => false,
            Some(Context::StreamUpstream) => true,
            _ => continue,
        };
        check_server(check, server, is_stream);
    }
}

fn check_pass<'c>(check: &mut Check<'c>, line: Directive<'c>, pass: &Pass, groups: &HashSet<String>, is_whole: bool) {
    if !pass.takes_variables && line.arg(0).is_some_and(|target| target.contains('$')) && !line.arg_is_open(0) {
        let message = format!("`{}` takes no variables", pass.name);
        let help = "name an `upstream`, or an address with a port; nginx reads the dollar as part of a name";
        check.report_at(line, line.verdict_on_arg(0), message).help(help);
        return;
    }
    let is_plain = |target: &&str| !is_symbolic(target) && line.is_literal(target);
    let Some(target) = line.arg(0).filter(is_plain) else { return };
    let Some(rest) = pass.without_scheme(target) else {
        let message = format!("`{}` does not begin with http:// or https://", shorten(target, 40));
        check.report_at(line, line.verdict_on_arg(0), message).help("write the scheme in front");
        return;
    };
    let shape = if pass.needs_scheme { Shape::PeerWithUri } else { Shape::Peer };
    let address = match parse(rest, shape) {
        Ok(address) => address,
        Err(fault) => return say(check, line, rest, fault),
    };
    let is_group = match address.host {
        Host::Name(name) => groups.contains(&name.to_ascii_lowercase()) || !is_whole,
        Host::Unix(_) => return,
        _ => groups.contains(rest),
    };
    if is_group {
        return;
    }
    if pass.needs_port && address.ports.is_none() {
        let message = format!("`{}` has no port, and no `upstream` has that name", shorten(rest, 32));
        check.report_at(line, line.verdict_on_arg(0), message).help("write the port: `host:port`");
    } else if let Err(fault) = judge_peer(rest, shape) {
        say(check, line, rest, fault);
    }
}

/// `pass` of stream hands a connection to a socket of nginx itself, so nothing is looked up.
fn check_handover<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let Some(text) = line.arg(0).filter(|text| !is_symbolic(text) && line.is_literal(text)) else { return };
    let message = match parse(text, Shape::Peer) {
        Err(fault) => return say(check, line, text, fault),
        Ok(Address { host: Host::Unix(_), .. }) => return,
        Ok(Address { host: Host::Name(_), .. }) => "is no address, and names are not looked up here",
        Ok(Address { ports: None, .. }) => "has no port",
        Ok(_) => return,
    };
    let message = format!("`{}` {message}", shorten(text, 40));
    check.report_at(line, line.verdict_on_arg(0), message).help("write an IP address and a port, or `unix:PATH`");
}

fn check_server<'c>(check: &mut Check<'c>, server: Directive<'c>, is_stream: bool) {
    let Some(text) = server.arg(0).filter(|text| server.is_literal(text)) else { return };
    let has = |start: &str| server.args().skip(1).any(|word| word.starts_with(start));
    // Names that are looked up while nginx runs may be of any form.
    let judged = if has("resolve") { parse(text, Shape::Peer) } else { judge_peer(text, Shape::Peer) };
    match judged {
        Err(fault) => say(check, server, text, fault),
        Ok(address) => {
            let is_path = matches!(address.host, Host::Unix(_));
            if is_stream && address.ports.is_none() && !is_path && !has("service=") {
                let message = format!("`{}` has no port", shorten(text, 40));
                check
                    .report_at(server, server.verdict_on_arg(0), message)
                    .help("stream has no default port: write one");
            }
        }
    }
}

fn say<'c>(check: &mut Check<'c>, line: Directive<'c>, text: &str, fault: Fault) {
    let message = format!("`{}` {}", shorten(text, 40), fault.says());
    check.report_at(line, line.verdict_on_arg(0), message).help(fault.advice(text));
}
