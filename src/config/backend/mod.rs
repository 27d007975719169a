//! What backends get to see: where requests are passed to, with which headers, and who asks for them.

pub mod backend_tls;
pub mod cache;
pub mod forwarded;
pub mod keepalive;
pub mod late_host;
pub mod passed_uri;
pub mod service_host;
pub mod waiting;
pub mod websocket;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use foldhash::{HashMap, HashSet};

use crate::config::http::location::Location;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::version::Version;
use crate::source::Span;
use crate::template::is_symbolic;

/// From this release on, nginx speaks HTTP/1.1 to a backend unless told otherwise, and sends no `Connection: close`.
pub const HTTP_1_1_BY_DEFAULT: Version = Version::new(1, 29, 7);

/// Directives that send a subrequest to a URI of the same server.
const SUBREQUESTS: &[&str] = &[
    "auth_request",
    "mirror",
    "nchan_authorize_request",
    "nchan_publisher_upstream_request",
    "nchan_subscribe_request",
    "nchan_unsubscribe_request",
    "vod_drm_upstream_location",
    "vod_fallback_upstream_location",
    "vod_remote_upstream_location",
    "vod_upstream_location",
];

/// Ends of names that only mean something inside a network.
const PRIVATE_ENDINGS: &[&str] = &[
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".intranet",
    ".private",
    ".lan",
    ".home",
    ".corp",
    ".arpa",
    ".svc",
    ".consul",
    ".docker",
];

/// A list of request headers (or parameters), and the directive that passes requests on with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderList {
    /// The directive of one line.
    pub name: &'static str,
    /// The directive that uses the list.
    pub pass: &'static str,
}

/// The headers of `proxy_pass`.
pub const PROXY_HEADERS: HeaderList = HeaderList { name: "proxy_set_header", pass: "proxy_pass" };
/// The headers of `grpc_pass`.
pub const GRPC_HEADERS: HeaderList = HeaderList { name: "grpc_set_header", pass: "grpc_pass" };

/// The parameters of FastCGI, uwsgi and SCGI, which are inherited in the same way.
pub const PARAMS: [HeaderList; 3] = [
    HeaderList { name: "fastcgi_param", pass: "fastcgi_pass" },
    HeaderList { name: "uwsgi_param", pass: "uwsgi_pass" },
    HeaderList { name: "scgi_param", pass: "scgi_pass" },
];

/// All of them.
const HEADER_LISTS: [HeaderList; 5] = [PROXY_HEADERS, GRPC_HEADERS, PARAMS[0], PARAMS[1], PARAMS[2]];

/// What [`Backends::header_uses`] has found for each list: levels, and what is passed on from there.
pub(in crate::config) type KnownUses = [OnceLock<Vec<(u32, Vec<u32>)>>; HEADER_LISTS.len()];

/// Whose the backend is, as far as its address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Part of the same installation: an IP address, a socket, a short or private name.
    Application,
    /// A service with public names.
    External,
    /// Known only when the request comes, or after rendering.
    Unknown,
}

/// The levels that one set of header lines is in force for.
#[derive(Debug)]
pub struct HeaderUse<'c> {
    /// Where the lines stand; a level without any where no level has one.
    pub level: Directive<'c>,
    /// Everything that is passed on with them.
    pub passes: Vec<Directive<'c>>,
}

impl<'c> HeaderUse<'c> {
    /// The lines in force that set this header.
    pub fn header(&self, list: HeaderList, name: &str) -> impl DoubleEndedIterator<Item = Directive<'c>> {
        self.level.own(list.name).filter(move |line| is_header(*line, name))
    }

    /// The lines that would be in force if this level had none, and whose headers no own line sets.
    pub fn dropped(&self, list: HeaderList) -> Vec<Directive<'c>> {
        if !self.level.has(list.name) {
            return Vec::new();
        }
        let outer = self.level.parent().and_then(|parent| parent.list_level(list.name));
        let own: HashSet<String> = self.level.own(list.name).filter_map(header_name).collect();
        let is_lost = |line: &Directive<'_>| header_name(*line).is_some_and(|name| !own.contains(&name));
        outer.map(|outer| outer.own(list.name).filter(is_lost).collect()).unwrap_or_default()
    }
}

impl<'c> HeaderUse<'c> {
    /// Where and what to insert so that these lines are in force in the location of a `*_pass`, too: next to it, and with
    /// all that the location would no longer inherit with lines of its own.
    pub fn insertion(&self, list: HeaderList, pass: Directive<'c>, added: &[String]) -> Option<(Span, String)> {
        let location = pass.enclosing("location")?;
        let next_to = std::iter::once(pass).chain(pass.ancestors()).find(|level| level.parent() == Some(location))?;
        let inherited = self.level.own(list.name).filter(|_| self.level != location);
        let lines: Vec<String> = inherited.map(Directive::as_line).chain(added.iter().cloned()).collect();
        (next_to.in_file() == location.in_file()).then(|| next_to.insertion_before(&lines))
    }
}

/// Does this line set this header (names have no case)?
pub fn is_header(line: Directive<'_>, name: &str) -> bool {
    line.arg(0).is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// Does this line tell a backend who asks, and for which site?
pub fn is_identity_header(line: Directive<'_>) -> bool {
    let name = header_name(line).unwrap_or_default();
    matches!(name.as_str(), "host" | "x-real-ip" | "forwarded" | "x-scheme") || name.starts_with("x-forwarded-")
}

/// The header that a line sets, in lower case.
fn header_name(line: Directive<'_>) -> Option<String> {
    line.arg(0).map(str::to_ascii_lowercase)
}

/// Would nginx send the same without this line? An unknown release gets the benefit of the doubt.
pub fn is_default_header(line: Directive<'_>, target: Option<Version>) -> bool {
    let (Some(name), value) = (header_name(line), line.arg(1).unwrap_or_default()) else { return false };
    match (name.as_str(), value) {
        ("host", "$proxy_host") => line.is(PROXY_HEADERS.name),
        ("connection", "close") => target.is_none_or(|target| target < HTTP_1_1_BY_DEFAULT),
        ("connection", "") => line.is(GRPC_HEADERS.name) || target.is_none_or(|target| target >= HTTP_1_1_BY_DEFAULT),
        ("upgrade" | "te" | "keep-alive" | "expect", "") => true,
        _ => false,
    }
}

/// All backends of a configuration.
#[derive(Debug)]
pub struct Backends<'c> {
    config: &'c Config,
    upstreams: HashMap<&'c str, Directive<'c>>,
    /// Server (0 where it is not known) and path of what subrequests ask for.
    subrequests: HashSet<(u32, &'c str)>,
}

impl Config {
    /// The backends, ready for questions.
    pub fn backends(&self) -> Backends<'_> {
        let is_http = |upstream: &Directive<'_>| upstream.inside() == Some(Context::Upstream);
        let upstreams = self.all("upstream").filter(is_http).filter_map(|upstream| Some((upstream.arg(0)?, upstream)));
        let asking = SUBREQUESTS.iter().flat_map(|name| self.all(name));
        let subrequests = asking.filter_map(|directive| Some((server_order(directive), directive.arg(0)?)));
        Backends { config: self, upstreams: upstreams.collect(), subrequests: subrequests.collect() }
    }
}

fn server_order(directive: Directive<'_>) -> u32 {
    directive.enclosing("server").map_or(0, Directive::order)
}

impl<'c> Backends<'c> {
    /// Every directive of this name (`proxy_pass` and its like) that passes on what a location gets.
    pub fn passes(&self, name: &str) -> impl Iterator<Item = Directive<'c>> {
        let levels = [Context::Location, Context::IfInLocation, Context::LimitExcept];
        self.config.all(name).filter(move |pass| pass.context().is_some_and(|context| levels.contains(&context)))
    }

    /// The upstream that a `*_pass` names.
    pub fn upstream(&self, pass: Directive<'c>) -> Option<Directive<'c>> {
        self.upstreams.get(authority(pass)).copied()
    }

    /// Whose the backend behind a `*_pass` is.
    pub fn target(&self, pass: Directive<'c>) -> Target {
        let Some(upstream) = self.upstream(pass) else { return target_of_authority(authority(pass)) };
        let mut known = Target::Unknown;
        for server in upstream.own("server").filter_map(|server| server.arg(0)) {
            match target_of_authority(server) {
                Target::Application => return Target::Application,
                Target::External => known = Target::External,
                Target::Unknown => {}
            }
        }
        known
    }

    /// Does this `*_pass` serve subrequests or internal redirects only? A named location is an ordinary detour and is no
    /// helper; one that asks without the request's body is.
    pub fn is_helper(&self, pass: Directive<'c>) -> bool {
        let server = server_order(pass);
        let is_asked = |path| self.subrequests.contains(&(server, path)) || self.subrequests.contains(&(0, path));
        let asks_without_body =
            pass.parent().and_then(|level| level.value("proxy_pass_request_body")).and_then(|body| body.arg(0))
                == Some("off");
        let mut around = pass.ancestors().filter_map(Location::new);
        asks_without_body || around.any(|location| location.directive.has("internal") || is_asked(location.pattern))
    }

    /// Which header lines are in force where requests are passed on, by the level of these lines. What an unknown include
    /// or a placeholder may change is left out.
    pub fn header_uses(&self, list: HeaderList) -> impl Iterator<Item = HeaderUse<'c>> {
        let (number, config) = (HEADER_LISTS.iter().position(|known| *known == list).unwrap_or_default(), self.config);
        let directive = |order: &u32| Directive::new(config, *order);
        let known = config.header_uses[number].get_or_init(|| self.find_header_uses(list));
        known.iter().map(move |(level, passes)| HeaderUse {
            level: directive(level),
            passes: passes.iter().map(directive).collect(),
        })
    }

    fn find_header_uses(&self, list: HeaderList) -> Vec<(u32, Vec<u32>)> {
        let mut uses: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for pass in self.passes(list.pass) {
            let level = pass.parent().and_then(|level| level.list_level(list.name)).filter(|level| !level.is_opaque());
            if let Some(level) = level {
                uses.entry(level.order()).or_default().push(pass.order());
            }
        }
        let is_unknown = |line: Directive<'_>| line.arg(0).is_none_or(is_symbolic);
        uses.retain(|level, _| !Directive::new(self.config, *level).own(list.name).any(is_unknown));
        uses.into_iter().collect()
    }
}

impl Directive<'_> {
    /// The level whose lines hold here of a list that is replaced as a whole: this one, else the nearest one around that has
    /// any, else the outermost. None if something unknown on the way there may hold some.
    pub fn list_level(self, name: &str) -> Option<Self> {
        let mut level = self;
        while !level.has(name) {
            if level.is_opaque() {
                return None;
            }
            let Some(parent) = level.parent() else { break };
            level = parent;
        }
        Some(level)
    }
}

/// The `Host` that a backend sees without a line that sets it: nginx's `$proxy_host`.
pub fn default_host<'c>(pass: Directive<'c>) -> &'c str {
    let authority = authority(pass);
    let is_https = pass.arg(0).is_some_and(|target| target.starts_with("https:"));
    let default_port = if is_https { ":443" } else { ":80" };
    if authority.starts_with("unix:") { "localhost" } else { authority.strip_suffix(default_port).unwrap_or(authority) }
}

/// Name and port in a target, without scheme and path.
pub(super) fn authority<'c>(pass: Directive<'c>) -> &'c str {
    let target = pass.arg(0).unwrap_or_default();
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    if rest.starts_with("unix:") {
        return rest;
    }
    // A variable that begins with the path, glued to the name, is no part of the name.
    let begins_path = |at: &usize| match rest.as_bytes()[*at] {
        b'$' => ["$request_uri", "$uri", "$document_uri"].iter().any(|start| rest[*at..].starts_with(start)),
        _ => true,
    };
    let path = memchr::memchr3_iter(b'/', b'?', b'$', rest.as_bytes()).find(begins_path);
    &rest[..path.filter(|at| *at > 0).unwrap_or(rest.len())]
}

fn target_of_authority(authority: &str) -> Target {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => authority,
    };
    // Behind a variable, a public domain may still be certain: `$bucket.storage.example`.
    let tail = match name.rfind(['$', '}']).map(|at| &name[at + 1..]) {
        Some(tail) => tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        None => name,
    };
    let is_address = name.starts_with('[') || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_private = |name: &str| PRIVATE_ENDINGS.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    match () {
        () if authority.starts_with("unix:") => Target::Application,
        () if is_symbolic(name) => match tail.trim_start_matches('.').contains('.') && !is_private(tail) {
            true => Target::External,
            false => Target::Unknown,
        },
        () if is_address || !name.contains('.') || is_private(name) => Target::Application,
        () => Target::External,
    }
}
