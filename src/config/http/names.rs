//! Which server has a name: exact names, then the longest wildcard in front, then the longest behind, then regexes.

use foldhash::HashMap;

use crate::config::http::Server;
use crate::config::words::pattern::Pattern;

/// The names of all servers.
#[derive(Debug, Default)]
pub(in crate::config) struct ServerNames {
    exact: HashMap<String, Vec<usize>>,
    /// `*.a.test` as `.a.test`.
    leading: HashMap<String, Vec<usize>>,
    /// `www.*` as `www.`.
    trailing: HashMap<String, Vec<usize>>,
    regexes: Vec<(usize, Pattern)>,
}

impl ServerNames {
    /// Adds one name of the server with this number; servers come in their order.
    pub(in crate::config) fn add(&mut self, name: &str, server: usize) {
        if let Some(regex) = name.strip_prefix('~') {
            return self.regexes.push((server, Pattern::new(regex, true)));
        }
        let name = name.to_ascii_lowercase();
        let mut insert = |map: fn(&mut Self) -> &mut HashMap<String, Vec<usize>>, key: &str| {
            map(self).entry(key.to_owned()).or_default().push(server);
        };
        if let Some(suffix) = name.strip_prefix('*') {
            insert(|names| &mut names.leading, suffix);
        } else if let Some(prefix) = name.strip_suffix('*') {
            insert(|names| &mut names.trailing, prefix);
        } else if let Some(domain) = name.strip_prefix('.') {
            insert(|names| &mut names.exact, domain);
            insert(|names| &mut names.leading, &name);
        } else {
            insert(|names| &mut names.exact, &name);
        }
    }

    /// The first server with the best name for `host`, of those that are accepted.
    pub(in crate::config) fn find(&self, host: &str, accepts: impl Fn(usize) -> bool) -> Option<usize> {
        let host = host.to_ascii_lowercase();
        let first = |servers: Option<&Vec<usize>>| servers?.iter().copied().find(|server| accepts(*server));
        let dots = || host.char_indices().filter(|(at, c)| *c == '.' && *at > 0).map(|(at, _)| at);
        first(self.exact.get(&host))
            .or_else(|| dots().find_map(|dot| first(self.leading.get(&host[dot..]))))
            .or_else(|| dots().rev().find_map(|dot| first(self.trailing.get(&host[..=dot]))))
            .or_else(|| {
                let fits = |(server, regex): &&(usize, Pattern)| accepts(*server) && regex.matches(&host) == Some(true);
                self.regexes.iter().find(fits).map(|(server, _)| *server)
            })
    }
}

/// What `$server_name` stands for in a server, where that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnName<'c> {
    /// A text that is no name of a host: empty, `_`, a wildcard or a regex.
    Literal(&'c str),
    /// The first of several names.
    FirstOf(&'c str),
}

impl<'c> Server<'c> {
    /// The value of `$server_name`; none if it is the only name, or if that is not known.
    pub fn own_name(self) -> Option<OwnName<'c>> {
        let level = self.directive();
        if level.is_opaque() {
            return None;
        }
        let first = self.names().next().unwrap_or_default();
        let is_literal = matches!(first, "" | "_") || first.starts_with(['~', '*']) || first.ends_with(".*");
        let is_certain = |name: &&str| level.is_literal(name) || name.starts_with(char::is_alphanumeric);
        let is_other = |name: &&str| is_certain(name) && *name != first && !name.is_empty() && *name != "_";
        match first.strip_prefix('.') {
            _ if is_literal => Some(OwnName::Literal(first)),
            Some(domain) if level.is_literal(domain) => Some(OwnName::FirstOf(domain)),
            Some(_) => None,
            None if self.names().any(|name| is_other(&name)) => Some(OwnName::FirstOf(first)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ServerNames;

    #[test]
    fn exact_names_beat_wildcards_and_wildcards_beat_regexes() {
        let mut names = ServerNames::default();
        let all = ["~^w", "www.*", "*.test", ".a.test", "*.b.a.test", "Www.a.test", "www.a.*"];
        all.iter().enumerate().for_each(|(server, name)| names.add(name, server));
        let find = |host: &str| names.find(host, |_| true).map(|server| all[server]);
        assert_eq!(find("www.A.test"), Some("Www.a.test"));
        assert_eq!(find("a.test"), Some(".a.test"));
        assert_eq!(find("x.a.test"), Some(".a.test"));
        assert_eq!(find("x.b.a.test"), Some("*.b.a.test"));
        assert_eq!(find("c.test"), Some("*.test"));
        assert_eq!(find("www.a.example"), Some("www.a.*"));
        assert_eq!(find("www.example"), Some("www.*"));
        assert_eq!(find("w.example"), Some("~^w"));
        assert_eq!(find("example"), None);
        assert_eq!(names.find("www.a.test", |server| server != 5), Some(3));
    }
}
