//! Parameters of `listen`, by the kind of server and the release.

use super::family::Family;
use super::measure::{number, seconds, size};
use super::version::Version;

/// What a parameter looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A word alone.
    Word,
    /// `name=` and digits, not zero.
    Positive,
    /// `name=` and digits.
    Number,
    /// `name=` and a size.
    Size,
    /// `name=on` or `name=off`.
    Switch,
    /// `name=on`, `name=off`, or three times.
    KeepAlive,
    /// `name=` and anything.
    Text,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, without `=`.
    pub name: &'static str,
    shape: Shape,
    /// Is it an option of the socket, which only one server may set?
    pub is_socket_option: bool,
    /// Does a datagram socket (`quic`, `udp`) take it?
    datagram: bool,
    /// The first release with it in http, stream and mail.
    since: [Option<Version>; 3],
    /// The first release without it.
    removed: Option<Version>,
}

const OLD: Option<Version> = Some(Version::new(0, 1, 0));

const fn v(major: u16, minor: u16, patch: u16) -> Option<Version> {
    Some(Version::new(major, minor, patch))
}

const fn parameter(name: &'static str, shape: Shape, since: [Option<Version>; 3]) -> Parameter {
    Parameter { name, shape, is_socket_option: true, datagram: true, since, removed: None }
}

impl Parameter {
    const fn of_protocol(self) -> Self {
        Self { is_socket_option: false, ..self }
    }

    const fn streams_only(self) -> Self {
        Self { datagram: false, ..self }
    }
}

/// All parameters, sorted by name.
const PARAMETERS: &[Parameter] = &[
    parameter("accept_filter", Shape::Text, [OLD, v(1, 25, 5), None]),
    parameter("backlog", Shape::Positive, [OLD, v(1, 9, 2), v(1, 9, 2)]).streams_only(),
    parameter("bind", Shape::Word, [OLD, v(1, 9, 0), OLD]),
    parameter("default", Shape::Word, [OLD, None, None]).of_protocol(),
    parameter("default_server", Shape::Word, [v(0, 8, 21), v(1, 25, 5), None]).of_protocol(),
    parameter("deferred", Shape::Word, [OLD, v(1, 25, 5), None]).streams_only(),
    parameter("fastopen", Shape::Number, [v(1, 5, 8), v(1, 21, 0), None]).streams_only(),
    parameter("http2", Shape::Word, [v(1, 9, 5), None, None]).of_protocol().streams_only(),
    parameter("ipv6only", Shape::Switch, [OLD, v(1, 9, 0), OLD]),
    parameter("multipath", Shape::Word, [v(1, 29, 7), v(1, 29, 7), v(1, 29, 7)]).streams_only(),
    parameter("proxy_protocol", Shape::Word, [v(1, 5, 12), v(1, 11, 4), v(1, 19, 8)]).of_protocol().streams_only(),
    parameter("quic", Shape::Word, [v(1, 25, 0), None, None]).of_protocol(),
    parameter("rcvbuf", Shape::Size, [OLD, v(1, 13, 0), v(1, 13, 0)]),
    parameter("reuseport", Shape::Word, [v(1, 9, 1), v(1, 9, 1), None]),
    parameter("setfib", Shape::Number, [v(0, 8, 44), v(1, 25, 5), None]),
    parameter("sndbuf", Shape::Size, [OLD, v(1, 13, 0), v(1, 13, 0)]),
    parameter("so_keepalive", Shape::KeepAlive, [v(1, 1, 11), v(1, 9, 0), v(1, 1, 11)]).streams_only(),
    Parameter {
        removed: v(1, 19, 7),
        ..parameter("spdy", Shape::Word, [v(1, 3, 15), None, None]).of_protocol().streams_only()
    },
    parameter("ssl", Shape::Word, [OLD, v(1, 9, 0), OLD]).of_protocol().streams_only(),
    parameter("udp", Shape::Word, [None, v(1, 9, 13), None]).of_protocol(),
];

/// Why nginx refuses a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing has such a name; perhaps this is meant.
    Unknown(Option<&'static str>),
    /// It exists in another kind of server only.
    OtherFamily(Family),
    /// It is newer than this.
    Since(Version),
    /// It was taken out with this release.
    Removed(Version),
    /// Its value is not of this kind.
    Value(&'static str),
}

/// The parameter that a word is about.
pub fn lookup(word: &str) -> Option<&'static Parameter> {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}

/// Does a socket for datagrams take this parameter?
pub fn fits_datagrams(word: &str) -> bool {
    lookup(word).is_none_or(|parameter| parameter.datagram)
}

/// What is wrong with a parameter in a release.
pub fn fault(word: &str, family: Family, release: Version) -> Option<Fault> {
    let written = word.split_once('=');
    let Some(parameter) = lookup(word).filter(|known| written.is_some() == (known.shape != Shape::Word)) else {
        return Some(Fault::Unknown(likely(word)));
    };
    let Some(since) = parameter.since[family as usize] else {
        let other = [Family::Http, Family::Stream].into_iter().find(|other| parameter.since[*other as usize].is_some());
        return Some(other.map_or(Fault::Unknown(None), Fault::OtherFamily));
    };
    if release < since {
        return Some(Fault::Since(since));
    }
    if let Some(removed) = parameter.removed.filter(|removed| *removed <= release) {
        return Some(Fault::Removed(removed));
    }
    let value = written.map_or("", |(_, value)| value);
    parameter.shape.wants(value).map(Fault::Value)
}

impl Shape {
    /// What this shape wants, unless the value has it.
    fn wants(self, value: &str) -> Option<&'static str> {
        let (fits, wanted) = match self {
            Self::Word | Self::Text => (true, ""),
            Self::Positive => (number(value).is_some_and(|number| number > 0), "a number above 0"),
            Self::Number => (number(value).is_some(), "a number"),
            Self::Size => (size(value).is_some(), "a size such as 64k"),
            Self::Switch => (matches!(value, "on" | "off"), "on or off"),
            Self::KeepAlive => (is_keepalive(value), "on, off or idle:interval:count, such as 30m::10"),
        };
        (!fits).then_some(wanted)
    }
}

fn is_keepalive(value: &str) -> bool {
    if matches!(value, "on" | "off") {
        return true;
    }
    let seconds = |text: &str| {
        if text.is_empty() { Some(0) } else { seconds(text) }
    };
    let count = |text: &str| if text.is_empty() { Some(0) } else { number(text) };
    let parts: Vec<&str> = value.split(':').collect();
    let values = match parts[..] {
        [idle] => [seconds(idle), Some(0), Some(0)],
        [idle, interval] => [seconds(idle), seconds(interval), Some(0)],
        [idle, interval, times] => [seconds(idle), seconds(interval), count(times)],
        _ => return false,
    };
    values.iter().all(Option::is_some) && values.iter().flatten().any(|value| *value > 0)
}

/// What a wrong word is probably meant to be: another letter case, an ending too much or too few, a missing `=`.
fn likely(word: &str) -> Option<&'static str> {
    let name = word.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let is_near = |known: &&Parameter| {
        let (long, short) =
            if known.name.len() > name.len() { (known.name, name.as_str()) } else { (name.as_str(), known.name) };
        let start = short.get(..short.len().saturating_sub(1)).filter(|start| start.len() > 1);
        long.len() - short.len() < 2 && start.is_some_and(|start| long.starts_with(start))
            || long.replace(['-', '_'], "") == short.replace(['-', '_'], "")
    };
    if name == "http3" { Some("quic") } else { PARAMETERS.iter().find(is_near).map(|known| known.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(word: &str, family: Family) -> Option<Fault> {
        fault(word, family, Version::NEWEST)
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(PARAMETERS.is_sorted_by_key(|parameter| parameter.name));
    }

    #[test]
    fn families_and_releases_differ() {
        assert_eq!(newest("udp", Family::Http), Some(Fault::OtherFamily(Family::Stream)));
        assert_eq!(newest("http2", Family::Stream), Some(Fault::OtherFamily(Family::Http)));
        assert_eq!(newest("udp", Family::Stream), None);
        let old = Version::new(1, 22, 1);
        assert_eq!(fault("quic", Family::Http, old), Some(Fault::Since(Version::new(1, 25, 0))));
        assert_eq!(fault("deferred", Family::Stream, old), Some(Fault::Since(Version::new(1, 25, 5))));
        assert_eq!(newest("spdy", Family::Http), Some(Fault::Removed(Version::new(1, 19, 7))));
    }

    #[test]
    fn near_misses_are_told() {
        for (word, meant) in [
            ("default_servers", "default_server"),
            ("SSL", "ssl"),
            ("http3", "quic"),
            ("defaultserver", "default_server"),
        ] {
            assert_eq!(newest(word, Family::Http), Some(Fault::Unknown(Some(meant))), "{word}");
        }
        assert_eq!(newest("127.0.0.1", Family::Http), Some(Fault::Unknown(None)));
        assert_eq!(newest("", Family::Http), Some(Fault::Unknown(None)));
        assert!(matches!(newest("backlog", Family::Http), Some(Fault::Unknown(_))));
    }

    #[test]
    fn values_have_shapes() {
        for word in ["backlog=5", "rcvbuf=1k", "rcvbuf=0", "fastopen=0", "ipv6only=on", "so_keepalive=30m::10"] {
            assert_eq!(newest(word, Family::Http), None, "{word}");
        }
        for word in ["backlog=0", "backlog=", "rcvbuf=1g", "fastopen=", "ipv6only=ON", "so_keepalive=On"] {
            assert!(matches!(newest(word, Family::Http), Some(Fault::Value(_))), "{word}");
        }
        for value in ["1", "1:2", "1:2:", "::10", "30m", "1M:1:1", "on", "off"] {
            assert!(is_keepalive(value), "{value}");
        }
        for value in ["", "::", "0:0:0", "::0", "::x", "1:2:3:4", "500ms", "on:", "-1"] {
            assert!(!is_keepalive(value), "{value}");
        }
    }
}
