use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::upstream::{Fault, METHODS_WITHOUT_BACKUP, server_fault, setting_fault};

pub(crate) const RULE: Rule =
    Rule { id: "upstream-invalid", page: include_str!("../../rules/upstream-invalid.md"), check };

const UPSTREAMS: ContextSet = ContextSet::of(&[Context::Upstream, Context::StreamUpstream]);
/// Directives of an upstream whose arguments have a form of their own.
const SETTINGS: &[&str] = &["hash", "keepalive", "least_time", "random", "sticky"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for server in config.all("server").filter(|server| server.stands_in(UPSTREAMS)) {
        for (index, word) in server.args().enumerate().skip(1).filter(|(_, word)| server.is_literal(word)) {
            // nginx stops at the first, and the others often follow from it.
            if check_parameter(check, server, index, word) {
                break;
            }
        }
        check_backup(check, server);
    }
    for line in SETTINGS.iter().flat_map(|name| config.all(name)).filter(|line| line.stands_in(UPSTREAMS)) {
        let args: Vec<&str> = line.args().collect();
        let is_stream = line.context() == Some(Context::StreamUpstream);
        let fault = setting_fault(line.name(), &args, is_stream, check.release());
        if let Some((index, what)) = fault.filter(|(index, _)| !line.arg_is_open(*index)) {
            let message = format!("`{}` {what}, not `{}`", line.name(), shorten(args[index], 24));
            check.report_at(line, line.verdict_on_arg(index), message).help("see the documentation of the directive");
        }
    }
}

/// Reports a parameter that nginx does not take, and tells whether it did.
fn check_parameter<'c>(check: &mut Check<'c>, server: Directive<'c>, index: usize, word: &str) -> bool {
    let is_stream = server.context() == Some(Context::StreamUpstream);
    let Some(fault) = server_fault(word, is_stream, check.release()) else { return false };
    let quoted = shorten(word, 32);
    let name = shorten(word.split('=').next().unwrap_or_default(), 32);
    let unknown = format!("`server` has no parameter `{quoted}`");
    let (message, help) = match fault {
        Fault::Unknown(Some(meant)) => {
            (unknown, format!("write `{meant}`, in small letters and without blanks around `=`"))
        }
        Fault::Unknown(None) => (unknown, "take it out".to_owned()),
        Fault::Plus => (format!("NGINX Plus alone has `{name}=`"), "take it out, unless Plus runs this".to_owned()),
        Fault::NotInStream => (format!("upstreams of stream have no `{name}`"), "take it out".to_owned()),
        Fault::Since(since) => {
            let help = format!("nginx {} does not know it", check.release());
            (format!("`server` has `{name}` since nginx {since} only"), help)
        }
        Fault::Value(wanted) => (format!("`{quoted}` wants {wanted}"), format!("write `{name}=` and {wanted}")),
    };
    check.report_at(server, server.verdict_on_arg(index), message).help(help);
    true
}

/// A method that knows no backups refuses those that come after it.
fn check_backup<'c>(check: &mut Check<'c>, server: Directive<'c>) {
    let Some(at) = server.args().skip(1).position(|word| word == "backup") else { return };
    let Some(group) = server.parent().filter(|group| !group.is_opaque()) else { return };
    let methods = METHODS_WITHOUT_BACKUP.iter().flat_map(|name| group.own(name));
    if let Some(method) = methods.filter(|method| method.order() < server.order()).max_by_key(|it| it.order()) {
        // A later method of another kind that stands before the server has the last word.
        let least = ["least_conn", "least_time"].iter().flat_map(|name| group.own(name));
        if least.into_iter().any(|other| (method.order()..server.order()).contains(&other.order())) {
            return;
        }
        check
            .report_at(server, server.verdict_on_arg(at + 1), format!("`{}` knows no backup servers", method.name()))
            .related(method.head(), "the method")
            .help("drop `backup`, or use `least_conn`");
    }
}
