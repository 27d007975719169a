//! What happens to a request: server-level rewrites, the choice of a location, its rewrites, access rules, `try_files`, and
//! then a handler or a file. Conditions that only a real request decides split the run in two.

mod access;
mod rewrite;
mod value;

use super::http::Server;
use super::location::{self, Choice, Location};
use super::{Config, Directive};
use rewrite::Flow;
use value::State;

/// nginx gives up after this many internal redirects.
const MAX_ROUNDS: u8 = 10;
/// Redirects that an ACME server (and a browser, roughly) follows.
const MAX_HOPS: usize = 10;
/// More branches than this, and the outcome is not known.
const MAX_BRANCHES: usize = 32;

/// Directives that hand the request to a backend.
pub const BACKENDS: &[&str] = &["proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

/// Directives that answer in a way that the configuration does not show.
const OPAQUE_HANDLERS: &[&str] = &[
    "content_by_lua",
    "content_by_lua_block",
    "content_by_lua_file",
    "rewrite_by_lua",
    "rewrite_by_lua_block",
    "rewrite_by_lua_file",
    "access_by_lua",
    "access_by_lua_block",
    "access_by_lua_file",
    "js_content",
    "perl",
    "echo",
    "echo_exec",
    "stub_status",
    "empty_gif",
    "api",
    "auth_jwt",
    "acme_challenge",
];

/// A GET request from somewhere on the internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Does it come over TLS?
    pub tls: bool,
    /// The host name that it asks for.
    pub host: String,
    /// The port that it arrives on.
    pub port: u16,
    /// Path without arguments, decoded and normalised.
    pub path: String,
}

/// How a request ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<'c> {
    /// With a file below a `root` or `alias`; the directive that says which, none for nginx's built-in root.
    File(Option<Directive<'c>>),
    /// At a backend.
    Backend(Directive<'c>),
    /// With a redirect to a place that this configuration does not serve.
    Redirect(String),
    /// With this status, and a text if it is 200.
    Status(u16),
    /// With redirects that never end.
    Loop,
    /// In a way that the configuration alone does not tell.
    Unknown,
}

/// One way that a request can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'c> {
    /// How it ends.
    pub end: End<'c>,
    /// What decided, hop by hop: the redirects that were followed, then what gave the answer.
    pub decided_by: Vec<Directive<'c>>,
    /// The location that answered at last.
    pub location: Option<Location<'c>>,
    /// Was an `if` entered whose condition is not known?
    pub conditional: bool,
}

impl Config {
    /// Sends a request and follows its redirects as long as they stay on the servers of this configuration.
    pub fn simulate(&self, request: &Request) -> Vec<Outcome<'_>> {
        let mut done = Vec::new();
        let mut work = vec![(request.clone(), Vec::new(), false)];
        while let Some((request, trail, conditional)) = work.pop() {
            let Some(server) = self.server_for(request.port, &request.host) else {
                done.push(Outcome { end: End::Unknown, decided_by: trail, location: None, conditional });
                continue;
            };
            for mut outcome in server.answer(&request) {
                outcome.decided_by.splice(0..0, trail.iter().copied());
                outcome.conditional |= conditional;
                let next = match &outcome.end {
                    End::Redirect(target) => self.target_of(&request, target),
                    _ => None,
                };
                match next {
                    Some(_) if outcome.decided_by.len() > MAX_HOPS => done.push(Outcome { end: End::Loop, ..outcome }),
                    Some(next) => work.push((next, outcome.decided_by, outcome.conditional)),
                    None => done.push(outcome),
                }
            }
            if done.len() + work.len() > MAX_BRANCHES {
                return vec![Outcome { end: End::Unknown, decided_by: Vec::new(), location: None, conditional: false }];
            }
        }
        done
    }

    /// The request that a redirect leads to, if a server of this configuration has that name and port.
    fn target_of(&self, from: &Request, target: &str) -> Option<Request> {
        let (tls, rest) = match target.split_once("://") {
            Some((scheme, rest)) => (scheme.eq_ignore_ascii_case("https"), rest),
            None if target.starts_with('/') => return Some(Request { path: path_of(target), ..from.clone() }),
            None => return None,
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, if tls { "443" } else { "80" }));
        let request = Request { tls, host: host.to_ascii_lowercase(), port: port.parse().ok()?, path: path_of(path) };
        let server = self.server_for(request.port, &request.host)?;
        let is_named = request.host == from.host || server.names().any(|name| name.eq_ignore_ascii_case(&request.host));
        is_named.then_some(request)
    }
}

fn path_of(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

impl<'c> Server<'c> {
    /// Every way that this server can answer the request; redirects are not followed.
    pub fn answer(self, request: &Request) -> Vec<Outcome<'c>> {
        let mut run = Run { server: self, request, outcomes: Vec::new() };
        run.server_level();
        if run.outcomes.len() > MAX_BRANCHES {
            run.outcomes.clear();
            run.unknown(self.directive(), &State::new(request));
        }
        run.outcomes
    }
}

struct Run<'c, 'r> {
    server: Server<'c>,
    request: &'r Request,
    outcomes: Vec<Outcome<'c>>,
}

impl<'c> Run<'c, '_> {
    fn server_level(&mut self) {
        let level = self.server.directive();
        let state = State::new(self.request);
        if level.is_opaque() || has_any(level, OPAQUE_HANDLERS) {
            return self.unknown(level, &state);
        }
        for (state, flow) in rewrite::run(self, level, state) {
            match flow {
                Flow::Returned(directive) => self.returned(directive, &state, None),
                Flow::Redirected(directive, target) => self.redirected(directive, target, &state, None),
                Flow::Unknown(directive) => self.unknown(directive, &state),
                Flow::Continue | Flow::Last => self.find_location(state),
            }
        }
    }

    /// The choice of a location, again after each internal redirect.
    fn find_location(&mut self, mut state: State<'c>) {
        state.rounds += 1;
        if state.rounds > MAX_ROUNDS {
            return self.end(End::Status(500), self.server.directive(), &state, None);
        }
        match location::choose(self.server.directive(), &state.uri) {
            Choice::Location(location) => self.enter(location, state),
            Choice::Server => self.content(self.server.directive(), None, state),
            Choice::Unknown => self.unknown(self.server.directive(), &state),
        }
    }

    fn enter(&mut self, location: Location<'c>, mut state: State<'c>) {
        let level = location.directive;
        if location.is_internal() && !state.internal {
            return self.end(End::Status(404), level, &state, Some(location));
        }
        if level.is_opaque() || has_any(level, OPAQUE_HANDLERS) {
            return self.unknown(level, &state);
        }
        if let Some(groups) = location.regex().and_then(|regex| regex.captures(&state.uri)).flatten() {
            state.groups = groups;
        }
        for (state, flow) in rewrite::run(self, level, state) {
            match flow {
                Flow::Returned(directive) => self.returned(directive, &state, Some(location)),
                Flow::Redirected(directive, target) => self.redirected(directive, target, &state, Some(location)),
                Flow::Unknown(directive) => self.unknown(directive, &state),
                Flow::Last => self.find_location(State { internal: true, ..state }),
                Flow::Continue => self.content(level, Some(location), state),
            }
        }
    }

    /// Access rules, `try_files`, and then whoever gives the answer.
    fn content(&mut self, level: Directive<'c>, location: Option<Location<'c>>, state: State<'c>) {
        // The body of an `if` that was entered is a level of its own, inside the location.
        let inner = state.entered.unwrap_or(level);
        match access::refusal(inner) {
            access::Verdict::Granted => {}
            access::Verdict::Refused(directive, status) => return self.status(status, directive, &state, location),
            access::Verdict::Unknown(directive) => return self.unknown(directive, &state),
        }
        if state.entered.is_none()
            && let Some(try_files) = level.own("try_files").next()
            && !self.finds_file(try_files, &state)
        {
            return self.fall_back(try_files, location, state);
        }
        let backend = |level: Directive<'c>| BACKENDS.iter().find_map(|name| level.own(name).next());
        if let Some(backend) = backend(inner).or_else(|| backend(level)) {
            return self.end(End::Backend(backend), backend, &state, location);
        }
        let mapping = file_mapping(inner);
        let decided = mapping.unwrap_or(level);
        self.end(End::File(mapping), decided, &state, location);
    }

    /// Does one of the files that `try_files` names stand for the path that was asked for? Then it is taken to exist.
    fn finds_file(&self, try_files: Directive<'c>, state: &State<'c>) -> bool {
        let count = try_files.args().len().saturating_sub(1);
        let is_wanted =
            |path: Option<String>| path.is_some_and(|path| !path.ends_with('/') && path.ends_with(state.file_name()));
        try_files.args().take(count).any(|argument| is_wanted(state.evaluate(argument, self)))
    }

    fn fall_back(&mut self, try_files: Directive<'c>, location: Option<Location<'c>>, state: State<'c>) {
        let last = try_files.args().next_back().unwrap_or_default();
        if let Some(code) = last.strip_prefix('=') {
            return self.status(code.parse().unwrap_or(404), try_files, &state, location);
        }
        if last.starts_with('@') {
            let named = self.server.directive().locations().find(|location| location.pattern == last);
            return match named {
                Some(named) if state.rounds < MAX_ROUNDS => {
                    let rounds = state.rounds + 1;
                    self.enter(named, State { internal: true, rounds, ..state });
                }
                Some(_) => self.end(End::Status(500), try_files, &state, location),
                None => self.status(500, try_files, &state, location),
            };
        }
        match state.evaluate(last, self) {
            Some(target) => self.find_location(State { uri: path_of(&target), internal: true, ..state }),
            None => self.unknown(try_files, &state),
        }
    }

    fn returned(&mut self, directive: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        let first = directive.arg(0).unwrap_or_default();
        let (code, text) = match first.parse::<u16>() {
            Ok(code) => (code, directive.arg(1)),
            Err(_) => (302, Some(first)),
        };
        match (code, text) {
            (301 | 302 | 303 | 307 | 308, Some(target)) => match state.evaluate(target, self) {
                Some(target) => self.end(End::Redirect(target), directive, state, location),
                None => self.unknown(directive, state),
            },
            _ => self.end(End::Status(code), directive, state, location),
        }
    }

    fn redirected(
        &mut self,
        directive: Directive<'c>,
        target: Option<String>,
        state: &State<'c>,
        location: Option<Location<'c>>,
    ) {
        match target {
            Some(target) => self.end(End::Redirect(target), directive, state, location),
            None => self.unknown(directive, state),
        }
    }

    /// An error status, unless an `error_page` turns it into another answer.
    fn status(&mut self, status: u16, directive: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        let level = location.map_or(self.server.directive(), |location| location.directive);
        let code = status.to_string();
        let replaces =
            |page: &Directive<'_>| page.args().any(|arg| arg == code) && page.args().any(|arg| arg.starts_with('='));
        match level.effective("error_page").into_iter().find(replaces) {
            Some(page) => self.unknown(page, state),
            None => self.end(End::Status(status), directive, state, location),
        }
    }

    fn unknown(&mut self, directive: Directive<'c>, state: &State<'c>) {
        self.end(End::Unknown, directive, state, None);
    }

    fn end(&mut self, end: End<'c>, by: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        self.outcomes.push(Outcome { end, decided_by: vec![by], location, conditional: state.conditional });
    }
}

fn has_any(level: Directive<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| level.has(name))
}

/// The `root` or `alias` that holds at a level: the innermost of either.
pub fn file_mapping(level: Directive<'_>) -> Option<Directive<'_>> {
    let own =
        |level: Directive<'_>| ["alias", "root"].iter().find_map(|name| level.own(name).next_back().map(|d| d.order()));
    std::iter::once(level).chain(level.ancestors()).find_map(own).map(|order| Directive::new(level.config(), order))
}

/// The file that a mapping makes of a path; none if it depends on variables. `root` appends the path; `alias` puts itself in
/// the place of the location's prefix, and in a regex location it is the whole path.
pub fn mapped_file(mapping: Option<Directive<'_>>, path: &str) -> Option<String> {
    let Some(mapping) = mapping else { return Some(format!("html{path}")) };
    let target = mapping.arg(0)?;
    if crate::template::is_symbolic(target) {
        return None;
    }
    if mapping.is("root") {
        return Some(format!("{}{path}", target.trim_end_matches('/')));
    }
    let location = mapping.parent().and_then(Location::new)?;
    match location.is_regex() {
        true => Some(target.to_owned()),
        false => path.strip_prefix(location.pattern).map(|rest| format!("{target}{rest}")),
    }
}
