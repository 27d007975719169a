use super::is_complete;
use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::variables;

pub(crate) const RULE: Rule =
    Rule { id: "variable-redefined", page: include_str!("../../rules/variable-redefined.md"), check };

/// Directives that nginx refuses to define one of its own variables with.
const DEFINING: &[&str] = &["auth_request_set", "geo", "js_set", "js_var", "map", "set", "split_clients"];

/// What to do instead where people try it.
const INSTEAD: &[(&str, &str)] = &[
    ("document_uri", "to change the path, use `rewrite`"),
    ("query_string", "to change the query, set `$args`"),
    ("remote_addr", "to take the address of the client from a proxy, use `set_real_ip_from`"),
    ("request_uri", "to change the path, use `rewrite`"),
    ("uri", "to change the path, use `rewrite`"),
];

fn check(check: &mut Check<'_>) {
    let (config, release) = (check.config, check.release());
    for directive in DEFINING.iter().flat_map(|name| config.all(name)).filter(|directive| is_complete(*directive)) {
        let arity = |count| directive.definitions(release).iter().any(|known| known.arity_in(release).takes(count));
        let (Some(target), Some(family)) = (directive.defined_variable(), directive.family()) else { continue };
        let Some(name) = target.name().filter(|_| arity(directive.args().len())) else { continue };
        if directive.is_in_template()
            || !variables::lookup(name, family).is_some_and(|known| known.is_reserved_in(release))
        {
            continue;
        }
        let Some(span) = directive.arg_span(target.argument) else { continue };
        let lower = name.to_ascii_lowercase();
        let instead = INSTEAD.iter().find(|(known, _)| *known == lower).map(|(_, instead)| *instead);
        let is_header = lower.starts_with("http_");
        let header = is_header.then_some("to send another value to a backend, use `proxy_set_header`");
        check
            .report_at(directive, span, format!("`${}` is a variable of nginx's own", shorten(name, 40)))
            .label(format!("`{}` cannot define it anew", directive.name()))
            .help(instead.or(header).unwrap_or("choose a name that nginx does not use"));
    }
}
