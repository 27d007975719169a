//! Which folders of the machine visitors can fetch files from.

use foldhash::HashMap;

use crate::config::http::Server;
use crate::config::http::ending::Ending;
use crate::config::http::location::Location;
use crate::config::http::simulate::{BACKENDS, End, Outcome, Request, file_mapping};
use crate::config::{Config, Directive};
use crate::template::is_symbolic;

/// Directives that name a file with a secret in their first argument.
const SECRETS: &[&str] = &[
    "auth_basic_user_file",
    "auth_jwt_key_file",
    "fastcgi_ssl_certificate_key",
    "grpc_ssl_certificate_key",
    "proxy_ssl_certificate_key",
    "quic_host_key",
    "ssl_certificate_key",
    "ssl_password_file",
    "ssl_session_ticket_key",
    "uwsgi_ssl_certificate_key",
];

/// Locations that are nested deeper than this are left out.
const MAX_NESTING: usize = 20;
/// Of the servers with the same folder, so many are asked for a file.
const MAX_TRIED: usize = 20;

/// A folder with all that is in it, as far as prefixes of paths tell.
#[derive(Debug, Clone)]
pub struct ServedFolder<'c> {
    /// Its absolute path, without a slash at the end (`/` aside).
    pub folder: &'c str,
    /// The `root` or `alias`.
    pub mapping: Directive<'c>,
    /// The server or location that hands its files out.
    pub level: Directive<'c>,
    /// The server.
    pub server: Server<'c>,
    /// What the paths of its files begin with in requests.
    prefix: &'c str,
}

/// A [`ServedFolder`] as it is kept.
#[derive(Debug)]
pub(in crate::config) struct Served {
    folder: String,
    mapping: u32,
    level: u32,
    server: usize,
}

/// A file with a secret that visitors can fetch.
#[derive(Debug)]
pub struct ServedSecret<'c> {
    /// The directive that needs it.
    pub line: Directive<'c>,
    /// The path that a visitor asks for.
    pub path: String,
    /// The folder that it is in.
    pub served: ServedFolder<'c>,
    /// Does only who knows a password get it?
    pub needs_password: bool,
}

impl Config {
    /// The folders that servers for other machines hand out files from. What variables, regexes or unknown includes decide
    /// is left out.
    pub fn served_folders(&self) -> impl Iterator<Item = ServedFolder<'_>> {
        self.served().iter().filter_map(|Served { folder, mapping, level, server }| {
            let level = Directive::new(self, *level);
            let prefix = Location::new(level).map_or("/", |location| location.pattern);
            Some(ServedFolder {
                folder,
                mapping: Directive::new(self, *mapping),
                level,
                server: self.servers().nth(*server)?,
                prefix,
            })
        })
    }

    /// Is there such a folder?
    pub fn serves_files(&self) -> bool {
        !self.served().is_empty()
    }

    /// The secrets of this configuration that a folder with files for visitors holds, each once.
    pub fn served_secrets(&self) -> Vec<ServedSecret<'_>> {
        let mut by_folder: HashMap<&str, Vec<ServedFolder<'_>>> = HashMap::default();
        for served in self.served_folders() {
            by_folder.entry(served.folder).or_default().push(served);
        }
        let lines = SECRETS.iter().flat_map(|name| self.all(name));
        let known = lines.filter_map(|line| Some((line, line.arg(0).filter(|file| is_certain(file))?)));
        known
            .filter_map(|(line, file)| {
                let folders = folders_around(file).filter_map(|folder| by_folder.get(folder));
                let found = folders
                    .flat_map(|served| served.iter().take(MAX_TRIED))
                    .find_map(|served| Some((served.ways_to(file)?, served)));
                found.map(|((path, needs_password), served)| ServedSecret {
                    line,
                    path,
                    served: served.clone(),
                    needs_password,
                })
            })
            .collect()
    }
}

impl Config {
    fn served(&self) -> &[Served] {
        self.served.get_or_init(|| {
            let servers = self.servers().filter(|server| !server.is_internal() && server.ending() == Ending::Answered);
            servers.flat_map(served_by).collect()
        })
    }
}

impl ServedFolder<'_> {
    /// The path that a visitor has to ask for to get a file below this folder; none if something else answers it.
    pub fn path_to(&self, file: &str) -> Option<String> {
        self.ways_to(file).filter(|(_, needs_password)| !needs_password).map(|(path, _)| path)
    }

    /// The path to ask for, and whether a password is wanted before.
    fn ways_to(&self, file: &str) -> Option<(String, bool)> {
        let inner = file.strip_prefix(self.folder)?.trim_start_matches('/');
        let path = format!("{}/{inner}", self.prefix.trim_end_matches('/'));
        let host = self.server.names().next().unwrap_or_default().to_owned();
        let listen = self.server.public_listens().next()?;
        let request = Request { tls: listen.says_ssl, host, port: listen.socket.port.unwrap_or(80), path };
        let outcomes = self.server.answer(&request);
        let is_certain = outcomes.iter().all(|outcome| !outcome.conditional && !outcome.opaque);
        let is_file = |outcome: &Outcome<'_>| outcome.end == End::File(Some(self.mapping));
        let is_behind_password = |outcome: &Outcome<'_>| {
            let level = outcome.location.map_or(self.server.directive(), |location| location.directive);
            level == self.level && outcome.decided_by.last().is_some_and(|by| by.is("auth_basic"))
        };
        let is_it = is_certain && outcomes.iter().all(|outcome| is_file(outcome) || is_behind_password(outcome));
        is_it.then(|| (request.path, outcomes.iter().any(is_behind_password)))
    }
}

fn served_by(server: Server<'_>) -> Vec<Served> {
    let level = server.directive();
    let takes_all = |location: &Location<'_>| location.is_prefix() && location.pattern == "/";
    let own = (!level.locations().any(|location| takes_all(&location))).then_some((level, "/"));
    let is_shallow = |location: &Location<'_>| location.directive.ancestors().nth(MAX_NESTING).is_none();
    let is_open = |location: &Location<'_>| location.is_prefix() && is_shallow(location) && !location.is_internal();
    let locations = server.all_locations().filter(is_open);
    let levels = own.into_iter().chain(locations.map(|location| (location.directive, location.pattern)));
    levels.filter_map(|(level, prefix)| served(server, level, prefix)).collect()
}

fn served(server: Server<'_>, level: Directive<'_>, prefix: &str) -> Option<Served> {
    let has_backend = BACKENDS.iter().any(|name| level.has(name));
    let is_plain = !has_backend && !level.rewrites() && level.own("try_files").all(tries_the_path);
    if !is_plain || level.ending() != Ending::Answered || level.is_opaque() {
        return None;
    }
    let mapping = file_mapping(level)?;
    let target = mapping.arg(0).filter(|target| is_certain(target) && mapping.is_literal(target))?;
    let folder = match mapping.is("root") {
        true => normal(&format!("{target}/{prefix}")),
        // A nested location is a part of it only.
        false if mapping.parent() != Some(level) => return None,
        false => normal(target),
    };
    Some(Served { folder, mapping: mapping.order(), level: level.order(), server: server.index() })
}

/// Is the path of the request, as it is, one of the files that are tried?
fn tries_the_path(line: Directive<'_>) -> bool {
    line.args().any(|word| word.starts_with("$uri") || word.starts_with("$document_uri"))
}

fn is_certain(path: &str) -> bool {
    path.starts_with('/') && !is_symbolic(path)
}

/// Without doubled slashes and dots.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folders that a file is in, innermost first.
fn folders_around(file: &str) -> impl Iterator<Item = &str> {
    let above = |path: &&str| path.rfind('/').filter(|at| path.len() > 1 || *at > 0).map(|at| &file[..at.max(1)]);
    std::iter::successors(above(&file), move |path| if *path == "/" { None } else { above(path) })
}

#[cfg(test)]
mod tests {
    use super::{folders_around, normal};

    #[test]
    fn paths_have_one_spelling() {
        for (written, path) in [("/srv//a/", "/srv/a"), ("/", "/"), ("//", "/"), ("/a/../etc/./x", "/etc/x")] {
            assert_eq!(normal(written), path, "{written}");
        }
        assert_eq!(folders_around("/srv/a/key").collect::<Vec<_>>(), ["/srv/a", "/srv", "/"]);
        assert_eq!(folders_around("/key").collect::<Vec<_>>(), ["/"]);
    }
}
