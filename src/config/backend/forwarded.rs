//! What a backend is told about the client, and whether somebody in front of nginx may have said it.

use foldhash::HashSet;

use crate::config::backend::{HeaderList, HeaderUse};
use crate::config::http::Server;
use crate::config::http::simulate::REQUEST_LUA;
use crate::config::{Config, Directive};
use crate::nginx::version::Version;

/// Directives that may set headers of the request before it is passed on; Lua code may, too.
const REQUEST_HEADER_SETTERS: &[&str] = &["more_set_input_headers", "more_clear_input_headers"];

/// How many variables are followed for one text.
const MAX_COPIES: usize = 20;

impl<'c> HeaderUse<'c> {
    /// The lines in force that set a header or parameter for which `is_it` holds (of its name in lower case, and its value).
    pub fn says(&self, list: HeaderList, is_it: impl Fn(&str, &str) -> bool) -> bool {
        self.level.own(list.name).any(|line| is_said_by(line, &is_it))
    }

    /// Would the lines that this level lost say it?
    pub fn lost(&self, list: HeaderList, is_it: impl Fn(&str, &str) -> bool) -> bool {
        let says = |line: Directive<'_>| is_said_by(line, &is_it);
        let outer = || self.level.parent().and_then(|parent| parent.list_level(list.name));
        // Cheaper than to find out what is lost.
        let may_be_lost = || outer().is_some_and(|outer| outer.own(list.name).any(says));
        self.level.has(list.name) && may_be_lost() && self.dropped(list).into_iter().any(says)
    }
}

fn is_said_by(line: Directive<'_>, is_it: impl Fn(&str, &str) -> bool) -> bool {
    line.arg(0).is_some_and(|name| is_it(&name.to_ascii_lowercase(), line.arg(1).unwrap_or_default()))
}

/// Does a header of this name (in lower case) and value tell where the client is?
pub fn tells_address(name: &str, value: &str) -> bool {
    let names = ["x-forwarded-for", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "forwarded"];
    let values = ["remote_addr", "$proxy_add_x_forwarded_for", "$http_x_forwarded_for", "$proxy_protocol_addr"];
    names.contains(&name) || values.iter().any(|part| value.contains(part))
}

/// Does a header of this name (in lower case) and value tell whether the client uses TLS?
pub fn tells_scheme(name: &str, value: &str) -> bool {
    is_scheme_header(name) || name == "forwarded" || ["$scheme", "$https"].iter().any(|part| value.contains(part))
}

/// Is this (in lower case) a header for the scheme alone?
pub fn is_scheme_header(name: &str) -> bool {
    let names = ["x-forwarded-proto", "x-forwarded-protocol", "x-forwarded-scheme", "x-forwarded-ssl"];
    names.contains(&name) || matches!(name, "x-scheme" | "x-url-scheme" | "front-end-https" | "x-protocol")
}

/// Does a parameter of this name (in lower case) and value tell an application whether the client uses TLS? uWSGI takes no
/// notice of `REQUEST_SCHEME`.
pub fn param_tells_scheme(name: &str, value: &str) -> bool {
    let is_other = matches!(name, "request_scheme" | "server_protocol");
    let header = name.strip_prefix("http_").map(|name| name.replace('_', "-"));
    let by_name =
        name.contains("https") || name.contains("scheme") || header.is_some_and(|name| tells_scheme(&name, ""));
    !is_other && (by_name || value.contains("$scheme") || value.contains("$https"))
}

/// The variables in a text, each with its `$`.
pub fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let name = rest.strip_prefix('{').unwrap_or(rest);
        let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let braces = rest.len() - name.len();
        let closed = braces == 0 || name[length..].starts_with('}');
        (length > 0 && closed).then(|| &text[at..at + 1 + length + 2 * braces])
    })
}

/// The name in `$name` or `${name}`, in lower case.
pub fn variable_name(variable: &str) -> String {
    variable.trim_start_matches(['$', '{']).trim_end_matches('}').to_ascii_lowercase()
}

/// A variable that the client fills, and how it gets into a text.
#[derive(Debug, Clone, Copy)]
pub struct ClientChoice<'c> {
    /// The variable in the text itself.
    pub written: &'c str,
    /// The variable that the client fills; the same, or one behind a `map` or `set`.
    pub source: &'c str,
    /// The `set` or the entry of a map that copies it.
    pub copied_by: Option<Directive<'c>>,
}

impl ClientChoice<'_> {
    /// Is it the host name of the request, with its port, as the client wrote it?
    pub fn is_host(&self) -> bool {
        variable_name(self.source) == "http_host"
    }
}

impl Config {
    /// The variable in a text that a client can fill with a header, an argument or a cookie; if there are several, not
    /// `$http_host`.
    pub fn client_choice<'c>(&'c self, text: &'c str) -> Option<ClientChoice<'c>> {
        self.client_choice_within(text, &mut HashSet::default())
    }

    /// Each variable is followed once, so that maps of maps cost no more than they are long.
    fn client_choice_within<'c>(&'c self, text: &'c str, seen: &mut HashSet<String>) -> Option<ClientChoice<'c>> {
        let mut host = None;
        for written in variables(text) {
            let name = variable_name(written);
            let is_clients = ["http_", "arg_", "cookie_"].iter().any(|start| name.starts_with(start));
            let found = match is_clients {
                true => Some(ClientChoice { written, source: written, copied_by: None }),
                false if seen.len() < MAX_COPIES && seen.insert(name) => self.copied_choice(written, seen),
                false => None,
            };
            match found {
                Some(found) if found.is_host() => host = host.or(Some(found)),
                Some(found) => return Some(found),
                None => {}
            }
        }
        host
    }

    fn copied_choice<'c>(&'c self, written: &'c str, seen: &mut HashSet<String>) -> Option<ClientChoice<'c>> {
        let values = self.possible_values(written)?;
        let copies = values.iter().filter_map(|value| {
            let found = self.client_choice_within(value.text, seen)?;
            let copied_by = value.from.filter(|from| !is_checked(*from, found.source))?;
            Some(ClientChoice { written, source: found.source, copied_by: Some(copied_by) })
        });
        let copies: Vec<_> = copies.collect();
        copies.iter().find(|found| !found.is_host()).or(copies.first()).copied()
    }
}

/// Is the variable copied only if it fits: under a key of a map over the same variable, or in an `if` that asks for more
/// than whether there is one?
fn is_checked(copy: Directive<'_>, source: &str) -> bool {
    let Some(around) = copy.parent() else { return false };
    let is_any = |key: &str| key.trim_matches(['~', '*', '^', '$', '(', ')']).trim_matches(['.', '+']).is_empty();
    match around.is("map") {
        true => around.arg(0) == Some(source) && !matches!(copy.name(), "default" | "*") && !is_any(copy.name()),
        false => around.is("if") && !asks_for_presence(around),
    }
}

/// Does a condition hold for whatever text a variable has: `($name)`, `($name != "")`?
fn asks_for_presence(condition: Directive<'_>) -> bool {
    let words: Vec<&str> = condition.args().map(|word| word.trim_matches(['(', ')'])).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    matches!(words[..], [variable] | [variable, "!="] if variable.starts_with('$'))
}

/// Where somebody in front of nginx may speak for the client: proxies whose word counts, the PROXY protocol, servers that
/// only the same machine reaches.
#[derive(Debug)]
pub struct Fronts<'c> {
    config: &'c Config,
    /// The places of `set_real_ip_from`, in order.
    trusted: Vec<u32>,
    has_fronted_server: bool,
}

impl Config {
    /// What is known of those in front, ready for questions.
    pub fn trusted_fronts(&self) -> Fronts<'_> {
        let trusted = self.all("set_real_ip_from").map(Directive::order).collect();
        Fronts { config: self, trusted, has_fronted_server: self.servers().any(Server::is_fronted) }
    }
}

impl Fronts<'_> {
    /// May requests for which the lines of this level are in force come from somebody who speaks for the client? Also where
    /// it is not known.
    pub fn may_stand_before(&self, level: Directive<'_>) -> bool {
        let next = self.trusted.get(self.trusted.partition_point(|order| *order <= level.order()));
        let is_inside = next.is_some_and(|order| level.contains(Directive::new(self.config, *order)));
        let is_fronted = self.config.server_of(level).map_or(self.has_fronted_server, Server::is_fronted);
        is_inside || is_fronted || level.value("set_real_ip_from").is_some() || level.is_opaque_upward()
    }
}

impl Server<'_> {
    /// Does it say itself that a proxy stands in front of it: by the PROXY protocol, or by listening for its machine only?
    pub fn is_fronted(self) -> bool {
        self.is_internal() || self.listens().iter().any(|listen| listen.says_proxy_protocol)
    }

    /// Does every one of its sockets speak TLS?
    pub fn is_tls_only(self, target: Option<Version>) -> bool {
        let is_tls = |listen| self.listen_is_tls(listen, target);
        !self.listens().is_empty() && !self.directive().is_opaque() && self.listens().iter().all(is_tls)
    }
}

impl Directive<'_> {
    /// Is there code here, or in a level around, that may set headers of the request?
    pub fn has_request_code(self) -> bool {
        let has_code = |level: Self| REQUEST_HEADER_SETTERS.iter().chain(REQUEST_LUA).any(|name| level.has(name));
        std::iter::once(self).chain(self.ancestors()).any(has_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::read;

    #[test]
    fn variables_end_where_their_names_end() {
        let found: Vec<&str> = variables("$a.b${c}d$e$$").collect();
        assert_eq!(found, ["$a", "${c}", "$e"]);
    }

    #[test]
    fn what_clients_choose_is_found_behind_maps_unless_it_is_checked() {
        let config = read(
            "map $http_x_site $free { default $http_x_site; '' $host; }
             map $http_x_site $checked { default a.test; ~^b\\.test$ $http_x_site; }",
        );
        let source = |text: &'static str| config.client_choice(text).map(|found| found.source.to_owned());
        assert_eq!(source("x.$free").as_deref(), Some("$http_x_site"));
        assert_eq!(source("$checked"), None);
        assert_eq!(source("$http_host$arg_x").as_deref(), Some("$arg_x"));
        assert_eq!(source("$host:$server_port"), None);
    }
}
