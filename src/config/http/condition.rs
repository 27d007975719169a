//! What conditions look at.

use crate::config::Directive;
use crate::config::words::variable::variables;

/// Variables whose values scheme, host, port and path of a request decide, and nothing else.
const CERTAIN: &[&str] = &[
    "host",
    "http_host",
    "scheme",
    "server_name",
    "server_port",
    "request_uri",
    "uri",
    "document_uri",
    "args",
    "query_string",
    "is_args",
];
/// Variables that follow from the path that was asked for.
const PATHS: &[&str] = &["uri", "document_uri", "request_uri"];

/// Is this the group of a regex, or a variable that the address of the request decides?
pub(in crate::config) fn is_certain_variable(name: &str) -> bool {
    CERTAIN.contains(&name) || name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Does nothing but the path decide whether a request gets to this rewrite directive of `level` (a server or a location)?
/// Conditions in the levels around it are passed before, or at the same time.
pub(in crate::config) fn is_about_path(by: Directive<'_>, level: Directive<'_>) -> bool {
    let levels =
        std::iter::once(level).chain(level.ancestors()).filter(|level| level.is("location") || level.is("server"));
    !by.parent().is_some_and(|parent| parent.is("if"))
        && levels.flat_map(|level| level.own("if")).all(looks_at_path_alone)
}

fn looks_at_path_alone(condition: Directive<'_>) -> bool {
    let mut names = condition.args().flat_map(variables).map(|(_, name)| name);
    let is_file_test = condition.args().any(|arg| {
        let arg = arg.trim_start_matches('(').trim_start_matches('!');
        matches!(arg, "-f" | "-d" | "-e" | "-x")
    });
    !is_file_test && names.all(|name| PATHS.contains(&name))
}
