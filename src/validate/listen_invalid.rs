use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::machine::sockets::family_of;
use crate::diagnostic::{Confidence, shorten};
use crate::nginx::address::{Fault, Host, Shape, can_be_resolved, parse};
use crate::nginx::family::Family;
use crate::nginx::listen;

pub(crate) const RULE: Rule = Rule { id: "listen-invalid", page: include_str!("../../rules/listen-invalid.md"), check };

/// Messages quote no more of a word than this.
const LONGEST_WORD: usize = 32;

fn check(check: &mut Check<'_>) {
    let lines = check.config.all("listen").filter_map(|line| Some((line, family_of(line.context()?)?)));
    for (line, family) in lines {
        check_address(check, line);
        // nginx stops at the first, and the others often follow from it.
        let mut parameters = line.args().enumerate().skip(1).filter(|(_, word)| line.is_literal(word));
        if !parameters.any(|(index, word)| check_parameter(check, line, family, index, word)) {
            check_datagrams(check, line);
        }
    }
}

fn check_address<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let Some(text) = line.arg(0).filter(|text| line.is_literal(text)) else { return };
    let fault = match parse(text, Shape::Listen) {
        Err(fault) => fault,
        Ok(address) => match address.host {
            Host::Name(name) if !can_be_resolved(name) => Fault::Unresolvable,
            _ => return,
        },
    };
    let message = format!("`{}` {}", shorten(text, LONGEST_WORD), fault.says());
    let help = match fault {
        _ if text.contains("://") => "write an address and a port alone; `ssl` behind them makes it HTTPS",
        Fault::Unresolvable if text.contains('$') => "nginx takes no variables here",
        Fault::Unresolvable if text.contains(',') => "one port or range such as 8080-8090 in each `listen` line",
        Fault::NeedsBrackets => "put the address into brackets: `[::1]:80`",
        Fault::NoHost => "write `*:80` or just `80` for all addresses",
        Fault::NoPath | Fault::LongPath => "write `unix:` and a path of at most 107 bytes",
        Fault::Range => "write the smaller port first",
        _ => "write a port, an address, or an address and a port: `80`, `127.0.0.1:80`, `[::1]:80`",
    };
    check.report_at(line, line.verdict_on_arg(0), message).help(help);
}

/// Reports a parameter that nginx does not take, and tells whether it did.
fn check_parameter<'c>(check: &mut Check<'c>, line: Directive<'c>, family: Family, index: usize, word: &str) -> bool {
    let place = line.verdict_on_arg(index);
    let quoted = shorten(word, LONGEST_WORD);
    let name = word.split('=').next().unwrap_or_default();
    // Tengine has these of its own.
    if matches!(name, "xquic" | "xudp") {
        return false;
    }
    let Some(fault) = listen::fault(word, family, check.release()) else {
        // BSD systems have routing tables to choose from.
        if name == "setfib" && !check.config.all("use").any(|method| method.arg(0) == Some("kqueue")) {
            let finding = check.report_at(line, place, "`setfib` exists on FreeBSD alone");
            finding.confidence(Confidence::Medium);
        }
        return false;
    };
    let unknown = || format!("`listen` has no parameter `{quoted}`");
    let (message, help) = match fault {
        listen::Fault::Unknown(Some(meant)) => (unknown(), format!("is `{meant}` meant?")),
        listen::Fault::Unknown(None) if parse(word, Shape::Listen).is_ok_and(|it| it.ports.is_some()) => {
            (unknown(), "each address wants a `listen` line of its own".to_owned())
        }
        listen::Fault::Unknown(None) => (unknown(), "take it out".to_owned()),
        listen::Fault::OtherFamily(other) => {
            (format!("`{name}` is a parameter of `listen` in {} alone", other.block()), "take it out".to_owned())
        }
        listen::Fault::Since(since) => {
            let kind = if family == Family::Http { "" } else { family.block() };
            let place = if kind.is_empty() { String::new() } else { format!(" in {kind}") };
            (
                format!("`listen` has `{name}`{place} since nginx {since} only"),
                format!("{} does not know it", check.release()),
            )
        }
        listen::Fault::Removed(release) => {
            (format!("`listen` has no `{name}` since nginx {release}"), "use `http2` instead".to_owned())
        }
        listen::Fault::Value(wanted) => (format!("`{quoted}` wants {wanted}"), format!("write `{name}=` and {wanted}")),
    };
    check.report_at(line, place, message).help(help);
    true
}

fn check_datagrams<'c>(check: &mut Check<'c>, line: Directive<'c>) {
    let family = line.context().and_then(family_of);
    let kind = match family {
        Some(Family::Http) => "quic",
        Some(Family::Stream) => "udp",
        _ => return,
    };
    let Some(datagram) = line.args().skip(1).position(|word| word == kind) else { return };
    for (index, word) in line.args().enumerate().skip(1).filter(|(_, word)| !listen::fits_datagrams(word)) {
        let is_valid = family.is_some_and(|family| listen::fault(word, family, check.release()).is_none());
        if is_valid && line.is_literal(word) {
            let name = word.split('=').next().unwrap_or_default();
            let other = line.arg_span(datagram + 1).unwrap_or(line.head());
            check
                .report_at(line, line.verdict_on_arg(index), format!("`{name}` and `{kind}` exclude each other"))
                .related(other, "makes it a socket for datagrams")
                .help(format!("give `{kind}` a `listen` line of its own"));
        }
    }
}
