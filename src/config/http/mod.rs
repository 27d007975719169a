//! Servers and sockets of the http part: which server answers where, and which sockets speak TLS.

pub mod body;
pub mod caching;
mod condition;
pub mod conditional;
pub mod csp;
pub mod detour;
pub mod ending;
pub mod fallback;
pub mod files;
pub mod guard;
pub mod handlers;
pub mod headers;
pub mod hsts;
pub mod lists;
pub mod location;
pub(super) mod names;
pub mod redirect;
pub mod redirect_loop;
pub mod rewrite_loop;
pub mod samples;
pub mod shadowed;
pub mod simulate;
pub mod target;
pub mod unreachable;
pub mod uploads;

use std::sync::OnceLock;

use foldhash::HashMap;

use crate::config::http::ending::Ending;
pub use crate::config::http::names::OwnName;
use crate::config::http::names::ServerNames;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::version::{LISTEN_REFORM, Version};

/// Words for QUIC in a `listen`: nginx's, that of its first previews, and that of Tengine.
const QUIC: &[&str] = &["quic", "http3", "xquic"];

/// An address and a port to listen on, or the path of a unix socket; equal if nginx would open one socket for both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Socket {
    /// `*`, an address in lower case, a host name, or `unix:PATH`; all that is written where the port is not a number.
    pub address: String,
    /// The port; none for a unix socket, and where it is not a number (a placeholder, a range).
    pub port: Option<u16>,
}

impl Socket {
    /// Reads the first argument of `listen`.
    pub fn parse(text: &str) -> Self {
        if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("unix:")) {
            return Self { address: text.to_owned(), port: None };
        }
        let (address, port) = match text.rsplit_once(':') {
            _ if text.bytes().all(|byte| byte.is_ascii_digit()) => ("*", text),
            _ if text.ends_with(']') => (text, "80"),
            Some((address, port)) => (address, port),
            // A word with a variable or placeholder may as well be the port.
            None if text.contains('$') => ("*", text),
            None => (text, "80"),
        };
        let address = if address == "0.0.0.0" { "*" } else { address };
        match port.parse() {
            Ok(port) => Self { address: address.to_ascii_lowercase(), port: Some(port) },
            Err(_) => Self { address: text.to_owned(), port: None },
        }
    }

    /// Can only processes on the same machine reach it?
    pub fn is_internal(&self) -> bool {
        let symbolic = self.port.is_none().then(|| self.address.rsplit_once(':')).flatten();
        let address = symbolic.map_or(self.address.as_str(), |(host, _)| host).trim_matches(['[', ']']);
        self.address.starts_with("unix:") || address.starts_with("127.") || matches!(address, "localhost" | "::1")
    }
}

/// One `listen` of a server.
#[derive(Debug)]
pub struct Listen {
    /// Its place in the configuration; none where a server without `listen` gets port 80.
    directive: Option<u32>,
    /// What it opens.
    pub socket: Socket,
    /// Does it say `ssl` (or `quic`, which is TLS too) itself?
    pub says_ssl: bool,
    /// Does it say `default_server`?
    pub says_default: bool,
    /// Does it say `proxy_protocol`?
    pub says_proxy_protocol: bool,
}

#[derive(Debug)]
struct ServerData {
    directive: u32,
    listens: Vec<Listen>,
    ssl_on: bool,
    /// Asked by many rules.
    ending: OnceLock<Ending>,
}

#[derive(Debug, Default)]
struct SocketData {
    servers: Vec<usize>,
    default: Option<usize>,
    is_tls: bool,
}

/// All servers of a configuration and their sockets.
#[derive(Debug, Default)]
pub struct Http {
    servers: Vec<ServerData>,
    sockets: HashMap<Socket, SocketData>,
    names: ServerNames,
    /// The first server with a public socket on a port.
    first_on_port: HashMap<u16, usize>,
}

impl Http {
    pub(super) fn new(config: &Config) -> Self {
        let mut http = Self::default();
        for directive in config.all("server").filter(|server| server.inside() == Some(Context::Server)) {
            let index = http.servers.len();
            let mut listens: Vec<Listen> = directive.own("listen").map(listen).collect();
            if listens.is_empty() && !directive.is_opaque() {
                listens.push(Listen::implicit());
            }
            let ssl_on =
                directive.value("ssl").and_then(|ssl| ssl.arg(0)).is_some_and(|on| on.eq_ignore_ascii_case("on"));
            for listen in &listens {
                let socket = http.sockets.entry(listen.socket.clone()).or_default();
                if socket.servers.last() != Some(&index) {
                    socket.servers.push(index);
                }
                socket.is_tls |= listen.says_ssl;
                if listen.says_default && socket.default.is_none() {
                    socket.default = Some(index);
                }
            }
            for name in directive.own("server_name").flat_map(|names| names.args()) {
                http.names.add(name, index);
            }
            for listen in listens.iter().filter(|listen| !listen.socket.is_internal()) {
                if let Some(port) = listen.socket.port {
                    http.first_on_port.entry(port).or_insert(index);
                }
            }
            http.servers.push(ServerData { directive: directive.order(), listens, ssl_on, ending: OnceLock::new() });
        }
        http
    }
}

impl Listen {
    fn implicit() -> Self {
        let socket = Socket { address: "*".to_owned(), port: Some(80) };
        Self { directive: None, socket, says_ssl: false, says_default: false, says_proxy_protocol: false }
    }

    /// Is it about QUIC, which has TLS 1.3 built in?
    pub fn is_quic(&self, config: &Config) -> bool {
        self.directive(config).is_some_and(|line| line.args().skip(1).any(|word| QUIC.contains(&word)))
    }

    /// The directive, unless it is nginx's own `listen 80`.
    pub fn directive<'c>(&self, config: &'c Config) -> Option<Directive<'c>> {
        self.directive.map(|index| Directive::new(config, index))
    }
}

fn listen(directive: Directive<'_>) -> Listen {
    let has = |word: &str| directive.args().skip(1).any(|arg| arg == word);
    Listen {
        directive: Some(directive.order()),
        socket: Socket::parse(directive.arg(0).unwrap_or_default()),
        says_ssl: has("ssl") || QUIC.iter().any(|word| has(word)),
        says_default: has("default_server") || has("default"),
        says_proxy_protocol: has("proxy_protocol"),
    }
}

/// A handle to one server of the http part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server<'c> {
    config: &'c Config,
    index: usize,
}

impl PartialEq for Config {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Config {}

impl Config {
    /// The servers of the http part, in nginx's order.
    pub fn servers(&self) -> impl Iterator<Item = Server<'_>> {
        (0..self.http().servers.len()).map(|index| Server { config: self, index })
    }

    /// The server that a directive stands in, or is.
    pub fn server_of(&self, directive: Directive<'_>) -> Option<Server<'_>> {
        let order = std::iter::once(directive).chain(directive.ancestors()).find(|d| d.is("server"))?.order();
        let index = self.http().servers.binary_search_by_key(&order, |server| server.directive).ok()?;
        Some(Server { config: self, index })
    }

    /// Does this socket speak TLS, because any server on it says so?
    pub fn is_tls_socket(&self, socket: &Socket) -> bool {
        self.http().sockets.get(socket).is_some_and(|socket| socket.is_tls)
    }

    /// The server that answers names on this socket that no server has.
    pub fn default_server(&self, socket: &Socket) -> Option<Server<'_>> {
        let socket = self.http().sockets.get(socket)?;
        let index = socket.default.or(socket.servers.first().copied())?;
        Some(Server { config: self, index })
    }

    /// The server that nginx picks for a host name on a public socket with this port, as far as names alone decide.
    pub fn server_for(&self, port: u16, host: &str) -> Option<Server<'_>> {
        let http = self.http();
        let server = |index: &usize| Server { config: self, index: *index };
        if let Some(found) = http.names.find(host, |index| server(&index).has_public_port(port)) {
            return Some(server(&found));
        }
        let first = http.first_on_port.get(&port).map(server)?;
        let listen = first.public_listens().find(|listen| listen.socket.port == Some(port))?;
        self.default_server(&listen.socket)
    }
}

impl<'c> Server<'c> {
    fn data(self) -> &'c ServerData {
        &self.config.http().servers[self.index]
    }

    /// The `server` block.
    pub fn directive(self) -> Directive<'c> {
        Directive::new(self.config, self.data().directive)
    }

    /// Its place among the servers, from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// What it listens on; never empty unless an unknown include may say it.
    pub fn listens(self) -> &'c [Listen] {
        &self.data().listens
    }

    /// What it listens on that other machines can reach.
    pub fn public_listens(self) -> impl Iterator<Item = &'c Listen> {
        self.listens().iter().filter(|listen| !listen.socket.is_internal())
    }

    /// Can other machines reach it on this port?
    pub fn has_public_port(self, port: u16) -> bool {
        self.public_listens().any(|listen| listen.socket.port == Some(port))
    }

    /// Does one of its names fit this host?
    pub fn has_name(self, host: &str) -> bool {
        self.config.http().names.find(host, |index| index == self.index).is_some()
    }

    /// Do names that no server has certainly come to this one, on this socket?
    pub fn is_certain_default(self, socket: &Socket) -> bool {
        let is_said = || self.listens().iter().any(|listen| listen.says_default && listen.socket == *socket);
        self.config.default_server(socket) == Some(self)
            && (is_said() || !self.directive().ancestors().any(Directive::is_opaque))
    }

    /// Its names as written, all `server_name` lines together.
    pub fn names(self) -> impl Iterator<Item = &'c str> {
        self.directive().own("server_name").flat_map(|names| names.args())
    }

    /// A name for messages: the first of its names, or the first thing it listens on.
    pub fn display_name(self) -> String {
        let first = self.names().find(|name| !name.is_empty() && *name != "_").map(str::to_owned);
        let socket = self.listens().first().map(|listen| &listen.socket);
        first
            .or_else(|| {
                socket.map(|socket| match socket.port {
                    Some(port) => format!("{}:{port}", socket.address),
                    None => socket.address.clone(),
                })
            })
            .unwrap_or_default()
    }

    /// Does this listen of the server speak TLS? `ssl` on any server makes the socket TLS for all servers on it; before
    /// 1.25.1, `ssl on;` did it for all sockets of the server.
    pub fn listen_is_tls(self, listen: &Listen, target: Option<Version>) -> bool {
        self.config.is_tls_socket(&listen.socket)
            || (self.data().ssl_on && target.is_none_or(|target| target < LISTEN_REFORM))
    }

    /// Is at least one of its sockets TLS?
    pub fn is_tls(self, target: Option<Version>) -> bool {
        self.listens().iter().any(|listen| self.listen_is_tls(listen, target))
    }

    /// Can it be reached from the same machine only?
    pub fn is_internal(self) -> bool {
        !self.listens().is_empty() && self.listens().iter().all(|listen| listen.socket.is_internal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_socket_has_many_spellings() {
        let any = Socket { address: "*".to_owned(), port: Some(80) };
        assert!(["80", "*:80", "0.0.0.0:80", "0.0.0.0", "*"].iter().all(|text| Socket::parse(text) == any));
        assert_eq!(Socket::parse("[::]"), Socket::parse("[::]:80"));
        assert_ne!(Socket::parse("[::]:80"), any);
        assert_eq!(Socket::parse("${PORT}").port, None);
        assert_ne!(Socket::parse("${PORT}"), Socket::parse("${TLS_PORT}"));
        assert!(Socket::parse("127.0.0.1:${PORT}").is_internal() && Socket::parse("[::1]:${PORT}").is_internal());
        assert!(Socket::parse("unix:/run/x.sock").is_internal() && Socket::parse("127.0.0.1:80").is_internal());
        assert!(!Socket::parse("10.0.0.1:80").is_internal());
    }
}
