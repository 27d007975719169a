use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::address::{Shape, judge_peer};
use crate::nginx::context::Context;
use crate::nginx::measure::milliseconds;
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "resolver-invalid", page: include_str!("../../rules/resolver-invalid.md"), check };

/// Since this release, `resolver` can be told to ask for no IPv4 addresses.
const IPV4_SWITCH: Version = Version::new(1, 23, 1);

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for line in config.all("resolver").filter(|line| line.context().is_some_and(|it| it != Context::Mgmt)) {
        check_resolver(check, line);
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
                if let Err(fault) = judge_peer(word, Shape::Peer) {
                    let message = format!("`{}` {}", shorten(word, 40), fault.says());
                    check.report_at(line, line.verdict_on_arg(index), message).help(fault.advice(word));
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
