//! Which uploaded files an interpreter would run.

use crate::config::http::Server;
use crate::config::http::location::Location;
use crate::config::http::simulate::{End, Outcome, Request, file_mapping, mapped_file};
use crate::config::{Config, Directive};

/// Parts of paths below which visitors store files.
const UPLOADS: &[&str] =
    &["attachments", "media", "upload", "uploads", "user-uploads", "user_uploads", "userfiles", "useruploads"];

/// No more locations of one server than this are looked through: each of them is a request to follow.
const MAX_LOCATIONS: usize = 50;

/// What makes the name of the script out of the path that was asked for.
const SCRIPT_VARIABLES: &[&str] =
    &["$fastcgi_script_name", "$uri", "$document_uri", "$request_filename", "$script_name", "${fastcgi_script_name}"];

/// A folder of uploads whose scripts are run.
#[derive(Debug, Clone, Copy)]
pub struct ExecutedUploads<'c> {
    /// The location of the uploads.
    pub uploads: Location<'c>,
    /// The regex location that answers for scripts in it.
    pub php: Location<'c>,
    /// What runs them.
    pub pass: Directive<'c>,
}

impl Config {
    /// The locations that serve uploads where a script, asked for by its address, gets to an interpreter as that very file.
    pub fn executed_uploads(&self) -> Vec<ExecutedUploads<'_>> {
        let with_php =
            self.servers().filter(|server| server.directive().descendants().any(|line| line.is("fastcgi_pass")));
        let mut found = Vec::new();
        for server in with_php {
            let is_answered = |level: Directive<'_>| level.has_handler() || level.has("return");
            let uploads = server.all_locations().filter(|own| own.is_prefix() && own.has_segment(UPLOADS));
            let uploads = uploads.filter(|own| !is_answered(own.directive)).take(MAX_LOCATIONS);
            found.extend(uploads.filter_map(|uploads| executed(server, uploads)));
        }
        found
    }
}

fn executed<'c>(server: Server<'c>, uploads: Location<'c>) -> Option<ExecutedUploads<'c>> {
    let path = format!("{}/nginspect-sample.php", uploads.pattern.trim_end_matches('/'));
    let listen = server.listens().first()?;
    let host = server.names().find(|name| !name.starts_with(['~', '*', '_', '.'])).unwrap_or("nginspect.test");
    let request = Request {
        tls: server.listen_is_tls(listen, None),
        host: host.to_owned(),
        port: listen.socket.port.unwrap_or(80),
        path: path.clone(),
    };
    let outcomes = server.answer(&request);
    let runs = |outcome: &Outcome<'c>| match (&outcome.end, outcome.location) {
        (End::Backend(pass), Some(php)) => {
            let is_sure = !outcome.conditional && !outcome.opaque && outcome.path == path;
            let is_php = pass.is("fastcgi_pass") && php.is_regex() && names_script(*pass);
            let file = |level| mapped_file(file_mapping(level), &path);
            let is_same = file(uploads.directive).is_some_and(|stored| file(php.directive) == Some(stored));
            (is_sure && is_php && is_same).then_some(ExecutedUploads { uploads, php, pass: *pass })
        }
        _ => None,
    };
    let (first, others) = outcomes.split_first()?;
    others.iter().all(|outcome| runs(outcome).is_some()).then(|| runs(first)).flatten()
}

/// Is the script that was asked for the one that is run?
fn names_script(pass: Directive<'_>) -> bool {
    script_name(pass).is_some_and(|value| SCRIPT_VARIABLES.iter().any(|variable| value.contains(variable)))
}

/// The text that this `fastcgi_pass` makes the name of the script from.
pub(super) fn script_name(pass: Directive<'_>) -> Option<&str> {
    let lines = pass.parent()?.effective("fastcgi_param");
    lines.into_iter().rfind(|line| line.arg(0) == Some("SCRIPT_FILENAME"))?.arg(1)
}
