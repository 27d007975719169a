//! Addresses as nginx reads them: sockets with a host and a port, and networks.

use super::measure::number;
use super::version::Version;

/// What stands in front of the port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host<'t> {
    /// `*`, or a port alone: every IPv4 address of the machine.
    Any,
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 address.
    V6([u8; 16]),
    /// A name that is looked up.
    Name(&'t str),
    /// The path of a unix socket.
    Unix(&'t str),
}

/// An address of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'t> {
    /// Its host or path.
    pub host: Host<'t>,
    /// The first and the last port; none where none is written.
    pub ports: Option<(u16, u16)>,
    /// What follows behind it (`/path`, `?query`; behind the second colon of a unix socket); none if nothing does.
    pub uri: Option<&'t str>,
}

/// How a directive reads an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `listen`: a port alone is enough, ports may be a range.
    Listen,
    /// A peer: `server` of an upstream, `fastcgi_pass`.
    Peer,
    /// A peer with a path behind it: `proxy_pass`.
    PeerWithUri,
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing in front of the port.
    NoHost,
    /// A slash or another letter that no host has.
    Host,
    /// A `[` that is not closed, or text between `]` and the port.
    Brackets,
    /// It looks like an IPv6 address without brackets.
    NeedsBrackets,
    /// What stands in brackets is no IPv6 address.
    V6,
    /// The port is no number from 1 to 65535.
    Port,
    /// The range ends before it begins.
    Range,
    /// `unix:` alone.
    NoPath,
    /// The path of a unix socket is longer than the system allows.
    LongPath,
    /// No name server can know such a name.
    Unresolvable,
}

impl Fault {
    /// What is wrong, to follow the quoted address: "has no host".
    pub fn says(self) -> &'static str {
        match self {
            Self::NoHost => "has no host",
            Self::Host => "is no host with a port",
            Self::Brackets => "is not of the form [address]:port",
            Self::NeedsBrackets => "is an IPv6 address without brackets",
            Self::V6 => "holds no IPv6 address in its brackets",
            Self::Port => "has no port from 1 to 65535",
            Self::Range => "has a range of ports that ends before it begins",
            Self::NoPath => "names no path",
            Self::LongPath => "has a path of more than 107 bytes",
            Self::Unresolvable => "can be no address and no host name",
        }
    }

    /// What to write for a peer instead.
    pub fn advice(self, text: &str) -> &'static str {
        match self {
            _ if text.contains("://") => "write a host and a port alone, without a scheme",
            Self::Unresolvable if text.contains('$') => "nginx takes no variables here",
            Self::Unresolvable if text.contains(',') => "separate addresses with blanks",
            Self::NeedsBrackets => "put the address into brackets: `[::1]:80`",
            Self::NoPath | Self::LongPath => "write `unix:` and a path of at most 107 bytes",
            Self::Host if text.starts_with('/') => "write `unix:` in front of the path of a socket",
            _ => "write a host and a port, such as `127.0.0.1:8080`, or `unix:` and a path",
        }
    }
}

/// The address of a peer, whose host has to be one that can be found.
pub fn judge_peer(text: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    parse(text, shape).and_then(|address| match address.host {
        Host::Name(name) if !can_be_resolved(name) => Err(Fault::Unresolvable),
        _ => Ok(address),
    })
}

/// The longest path of a unix socket on Linux.
const LONGEST_PATH: usize = 107;

/// Reads an address.
pub fn parse(text: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("unix:")) {
        return unix(&text[5..], shape);
    }
    match text.strip_prefix('[') {
        Some(rest) => bracketed(rest, shape),
        None => plain(text, shape),
    }
}

fn unix(rest: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    // Every peer may be followed by a URI; only proxy_pass has a use for it.
    let (path, uri) = match rest.split_once(':') {
        Some((path, uri)) if shape == Shape::PeerWithUri => (path, Some(uri).filter(|uri| !uri.is_empty())),
        _ => (rest, None),
    };
    match path.len() {
        0 => Err(Fault::NoPath),
        length if length > LONGEST_PATH => Err(Fault::LongPath),
        _ => Ok(Address { host: Host::Unix(path), ports: None, uri }),
    }
}

/// What is in front of a URI, and the URI.
fn split_uri(text: &str, shape: Shape) -> Result<(&str, Option<&str>), Fault> {
    match text.find(['/', '?']) {
        Some(at) if shape == Shape::PeerWithUri => Ok((&text[..at], Some(&text[at..]))),
        Some(_) => Err(Fault::Host),
        None => Ok((text, None)),
    }
}

fn bracketed(rest: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    let (inside, behind) = rest.split_once(']').ok_or(Fault::Brackets)?;
    let (port, uri) = split_uri(behind, shape)?;
    let ports = match port.strip_prefix(':') {
        Some(port) => Some(ports(port, shape)?),
        None if port.is_empty() => None,
        None => return Err(Fault::Brackets),
    };
    if inside.is_empty() {
        return Err(Fault::NoHost);
    }
    let host = Host::V6(v6(inside).ok_or(Fault::V6)?);
    Ok(Address { host, ports, uri })
}

fn plain(text: &str, shape: Shape) -> Result<Address<'_>, Fault> {
    let (authority, uri) = split_uri(text, shape)?;
    let (host, ports) = match authority.split_once(':') {
        Some((host, port)) => match ports(port, shape) {
            Err(Fault::Port) if v6(authority).is_some() => return Err(Fault::NeedsBrackets),
            ports => (host, Some(ports?)),
        },
        None if shape == Shape::Listen => match ports_alone(authority)? {
            Some(ports) => return Ok(Address { host: Host::Any, ports: Some(ports), uri }),
            None => (authority, None),
        },
        None => (authority, None),
    };
    let host = match host {
        "" => return Err(Fault::NoHost),
        "*" if shape == Shape::Listen => Host::Any,
        host => v4(host).map_or(Host::Name(host), Host::V4),
    };
    Ok(Address { host, ports, uri })
}

/// What `listen` makes of a word without a colon, if it is a number or a range.
fn ports_alone(text: &str) -> Result<Option<(u16, u16)>, Fault> {
    let is_number = |text: &str| number(text).is_some();
    match text.split_once('-') {
        Some((first, last)) if is_number(first) && is_number(last) => ports(text, Shape::Listen).map(Some),
        None if is_number(text) => ports(text, Shape::Listen).map(Some),
        _ => Ok(None),
    }
}

fn ports(text: &str, shape: Shape) -> Result<(u16, u16), Fault> {
    let port = |text: &str| {
        number(text).and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0).ok_or(Fault::Port)
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) if shape == Shape::Listen => (port(first)?, port(last)?),
        _ => (port(text)?, port(text)?),
    };
    if first <= last { Ok((first, last)) } else { Err(Fault::Range) }
}

/// An IPv4 address: digits and three dots. A part may be empty, which is zero.
pub fn v4(text: &str) -> Option<[u8; 4]> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let mut parts = [0_u8; 4];
    let mut count = 0;
    for part in text.split('.') {
        let value = if part.is_empty() { Some(0) } else { part.trim_start_matches('0').parse().ok() };
        let value = if !part.is_empty() && part.bytes().all(|byte| byte == b'0') { Some(0) } else { value };
        *parts.get_mut(count)? = value?;
        count += 1;
    }
    // nginx cannot tell the broadcast address from its own mark for a failure.
    (count == 4 && parts != [255; 4]).then_some(parts)
}

/// An IPv6 address without brackets and without a zone.
pub fn v6(text: &str) -> Option<[u8; 16]> {
    let address: core::net::Ipv6Addr = text.parse().ok()?;
    // To nginx, `::` stands for more than a single zero if it comes last.
    let groups = text.split(':').filter(|group| !group.is_empty()).count() + usize::from(text.contains('.'));
    (!text.contains("::") || groups < 7 || (groups == 7 && !text.ends_with("::"))).then_some(address.octets())
}

/// Since this release, a local address in brackets needs no port.
const BRACKETS_WITHOUT_PORT: Version = Version::new(1, 27, 3);

/// Is this an IP address of the machine itself, as `proxy_bind` wants it: with or without a port, no name?
pub fn is_local(text: &str, release: Version) -> bool {
    if v6(text).is_some() {
        return true;
    }
    let has_port = |address: &Address<'_>| address.ports.is_some() || release >= BRACKETS_WITHOUT_PORT;
    parse(text, Shape::Peer).is_ok_and(|address| match address.host {
        Host::V4(_) => true,
        Host::V6(_) => has_port(&address),
        Host::Any | Host::Name(_) | Host::Unix(_) => false,
    })
}

/// Can a name server, or the system's own list, know a host of this name? What is in doubt is `true`.
pub fn can_be_resolved(host: &str) -> bool {
    let is_known_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') || !c.is_ascii();
    let is_numeric = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    match () {
        // The system's own reader knows a zone behind an IPv6 address.
        () if host.contains(':') => host.contains('%') || host.parse::<core::net::Ipv6Addr>().is_ok(),
        () if is_numeric => is_old_style_v4(host),
        () => host.chars().all(is_known_letter) && !host.starts_with('-') && !last.eq_ignore_ascii_case("invalid"),
    }
}

/// The C library reads `127.1` and `10` as IPv4 addresses, too.
fn is_old_style_v4(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let (Some(last), true) = (parts.last(), parts.len() <= 4) else { return false };
    let room = 1_u64 << (8 * (5 - parts.len()));
    let fits = |text: &str, room: u64| number(text).is_some_and(|number| number < room);
    parts[..parts.len() - 1].iter().all(|part| fits(part, 256)) && fits(last, room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_takes_ports_and_ranges() {
        let any = |first, last| Ok(Address { host: Host::Any, ports: Some((first, last)), uri: None });
        assert_eq!(parse("80", Shape::Listen), any(80, 80));
        assert_eq!(parse("8080-8090", Shape::Listen), any(8080, 8090));
        assert_eq!(parse("*:80", Shape::Listen), any(80, 80));
        assert_eq!(parse("00080", Shape::Listen), any(80, 80));
        for (text, fault) in [
            ("0", Fault::Port),
            ("65536", Fault::Port),
            ("90-80", Fault::Range),
            (":80", Fault::NoHost),
            ("", Fault::NoHost),
            ("::1", Fault::NeedsBrackets),
            ("[::1", Fault::Brackets),
            ("[::1]80", Fault::Brackets),
            ("[]:80", Fault::NoHost),
            ("[x]:80", Fault::V6),
            ("[::1]:", Fault::Port),
            ("127.0.0.1:", Fault::Port),
            ("127.0.0.1/8", Fault::Host),
            ("http://a:80", Fault::Host),
            ("*:*", Fault::Port),
            ("unix:", Fault::NoPath),
        ] {
            assert_eq!(parse(text, Shape::Listen), Err(fault), "{text}");
        }
        assert_eq!(parse(&format!("unix:{}", "x".repeat(108)), Shape::Peer), Err(Fault::LongPath));
        for name in ["80,81", "80-", "-80", "a b", "99999999999999999999"] {
            assert_eq!(parse(name, Shape::Listen).map(|address| address.host), Ok(Host::Name(name)));
        }
    }

    #[test]
    fn peers_have_no_ranges_and_perhaps_a_uri() {
        assert_eq!(parse("127.0.0.1:1-2", Shape::Peer), Err(Fault::Port));
        assert_eq!(parse("80", Shape::Peer).map(|address| address.host), Ok(Host::Name("80")));
        assert_eq!(parse("a/x", Shape::Peer), Err(Fault::Host));
        let uri = |text| parse(text, Shape::PeerWithUri).map(|address| address.uri);
        assert_eq!((uri("a:80/x"), uri("a?x"), uri("a")), (Ok(Some("/x")), Ok(Some("?x")), Ok(None)));
        assert_eq!((uri("unix:/x:/y"), uri("unix:/x:"), uri("unix:/x")), (Ok(Some("/y")), Ok(None), Ok(None)));
        assert_eq!(uri("/x"), Err(Fault::NoHost));
    }

    #[test]
    fn parts_of_an_address_may_be_empty() {
        assert_eq!(v4("127...1"), Some([127, 0, 0, 1]));
        assert_eq!(v4("010.0.0.1"), Some([10, 0, 0, 1]));
        for text in ["10.0.0", "10.0.0.256", "10.0.0.1.", "1.2.3.4 ", "", "255.255.255.255", "a.b.c.d"] {
            assert_eq!(v4(text), None, "{text}");
        }
        assert!(v6("::").is_some() && v6("1:2:3:4:5:6:7:8").is_some() && v6("::1.2.3.4").is_some());
        for text in ["1:2:3:4:5:6:7::", ":::", "1::2::3", "12345::", "::1%lo", ":1", "[::1]"] {
            assert_eq!(v6(text), None, "{text}");
        }
    }

    #[test]
    fn local_addresses_are_no_names() {
        let is = |text| is_local(text, Version::NEWEST);
        assert!(is("127.0.0.1") && is("127.0.0.1:80") && is("::1") && is("[::1]:80") && is("[::1]"));
        assert!(!is_local("[::1]", Version::new(1, 22, 1)));
        for text in ["localhost", "", "127.0.0.1:0", "unix:/x", "eth0", "300.0.0.1"] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn some_words_are_no_host_names() {
        for host in ["a", "a_b.test", "127.1", "10", "bücher.test", "fe80::1%eth0", "255.255.255.255", "a."] {
            assert!(can_be_resolved(host), "{host}");
        }
        for host in ["$host", "a,b", "*", "-a", "300.1.1.1", "1.2.3.4.5", "a b", "x.invalid", "10.0.0.0/8", "::1::"] {
            assert!(!can_be_resolved(host), "{host}");
        }
    }
}
