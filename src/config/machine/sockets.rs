//! The sockets of all servers, of http, stream and mail alike: who listens on which, with what options, and which names are
//! looked up there.

use foldhash::{HashMap, HashSet};

use crate::config::{Config, Directive};
use crate::nginx::address::{self, Address, Host, Shape};
use crate::nginx::context::Context;
use crate::nginx::family::Family;
use crate::nginx::listen;

/// A range of more ports than this is not spread out.
const MOST_PORTS: u16 = 256;

/// What makes two `listen` lines one socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key<'c> {
    family: Family,
    host: Host<'c>,
    port: u16,
    is_datagram: bool,
}

impl Key<'_> {
    /// The address in nginx's notation.
    pub fn display(&self) -> String {
        let port = self.port;
        match &self.host {
            Host::Any => format!("*:{port}"),
            Host::V4([a, b, c, d]) => format!("{a}.{b}.{c}.{d}:{port}"),
            Host::V6(bytes) => format!("[{}]:{port}", core::net::Ipv6Addr::from(*bytes)),
            Host::Name(name) => format!("{name}:{port}"),
            Host::Unix(path) => format!("unix:{path}"),
        }
    }

    /// The kind of servers on it.
    pub fn family(&self) -> Family {
        self.family
    }
}

/// One server on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use<'c> {
    /// The `server` block, or the level that stands for it.
    pub server: Directive<'c>,
    /// The line; none where a server without any gets port 80.
    pub listen: Option<Directive<'c>>,
}

impl<'c> Use<'c> {
    fn words(self) -> impl Iterator<Item = &'c str> {
        self.listen.into_iter().flat_map(|listen| listen.args().skip(1))
    }

    /// Does it claim to be the default server?
    pub fn says_default(self) -> bool {
        self.words().any(|word| matches!(word, "default" | "default_server"))
    }

    /// Does it set options of the socket?
    pub fn sets_options(self) -> bool {
        self.words().any(|word| listen::lookup(word).is_some_and(|parameter| parameter.is_socket_option))
    }

    /// The protocols that it asks for.
    pub fn protocols(self) -> Vec<&'c str> {
        self.words().filter(|word| matches!(*word, "ssl" | "http2" | "proxy_protocol")).collect()
    }
}

/// One socket, and who uses it, in nginx's order.
#[derive(Debug)]
pub struct Socket<'c> {
    /// What it is.
    pub key: Key<'c>,
    /// The servers on it.
    pub uses: Vec<Use<'c>>,
}

impl<'c> Socket<'c> {
    /// The different servers on it, in nginx's order.
    pub fn servers(&self) -> Vec<Directive<'c>> {
        let mut servers: Vec<_> = self.uses.iter().map(|found| found.server).collect();
        servers.dedup();
        servers
    }
}

impl Config {
    /// Every socket, in the order of its first use. Addresses that are not certain are left out.
    pub fn sockets(&self) -> Vec<Socket<'_>> {
        let mut sockets: Vec<Socket<'_>> = Vec::new();
        let mut places: HashMap<Key<'_>, usize> = HashMap::default();
        for (family, found) in self.uses() {
            for key in keys(family, found.listen) {
                let place = *places.entry(key.clone()).or_insert(sockets.len());
                if place == sockets.len() {
                    sockets.push(Socket { key, uses: Vec::new() });
                }
                sockets[place].uses.push(found);
            }
        }
        sockets
    }

    /// The sockets on which more than one server is, and so names decide; one for each set of servers.
    pub fn sockets_with_names(&self) -> Vec<(Socket<'_>, Vec<Directive<'_>>)> {
        let mut seen = HashSet::default();
        let with_servers = self.sockets().into_iter().map(|socket| {
            let servers = socket.servers();
            (socket, servers)
        });
        let orders = |servers: &[Directive<'_>]| servers.iter().map(|server| server.order()).collect::<Vec<_>>();
        with_servers.filter(|(_, servers)| servers.len() > 1 && seen.insert(orders(servers))).collect()
    }

    /// Every `listen` line with its server, and every server of http that has none.
    fn uses(&self) -> Vec<(Family, Use<'_>)> {
        let lines = self.all("listen").filter_map(|line| {
            let family = line.context().and_then(family_of)?;
            Some((line.order(), family, Use { server: line.parent()?, listen: Some(line) }))
        });
        let silent = self.all("server").filter(|server| server.inside() == Some(Context::Server));
        let silent = silent.filter(|server| !server.has("listen") && server.has_plain_body());
        // nginx opens port 80 for them at their end.
        let silent = silent.map(|server| (server.last_inside().order(), Family::Http, Use { server, listen: None }));
        let mut uses: Vec<_> = lines.chain(silent).collect();
        uses.sort_by_key(|(order, ..)| *order);
        uses.into_iter().map(|(_, family, found)| (family, found)).collect()
    }
}

/// The kind of server that a context is.
pub fn family_of(context: Context) -> Option<Family> {
    match context {
        Context::Server => Some(Family::Http),
        Context::StreamServer => Some(Family::Stream),
        Context::MailServer => Some(Family::Mail),
        _ => None,
    }
}

fn keys(family: Family, line: Option<Directive<'_>>) -> Vec<Key<'_>> {
    let Some(line) = line else {
        return vec![Key { family, host: Host::Any, port: 80, is_datagram: false }];
    };
    let text = line.arg(0).filter(|text| line.is_literal(text));
    let Some(Address { host, ports, .. }) = text.and_then(|text| address::parse(text, Shape::Listen).ok()) else {
        return Vec::new();
    };
    let is_datagram = line.args().skip(1).any(|word| matches!(word, "udp" | "quic"));
    let host = if host == Host::V4([0; 4]) { Host::Any } else { host };
    let (first, last) = ports.unwrap_or(if family == Family::Http { (80, 80) } else { (0, 0) });
    let range = if last - first < MOST_PORTS { first..=last } else { first..=first };
    range.map(|port| Key { family, host: host.clone(), port, is_datagram }).collect()
}
