use std::collections::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{Address, Fault, Host, Shape, can_be_resolved, is_local, network, parse};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::measure::milliseconds;
use crate::nginx::peer::{PASSES, Pass};
use crate::nginx::version::Version;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "address-invalid", page: include_str!("../../rules/address-invalid.md"), check };

/// Directives with a local address.
const BINDS: &[&str] =
    &["proxy_bind", "fastcgi_bind", "grpc_bind", "memcached_bind", "scgi_bind", "tunnel_bind", "uwsgi_bind"];
const RULES_OF_ACCESS: &[&str] = &["allow", "deny"];
/// Directives with a network or a host name.
const NETWORKS: &[&str] = &["set_real_ip_from", "debug_connection"];
/// Since this release, `resolver` can be told to ask for no IPv4 addresses.
const IPV4_SWITCH: Version = Version::new(1, 23, 1);

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
    for server in config.all("server") {
        let is_stream = match server.context() {
            Some(Context::Upstream) => false,
            Some(Context::StreamUpstream) => true,
            _ => continue,
        };
        check_server(check, server, is_stream);
    }
    for line in config.all("resolver").filter(|line| line.context().is_some_and(|it| it != Context::Mgmt)) {
        check_resolver(check, line);
    }
    for line in BINDS.iter().flat_map(|name| config.all(name)).filter(|line| line.context().is_some()) {
        check_bind(check, line);
    }
    let known = |line: &Directive<'_>| line.context().is_some_and(|it| !ContextSet::ENTRIES.contains(it));
    for line in RULES_OF_ACCESS.iter().chain(NETWORKS).flat_map(|name| config.all(name)).filter(known) {
        check_network(check, line);
    }
}

fn say<'c>(check: &mut Check<'c>, line: Directive<'c>, index: usize, text: &str, fault: Fault) {
    let help = match fault {
        _ if text.contains("://") => "write a host and a port alone, without a scheme",
        Fault::Unresolvable if text.contains('$') => "nginx takes no variables here",
        Fault::Unresolvable if text.contains(',') => "separate addresses with blanks",
        Fault::NeedsBrackets => "put the address into brackets: `[::1]:80`",
        Fault::NoPath | Fault::LongPath => "write `unix:` and a path of at most 107 bytes",
        Fault::Host if text.starts_with('/') => "write `unix:` in front of the path of a socket",
        _ => "write a host and a port, such as `127.0.0.1:8080`, or `unix:` and a path",
    };
    let message = format!("`{}` {}", shorten(text, 40), fault.says());
    check.report_at(line, line.verdict_on_arg(index), message).help(help);
}

/// What is wrong with the address of a peer; a name is fine if it can be one.
fn judge(text: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    parse(text, shape).and_then(|address| match address.host {
        Host::Name(name) if !can_be_resolved(name) => Err(Fault::Unresolvable),
        _ => Ok(address),
    })
}

fn check_pass<'c>(check: &mut Check<'c>, line: Directive<'c>, pass: &Pass, groups: &HashSet<String>, is_whole: bool) {
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
        Err(fault) => return say(check, line, 0, rest, fault),
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
    } else if let Err(fault) = judge(rest, shape) {
        say(check, line, 0, rest, fault);
    }
}

fn check_server<'c>(check: &mut Check<'c>, server: Directive<'c>, is_stream: bool) {
    let Some(text) = server.arg(0).filter(|text| server.is_literal(text)) else { return };
    let has = |start: &str| server.args().skip(1).any(|word| word.starts_with(start));
    // Names that are looked up while nginx runs may be of any form.
    let judged = if has("resolve") { parse(text, Shape::Peer) } else { judge(text, Shape::Peer) };
    match judged {
        Err(fault) => say(check, server, 0, text, fault),
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

fn check_resolver<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let release = check.release();
    let is_mail = line.is_in(&[Context::Mail, Context::MailServer]);
    let mut servers = 0;
    for (index, word) in line.args().enumerate() {
        let wanted = match word.split_once('=') {
            Some(("valid", time)) => {
                (!time.contains("ms") && milliseconds(time).is_some()).then_some("").or(Some("a time such as 30s"))
            }
            Some(("ipv6", value)) => matches!(value, "on" | "off").then_some("").or(Some("on or off")),
            Some(("ipv4", value)) if release >= IPV4_SWITCH => {
                matches!(value, "on" | "off").then_some("").or(Some("on or off"))
            }
            Some(("status_zone", _)) => Some(""),
            _ => None,
        };
        match wanted {
            Some("") => {}
            // OpenResty can ask the name servers of the system.
            _ if !line.is_literal(word) || word.starts_with("local=") => servers += 1,
            Some(wanted) => {
                let message = format!("`{}` wants {wanted}", shorten(word, 40));
                check.report_at(line, line.verdict_on_arg(index), message).help("no blank around the `=`");
            }
            None => {
                servers += 1;
                if let Err(fault) = judge(word, Shape::Peer) {
                    say(check, line, index, word, fault);
                }
            }
        }
    }
    let has = |wanted: &str| line.args().any(|word| word == wanted);
    if servers == 0 && line.args().len() > 0 && !is_mail {
        check
            .report_at(line, line.verdict_on_head(), "`resolver` names no name server")
            .help("write its address first");
    } else if has("ipv4=off") && has("ipv6=off") && release >= IPV4_SWITCH {
        let message = "`resolver` is to look up neither IPv4 nor IPv6 addresses";
        check.report_at(line, line.verdict_on_head(), message).help("take one of the two words out");
    }
}

fn check_bind<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let Some(text) = line.arg(0).filter(|text| !is_symbolic(text) && line.is_literal(text)) else { return };
    let is_off = text == "off" && line.args().len() == 1;
    if !is_off && !is_local(text, check.release()) {
        let message = format!("`{}` is no address of this machine", shorten(text, 40));
        check
            .report_at(line, line.verdict_on_arg(0), message)
            .help("write an IP address, with or without a port; names are not looked up here");
    }
    if let Some(word) = line.arg(1).filter(|word| *word != "transparent" && !is_symbolic(word)) {
        let message = format!("`{}` has no parameter `{}`", line.name(), shorten(word, 32));
        check.report_at(line, line.verdict_on_arg(1), message).help("the one parameter is `transparent`");
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
