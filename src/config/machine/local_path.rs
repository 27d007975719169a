//! Paths that a configuration expects on its machine: folders to serve, keys, sockets of applications.

use crate::config::{Config, Directive};
use crate::template;

/// Directives whose first argument is a file or a folder that has to be there.
const NAMES: &[&str] = &[
    "alias",
    "root",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_client_certificate",
    "ssl_dhparam",
    "ssl_trusted_certificate",
];
/// Directives that name an application.
const PASSES: &[&str] = &["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "server"];

impl Config {
    /// The absolute paths that have to be there, known to the last byte, with the directives that name them.
    pub fn local_paths(&self) -> Vec<(Directive<'_>, &str)> {
        let files =
            NAMES.iter().flat_map(|name| self.all(name)).filter(|line| !line.is("root") || is_served_from(*line));
        let files = files.filter_map(|line| Some((line, line.arg(0)?)));
        let sockets = self.application_sockets();
        let is_certain = |path: &str| path.starts_with('/') && path.len() > 1 && !template::is_symbolic(path);
        let mut found: Vec<_> = files.chain(sockets).filter(|(_, path)| is_certain(path)).collect();
        found.sort_by_key(|(line, _)| line.order());
        found
    }

    /// The paths of the sockets that applications listen on, as they are written, with the directives that name them.
    pub fn application_sockets(&self) -> impl Iterator<Item = (Directive<'_>, &str)> {
        let applications = PASSES.iter().flat_map(|name| self.all(name)).filter(|line| !line.is_block());
        applications.filter_map(|line| {
            let (_, path) = line.arg(0)?.split_once("unix:")?;
            Some((line, path.split(':').next()?))
        })
    }
}

/// Are files looked for below this root at all? Elsewhere it is a word for an application, or nothing.
fn is_served_from(root: Directive<'_>) -> bool {
    let Some(level) = root.parent() else { return false };
    let answers = |level: Directive<'_>| {
        let is_pass = |child: Directive<'_>| {
            child.name().ends_with("_pass") || child.is("return") || child.is("content_by_lua_block")
        };
        level.children().any(is_pass)
    };
    let has_application =
        |level: Directive<'_>| level.descendants().any(|child| child.is("fastcgi_pass") || child.is("uwsgi_pass"));
    let server = if level.is("server") { Some(level) } else { level.enclosing("server") };
    if server.is_none_or(has_application) || answers(level) {
        return false;
    }
    if !level.is("server") {
        return level.is("location");
    }
    let locations: Vec<Directive<'_>> = level.descendants().filter(|child| child.is("location")).collect();
    let uses_it = |location: &Directive<'_>| !answers(*location) && !location.has("root") && !location.has("alias");
    locations.is_empty() || locations.iter().any(uses_it)
}
