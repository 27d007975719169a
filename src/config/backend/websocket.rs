//! Whether a backend can be asked to switch to the WebSocket protocol.

use foldhash::HashMap;

use crate::config::backend::{Backends, HTTP_1_1_BY_DEFAULT, HeaderUse, PROXY_HEADERS, is_header};
use crate::config::http::location::Location;
use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::template::is_symbolic;

/// Parts of paths that stand for WebSocket endpoints.
pub const SOCKET_SEGMENTS: &[&str] = &[
    "ws",
    "wss",
    "websocket",
    "websockets",
    "socket.io",
    "sockjs",
    "sockjs-node",
    "engine.io",
    "cable",
    "signalr",
    "primus",
    "_stcore",
];

/// Parts of paths that stand for streams of events, which a browser keeps reading.
pub const STREAM_SEGMENTS: &[&str] = &["event-stream", "event_stream", "eventsource", "eventstream", "mercure", "sse"];

/// Those of them that stand for libraries whose servers send something every half minute or more often.
const PINGING_SEGMENTS: &[&str] =
    &["socket.io", "engine.io", "sockjs", "sockjs-node", "cable", "signalr", "primus", "_stcore"];

/// What the headers in force make of a request for an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake<'c> {
    /// Nobody meant to pass upgrades on, or it is not known.
    NotMeant,
    /// Both headers go out; the `Upgrade` line.
    Complete(Directive<'c>),
    /// `Connection` is not set; the `Upgrade` line.
    NoConnection(Directive<'c>),
    /// `Connection` says something else; its line.
    WrongConnection(Directive<'c>),
    /// `Upgrade` is not set, or set to nothing; the line that makes `Connection` always ask for an upgrade.
    NoUpgrade(Directive<'c>),
}

/// What is known of the values of headers, each worked out once.
#[derive(Debug)]
pub struct Handshakes<'c> {
    config: &'c Config,
    sends: HashMap<&'c str, Option<bool>>,
    asks: HashMap<&'c str, Option<bool>>,
}

impl<'c> Handshakes<'c> {
    /// Nothing is worked out yet.
    pub fn new(config: &'c Config) -> Self {
        Self { config, sends: HashMap::default(), asks: HashMap::default() }
    }

    /// Can these headers bring a request for an upgrade to the backend?
    pub fn of(&mut self, found: &HeaderUse<'c>) -> Handshake<'c> {
        let last = |name| found.header(PROXY_HEADERS, name).next_back();
        let (upgrade, connection) = (last("upgrade"), last("connection"));
        let value = |line: Option<Directive<'c>>| line.and_then(|line| line.arg(1)).unwrap_or_default();
        let config = self.config;
        let sends = *self.sends.entry(value(upgrade)).or_insert_with_key(|value| config.sends_something(value));
        let asks = *self.asks.entry(value(connection)).or_insert_with_key(|value| config.asks_for_upgrade(value));
        match (sends, asks, upgrade, connection) {
            (Some(true), Some(true), Some(upgrade), _) => Handshake::Complete(upgrade),
            (Some(true), Some(false), _, Some(connection)) => Handshake::WrongConnection(connection),
            (Some(true), Some(false), Some(upgrade), None) => Handshake::NoConnection(upgrade),
            (Some(false), Some(true), _, Some(line)) if !value(connection).contains('$') => Handshake::NoUpgrade(line),
            _ => Handshake::NotMeant,
        }
    }
}

impl<'c> HeaderUse<'c> {
    /// Does no line say anything about upgrades, and was none lost on the way here?
    pub fn is_silent_about_upgrades(&self) -> bool {
        let is_about = |line: &Directive<'_>| is_header(*line, "upgrade") || is_header(*line, "connection");
        !self.level.own(PROXY_HEADERS.name).chain(self.dropped(PROXY_HEADERS)).any(|line| is_about(&line))
    }
}

/// The version of HTTP that a backend is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpokenHttp<'c> {
    /// HTTP/1.0, by this directive or by default.
    Old(Option<Directive<'c>>),
    /// By default, and the release that decides is not known.
    ByRelease,
    /// HTTP/1.1 or later, or not known.
    New,
}

impl<'c> HeaderUse<'c> {
    /// The `proxy_pass` with the oldest version of HTTP, and that version.
    pub fn oldest_http(&self, target: Option<Version>) -> Option<(Directive<'c>, SpokenHttp<'c>)> {
        let spoken = self.passes.iter().map(|pass| (*pass, spoken_http(*pass, target)));
        spoken.min_by_key(|(_, version)| match version {
            SpokenHttp::Old(_) => 0,
            SpokenHttp::ByRelease => 1,
            SpokenHttp::New => 2,
        })
    }
}

/// The version of HTTP that a `proxy_pass` speaks with this release of nginx.
pub fn spoken_http<'c>(pass: Directive<'c>, target: Option<Version>) -> SpokenHttp<'c> {
    let Some(level) = pass.parent() else { return SpokenHttp::New };
    match (level.value("proxy_http_version"), target) {
        (Some(version), _) if version.arg(0) == Some("1.0") => SpokenHttp::Old(Some(version)),
        (Some(_), _) => SpokenHttp::New,
        (None, _) if level.is_opaque_upward() => SpokenHttp::New,
        (None, Some(target)) if target < HTTP_1_1_BY_DEFAULT => SpokenHttp::Old(None),
        (None, Some(_)) => SpokenHttp::New,
        (None, None) => SpokenHttp::ByRelease,
    }
}

impl Location<'_> {
    /// Is one of these words a part of its path? In a regex, what stands between slashes and signs of the regex counts.
    pub fn has_segment(&self, words: &[&str]) -> bool {
        let is_word = |part: &str| words.iter().any(|word| word.eq_ignore_ascii_case(part));
        if self.is_regex() {
            let signs = ['/', '^', '$', '(', ')', '|', '?', ':', '*', '+', '[', ']'];
            self.pattern.replace('\\', "").split(signs).any(is_word)
        } else {
            self.pattern.split('/').any(is_word)
        }
    }

    /// Does its path end with the name of a file, such as a script that talks to a WebSocket?
    pub fn is_about_files(&self) -> bool {
        let end = self.pattern.trim_end_matches(['$', ')']).to_ascii_lowercase();
        [".js", ".css", ".map", ".wsdl", ".html", ".htm", ".php", ".png", ".svg"]
            .iter()
            .any(|ending| end.ends_with(ending))
    }

    /// Does its path speak of WebSockets?
    pub fn is_socket_endpoint(&self) -> bool {
        self.has_segment(SOCKET_SEGMENTS)
    }
}

impl Location<'_> {
    /// Does its path name a library that, unless it is told otherwise, keeps its WebSockets awake?
    pub fn is_pinging_socket_endpoint(&self) -> bool {
        self.has_segment(PINGING_SEGMENTS)
    }
}

/// Does the path of a location around this directive speak of WebSockets?
pub fn is_in_socket_endpoint(directive: Directive<'_>) -> bool {
    directive.ancestors().filter_map(Location::new).any(|location| location.is_socket_endpoint())
}

/// Do paths, names or the backend's name say that hardly anything but WebSockets is passed on here?
pub fn is_meant_for_sockets(pass: Directive<'_>) -> bool {
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        text.contains("socket") || parts.any(|part| matches!(part, "ws" | "wss" | "hmr" | "realtime" | "signalr"))
    };
    let mut around = pass.ancestors().filter_map(Location::new);
    is_in_socket_endpoint(pass)
        || around.any(|location| speaks(location.pattern))
        || pass.arg(0).is_some_and(speaks)
        || pass.enclosing("server").is_some_and(|server| server.own("server_name").any(|name| name.args().any(speaks)))
}

impl<'c> Backends<'c> {
    /// The line that keeps connections to the group behind a `*_pass` open, or the group itself where the release does so
    /// by default.
    pub fn pool(&self, pass: Directive<'c>, target: Option<Version>) -> Option<Directive<'c>> {
        let group = self.upstream(pass)?;
        match group.own("keepalive").next_back() {
            Some(pool) => (pool.arg(0) != Some("0")).then_some(pool),
            None => target.is_some_and(|target| target >= HTTP_1_1_BY_DEFAULT).then_some(group),
        }
    }
}

impl Config {
    /// The variable of a `map` that asks for an upgrade whenever the client does.
    pub fn upgrade_variable(&self) -> Option<&str> {
        let maps = self.all("map").filter(|map| map.arg(0) == Some("$http_upgrade"));
        maps.filter_map(|map| map.arg(1)).find(|variable| self.asks_for_upgrade(variable) == Some(true))
    }

    /// Can a `Connection` line of this value ask for an upgrade? None if that is not known.
    fn asks_for_upgrade<'c>(&'c self, value: &'c str) -> Option<bool> {
        self.some_value(value, 0, &|value| match value {
            "$http_connection" => Some(true),
            _ if !value.contains('$') && value.to_ascii_lowercase().contains("upgrade") => Some(true),
            // Any other header of the client says something else.
            _ if value.starts_with("$http_") => Some(false),
            _ => (!is_symbolic(value)).then_some(false),
        })
    }

    /// Can a line of this value send a header at all, which an empty one does not? None if that is not known.
    fn sends_something<'c>(&'c self, value: &'c str) -> Option<bool> {
        self.some_value(value, 0, &|value| match value {
            _ if value.starts_with("$http_") => Some(true),
            _ => (!is_symbolic(value)).then_some(!value.is_empty()),
        })
    }

    /// Is the answer yes for one of the values that a text can have?
    fn some_value<'c>(&'c self, value: &'c str, depth: u8, answer: &dyn Fn(&str) -> Option<bool>) -> Option<bool> {
        if let Some(known) = answer(value) {
            return Some(known);
        }
        let values = self.possible_values(value).filter(|_| depth < 3)?;
        let answers: Vec<Option<bool>> =
            values.iter().map(|value| self.some_value(value.text, depth + 1, answer)).collect();
        if answers.contains(&Some(true)) {
            Some(true)
        } else {
            answers.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
        }
    }
}
