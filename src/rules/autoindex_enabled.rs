use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule =
    Rule { id: "autoindex-enabled", page: include_str!("../../rules/autoindex-enabled.md"), check };

/// Parts of names that speak of a place where everyone may look around.
const OPEN_PLACES: &[&str] =
    &["pub", "public", "mirror", "download", "package", "dist", "release", "archive", "repo", "ftp", "iso", "builds"];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    if config.all("autoindex").next().is_none() {
        return;
    }
    let mut seen = HashSet::default();
    for leaf in config.root().leaves() {
        let is_on = |line: &Directive<'_>| line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("on"));
        let Some(line) = leaf.value("autoindex").filter(is_on) else { continue };
        let server = config.server_of(leaf);
        let is_hidden = server.is_some_and(|server| !server.is_public()) || leaf.may_keep_strangers_out();
        if is_hidden || !leaf.may_list_folders() || !seen.insert(line.order()) {
            continue;
        }
        let finding = check.report(line, "everyone can list the files of folders without an index page");
        finding.help(
            "switch it off where nobody has to look around; files that it leaves out can be fetched all the same",
        );
        if is_open_place(line.parent().unwrap_or(leaf), server) {
            finding.severity(Severity::Info);
        }
        if let Some(word) = line.arg_span(0) {
            finding.fix("switch it off", Safety::Unsafe, vec![Edit::replace(word, "off")]);
        }
    }
}

/// Do a path, a folder or a name say that the files are there for everyone?
fn is_open_place(level: Directive<'_>, server: Option<Server<'_>>) -> bool {
    let path = Location::new(level).map(|location| location.pattern);
    let folder = level.value("alias").or_else(|| level.value("root")).and_then(|folder| folder.arg(0));
    let names = server.into_iter().flat_map(Server::names);
    let words = path.into_iter().chain(folder).chain(names);
    let is_open = |word: &str| OPEN_PLACES.iter().any(|open| word == *open || word.strip_suffix('s') == Some(open));
    words.into_iter().any(|text| text.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(is_open))
}
