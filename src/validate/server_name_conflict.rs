use foldhash::{HashMap, HashSet};

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::family::Family;
use crate::nginx::server_name::{Key, keys};
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "server-name-conflict", page: include_str!("../../rules/server-name-conflict.md"), check };

/// From this release on, servers of stream have names.
const NAMES_IN_STREAM: Version = Version::new(1, 25, 5);

fn check(check: &mut Check<'_>) {
    let mut seen = HashSet::default();
    for (socket, servers) in check.config.sockets_with_names() {
        let has_names = socket.key.family() == Family::Http
            || socket.key.family() == Family::Stream && check.release() >= NAMES_IN_STREAM;
        if !has_names {
            continue;
        }
        let mut first: HashMap<Key, Directive<'_>> = HashMap::default();
        for (line, index, name) in servers.into_iter().flat_map(names) {
            let keys = keys(name).unwrap_or_default();
            if let Some(earlier) = keys.iter().find_map(|key| first.get(key)).copied() {
                if seen.insert((line.order(), index)) {
                    report(check, line, index, name, earlier, &socket.key.display());
                }
            } else {
                first.extend(keys.into_iter().map(|key| (key, line)));
            }
        }
    }
}

/// The names of a server with the line and the number of the argument; a server without has the empty one.
fn names<'c>(server: Directive<'c>) -> Vec<(Directive<'c>, usize, &'c str)> {
    let lines = server.own("server_name");
    let named = lines.flat_map(|line| line.args().enumerate().map(move |(index, name)| (line, index, name)));
    let mut names: Vec<_> = named.filter(|(line, _, name)| !name.starts_with('~') && line.is_literal(name)).collect();
    if !server.has("server_name") && !server.is_root() && server.has_plain_body() {
        names.push((server, 0, ""));
    }
    names
}

fn report<'c>(
    check: &mut Check<'c>,
    line: Directive<'c>,
    index: usize,
    name: &str,
    earlier: Directive<'c>,
    socket: &str,
) {
    let message = match name {
        "" => format!("two servers on {} have no name; this one gets no requests", shorten(socket, 24)),
        name if earlier.parent() == line.parent() => format!("`{}` stands twice in one server", shorten(name, 40)),
        name => format!("`{}` is the name of an earlier server on {}", shorten(name, 30), shorten(socket, 20)),
    };
    let help = match name {
        "" => "give it a `server_name`, or take it out",
        _ => "nginx ignores the name here: requests for it go to the earlier server",
    };
    check.report_at(line, line.verdict_on_arg(index), message).related(earlier.head(), "the first one").help(help);
}
