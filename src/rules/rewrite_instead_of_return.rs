use crate::check::{Check, Rule};
use crate::config::http::ending::redirects_everything;
use crate::config::http::redirect::Redirect;
use crate::config::words::variable::variables;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "rewrite-instead-of-return", page: include_str!("../../rules/rewrite-instead-of-return.md"), check };

fn check(check: &mut Check<'_>) {
    let redirects = check.config.redirects().filter(|redirect| redirect.by.is("rewrite"));
    for redirect in redirects.filter(|redirect| redirects_everything(redirect.by)) {
        let finding = check.report(redirect.by, "a regex is run to send every request elsewhere");
        let Some(target) = as_return(&redirect).filter(|target| !target.contains([';', ' ', '{', '"', '\''])) else {
            finding.help("`return` with the address says the same without a regex");
            continue;
        };
        let line = format!("return {} {target}", redirect.status);
        finding.help(format!("write `{};`", shorten(&line, 60)));
        finding.fix("use `return`", Safety::Unsafe, vec![Edit::replace(redirect.by.head(), line)]);
    }
}

/// The address as `return` needs it: `rewrite` appends the query by itself, unless a `?` ends the address.
fn as_return(redirect: &Redirect<'_>) -> Option<String> {
    let (bare, head) = (redirect.target.trim_end_matches('?'), redirect.authority().map_or(0, |host| host.end));
    let has = |names: &[&str]| variables(bare).any(|(_, name)| names.contains(&name));
    let (regex, path) = (redirect.by.arg(0).unwrap_or_default(), &bare[head..]);
    let is_all =
        matches!((regex.trim_start_matches('^').trim_end_matches('$'), path), ("/(.*)", "/$1") | ("(.*)", "$1"));
    let has_group = variables(bare).any(|(_, name)| name.bytes().all(|byte| byte.is_ascii_digit()));
    let keeps_query = bare == redirect.target;
    match () {
        () if is_all && keeps_query && !variables(&bare[..head]).any(|(_, name)| name == "1") => {
            Some(format!("{}$request_uri", &bare[..head]))
        }
        () if has_group => None,
        () if has(&["request_uri"]) || !keeps_query => Some(bare.to_owned()),
        () if bare.contains('?') => Some(format!("{bare}&$args")),
        () => Some(format!("{bare}$is_args$args")),
    }
}
