//! Which servers speak TLS, in http, stream and mail, and what they say about it.

pub mod acme;
pub(super) mod acme_flow;
pub mod certificate;
pub mod cipher;
pub(super) mod client_certificate;
pub mod early_data;
pub mod requested;
pub mod terminator;

use foldhash::HashMap;

use crate::config::http::{Listen, Server, Socket};
use crate::config::{Config, Directive, Outer};
use crate::nginx::context::Context;
use crate::nginx::version::Version;

/// A line about TLS, and the servers that it holds for.
#[derive(Debug)]
pub struct TlsLine<'c> {
    /// The line.
    pub line: Directive<'c>,
    /// The TLS servers, in nginx's order; none where they are not seen, in a part of a configuration.
    pub servers: Vec<Directive<'c>>,
}

impl<'c> TlsLine<'c> {
    /// The servers, or for a part of a configuration the level of the line.
    pub fn levels(&self) -> Vec<Directive<'c>> {
        if self.servers.is_empty() { self.line.parent().into_iter().collect() } else { self.servers.clone() }
    }
}

impl Config {
    /// The `server` blocks of http, stream and mail with a TLS socket.
    pub fn tls_servers(&self, target: Option<Version>) -> impl Iterator<Item = Directive<'_>> {
        let http = self.servers().filter(move |server| server.is_tls(target)).map(|server| server.directive());
        http.chain(self.all("server").filter(|server| match server.inside() {
            Some(Context::StreamServer) => listens_with_ssl(*server),
            Some(Context::MailServer) => {
                let is = |name: &str, off: &str| {
                    server.value(name).and_then(|directive| directive.arg(0)).is_some_and(|value| value != off)
                };
                listens_with_ssl(*server) || is("ssl", "off") || is("starttls", "off")
            }
            _ => false,
        }))
    }

    /// The sockets with a server that does not switch HTTP/2 on itself, and the first such server.
    pub fn http2_dependents(&self) -> HashMap<&Socket, Directive<'_>> {
        let has_own = |server: Directive<'_>| {
            server.value("http2").is_some() || server.own("listen").any(|listen| http2_word(listen).is_some())
        };
        self.sockets_of(|server| !has_own(server.directive()))
    }

    /// The sockets with a server that speaks plain HTTP: neither `ssl` in a `listen` nor `ssl on` is said.
    pub fn plain_sockets(&self) -> HashMap<&Socket, Directive<'_>> {
        let is_on = |server: Directive<'_>| server.value("ssl").is_some_and(|ssl| ssl.arg(0) == Some("on"));
        let mut plain = self.sockets_of(|server| !is_on(server.directive()));
        plain.retain(|socket, _| !self.is_tls_socket(socket));
        plain
    }

    /// The sockets of these servers, and the first of them on each.
    fn sockets_of<'c>(&'c self, is_meant: impl Fn(Server<'c>) -> bool) -> HashMap<&'c Socket, Directive<'c>> {
        let mut sockets = HashMap::default();
        for server in self.servers().filter(|server| is_meant(*server)) {
            for listen in server.listens() {
                sockets.entry(&listen.socket).or_insert(server.directive());
            }
        }
        sockets
    }

    /// The lines of this name that hold for at least one TLS server.
    pub fn tls_lines(&self, name: &str, target: Option<Version>) -> Vec<TlsLine<'_>> {
        let mut users: HashMap<u32, Vec<Directive<'_>>> = HashMap::default();
        let mut has_servers = false;
        for server in self.tls_servers(target) {
            has_servers = true;
            let mut levels = std::iter::once(server).chain(server.ancestors());
            if let Some(level) = levels.find(|level| level.has(name)) {
                users.entry(level.order()).or_default().push(server);
            }
        }
        let mut lines = Vec::new();
        for line in self.all(name) {
            let Some(level) = line.parent() else { continue };
            let servers = users.get(&level.order()).cloned().unwrap_or_default();
            // A part of a configuration is there to be used by servers that are not seen.
            let is_part =
                !has_servers && (level.is_root() || level.is_opaque()) && level.inside() != Some(Context::Main);
            if !servers.is_empty() || is_part {
                lines.push(TlsLine { line, servers });
            }
        }
        lines
    }
}

/// The number of the argument `http2` of a `listen`.
pub fn http2_word(listen: Directive<'_>) -> Option<usize> {
    listen.args().position(|word| word == "http2").filter(|index| *index > 0)
}

fn listens_with_ssl(server: Directive<'_>) -> bool {
    server.own("listen").any(|listen| listen.args().skip(1).any(|word| word == "ssl"))
}

impl<'c> Server<'c> {
    /// What it listens on with TLS.
    pub fn tls_listens(self, target: Option<Version>) -> impl Iterator<Item = &'c Listen> {
        self.listens().iter().filter(move |listen| self.listen_is_tls(listen, target))
    }

    /// Can it be told that this server is the default one of a socket, or that it is not? Where files beside this one are
    /// not seen, only the word `default_server` decides.
    pub fn default_is_certain(self, listen: &Listen) -> bool {
        let config = self.directive().config();
        config.outer() == Outer::Nothing || self.default_is_certain_by_word(listen)
    }

    /// Does the default server of a socket say `default_server`?
    pub fn default_is_certain_by_word(self, listen: &Listen) -> bool {
        let config = self.directive().config();
        let says = |server: Server<'_>| server.listens().iter().any(|l| l.socket == listen.socket && l.says_default);
        config.default_server(&listen.socket).is_some_and(says)
    }
}

impl<'c> Directive<'c> {
    /// The `ssl_protocols` that hold here, as nginx orders them; none without a line. The inner value is none where a word
    /// is not understood.
    pub fn protocols(self) -> Option<Option<Vec<&'static str>>> {
        use crate::nginx::protocols::PROTOCOLS;
        let words = self.value("ssl_protocols")?;
        let known = |word: &str| PROTOCOLS.iter().any(|protocol| protocol.eq_ignore_ascii_case(word));
        if !words.args().all(known) {
            return Some(None);
        }
        let is_on = |protocol: &&str| words.args().any(|word| word.eq_ignore_ascii_case(protocol));
        Some(Some(PROTOCOLS.iter().copied().filter(is_on).collect()))
    }

    /// Does a command to OpenSSL say which protocols there are?
    pub fn limits_protocols_by_command(self) -> bool {
        let commands = self.effective("ssl_conf_command");
        commands.iter().any(|line| line.arg(0).is_some_and(|name| name.to_ascii_lowercase().contains("protocol")))
    }

    /// Behind which of its directives a line about TLS belongs: the last about TLS, or the last `listen`, in its own text.
    pub fn place_for_tls(self) -> Option<Directive<'c>> {
        let is_here = |directive: &Directive<'_>| directive.in_file() == self.in_file();
        let about_tls = |directive: &Directive<'_>| directive.name().starts_with("ssl_") && !directive.is_block();
        let last = self.children().filter(is_here).filter(about_tls).last();
        last.or(self.own("listen").rfind(is_here))
    }
}
