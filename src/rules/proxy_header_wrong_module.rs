use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{GRPC_HEADERS, PARAMS, PROXY_HEADERS};
use crate::diagnostic::{Edit, Safety};
use crate::nginx::directives;
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "proxy-header-wrong-module", page: include_str!("../../rules/proxy-header-wrong-module.md"), check };

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    let proxied: Vec<Directive<'_>> = check.config.all(PROXY_HEADERS.pass).collect();
    let mut seen = HashSet::default();
    for list in PARAMS.into_iter().chain([GRPC_HEADERS]) {
        for pass in backends.passes(list.pass) {
            let Some(location) = pass.enclosing("location").filter(|location| seen.insert(location.order())) else {
                continue;
            };
            let next = proxied.get(proxied.partition_point(|pass| pass.order() <= location.order()));
            if next.is_some_and(|next| location.contains(*next)) || location.is_opaque() {
                continue;
            }
            let idle: Vec<Directive<'_>> = location.children().filter(|line| is_of_proxy(line.name())).collect();
            if let Some(first) = idle.first() {
                report(check, location, list.name, pass, *first, &idle);
            }
        }
    }
}

/// Is this a directive that only `proxy_pass` looks at?
fn is_of_proxy(name: &str) -> bool {
    let is_proxys = |known: &directives::Definition| known.module == "ngx_http_proxy_module";
    name.starts_with("proxy_") && directives::lookup(name).iter().any(is_proxys)
}

fn report<'c>(
    check: &mut Check<'c>,
    location: Directive<'c>,
    param: &str,
    pass: Directive<'c>,
    first: Directive<'c>,
    idle: &[Directive<'c>],
) {
    let message = format!("`{}` has no effect on `{}`", first.name(), pass.name());
    let finding = check.report(first.visible(), message);
    finding.help(match param {
        _ if !first.is(PROXY_HEADERS.name) => "use the directive of the module that handles the request".to_owned(),
        "grpc_set_header" => "use `grpc_set_header`".to_owned(),
        _ => format!("use `{param}`; a request header `X-Name` is the parameter `HTTP_X_NAME`"),
    });
    for line in &idle[1..] {
        finding.related(line.visible().head(), "no effect either");
    }
    finding.related(pass.head(), "this handles the request");
    let edits: Option<Vec<Edit>> = idle.iter().map(|line| rewritten(location, *line, param)).collect();
    if let Some(edits) = edits {
        finding.fix(format!("use `{param}`"), Safety::Unsafe, edits);
    }
}

/// The same header as a line of the right module; none where that would drop what the location inherits, or send it twice.
fn rewritten(location: Directive<'_>, line: Directive<'_>, param: &str) -> Option<Edit> {
    let is_header = line.is(PROXY_HEADERS.name) && line.in_file() == location.in_file();
    let (name, value) = (line.arg(0)?, line.arg_span(1)?);
    if !is_header || is_symbolic(name) || !location.has(param) {
        return None;
    }
    let name = match param {
        "grpc_set_header" => name.to_owned(),
        _ => format!("HTTP_{}", name.to_ascii_uppercase().replace('-', "_")),
    };
    let is_there = location.own(param).any(|own| own.arg(0).is_some_and(|own| own.eq_ignore_ascii_case(&name)));
    let text = format!("{param} {name} {}", line.config().library().text(value));
    (!is_there).then(|| Edit::replace(line.head(), text))
}
