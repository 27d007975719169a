//! One request on one server, phase by phase.

use super::rewrite::{self, Flow};
use super::scene::Scene;
use super::value::State;
use super::{BACKENDS, End, MAX_BRANCHES, Outcome, REQUEST_LUA, Request, access, file_mapping, path_of};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::location::{self, Choice, Location};

/// nginx gives up after this many internal redirects.
const MAX_ROUNDS: u8 = 10;

/// Directives that answer in a way that the configuration does not show.
const OPAQUE_HANDLERS: &[&str] = &[
    "content_by_lua",
    "content_by_lua_block",
    "content_by_lua_file",
    "js_content",
    "perl",
    "echo",
    "echo_exec",
    "stub_status",
    "empty_gif",
    "api",
    "acme_challenge",
];

/// Likewise. A location takes these over from the levels around it, as it does with Lua code on requests. They let most
/// requests pass.
const INHERITED_HANDLERS: &[&str] = &["auth_jwt", "passenger_enabled"];

pub(super) struct Run<'c, 'r> {
    scene: Scene<'c, 'r>,
    outcomes: Vec<Outcome<'c>>,
}

impl<'c, 'r> Run<'c, 'r> {
    pub(super) fn new(server: Server<'c>, request: &'r Request) -> Self {
        Self { scene: Scene { server, request }, outcomes: Vec::new() }
    }

    /// Every way that the server can answer.
    pub(super) fn outcomes(mut self) -> Vec<Outcome<'c>> {
        let level = self.scene.server.directive();
        let mut state = State::new(self.scene.request, level);
        // Another server, in an include that is not known, may have the name.
        let is_elsewhere =
            !self.scene.server.has_name(&self.scene.request.host) && level.ancestors().any(Directive::is_opaque);
        state.opaque = level.is_opaque() || is_elsewhere || has_any_upward(level);
        self.server_level(state);
        self.outcomes
    }

    /// The rewrites of the server; internal redirects to another path pass them again.
    fn server_level(&mut self, mut state: State<'c>) {
        let level = self.scene.server.directive();
        state.arrive_at(level);
        for (state, flow) in rewrite::run(self.scene, level, state) {
            match flow {
                Flow::Continue | Flow::Last => self.find_location(state),
                ended => self.leave(ended, &state, None),
            }
        }
    }

    fn leave(&mut self, flow: Flow<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        match flow {
            Flow::Returned(directive) => self.returned(directive, state, location),
            Flow::Redirected(directive, Some(target)) => self.end(End::Redirect(target), directive, state, location),
            Flow::Redirected(directive, None) | Flow::Unknown(directive) => self.unknown(directive, state),
            Flow::Continue | Flow::Last => {}
        }
    }

    /// The choice of a location, again whenever the path has changed.
    fn find_location(&mut self, mut state: State<'c>) {
        if self.outcomes.len() > MAX_BRANCHES {
            return;
        }
        state.rounds += 1;
        let server = self.scene.server.directive();
        if state.rounds > MAX_ROUNDS {
            return self.give_up(&state);
        }
        state.arrive_at(server);
        match location::choose(server, &state.uri) {
            Choice::Location(location) => self.enter(location, state),
            Choice::Server if server.is_opaque() => self.unknown(server, &state),
            Choice::Server => self.content(server, None, state),
            Choice::Unknown => self.unknown(server, &state),
        }
    }

    /// Rewrites or internal redirects without end: nginx answers with an error.
    fn give_up(&mut self, state: &State<'c>) {
        self.end(End::Status(500), self.scene.server.directive(), state, None);
        let mut circle: Vec<Directive<'c>> = Vec::new();
        let rewrites = state.rewrites.as_deref().unwrap_or_default();
        // What came first may only have led into the circle.
        for rewrite in &rewrites[rewrites.len() / 2..] {
            if !circle.contains(rewrite) {
                circle.push(*rewrite);
            }
        }
        if let Some(outcome) = self.outcomes.last_mut().filter(|_| !circle.is_empty()) {
            outcome.decided_by = circle;
        }
    }

    fn enter(&mut self, location: Location<'c>, mut state: State<'c>) {
        let level = location.directive;
        state.arrive_at(level);
        state.opaque |= level.is_opaque_below(self.scene.server.directive());
        if location.is_internal() && !state.internal {
            return self.status(404, level, &state, Some(location));
        }
        if let Some(pattern) = location.regex()
            && let Some(Some(groups)) = pattern.captures(&state.uri)
        {
            state.matched(&pattern, groups);
        }
        for (state, flow) in rewrite::run(self.scene, level, state) {
            match flow {
                Flow::Last => self.find_location(state),
                Flow::Continue => self.content(level, Some(location), state),
                ended => self.leave(ended, &state, Some(location)),
            }
        }
    }

    /// Access rules, `try_files`, and then whoever gives the answer.
    fn content(&mut self, level: Directive<'c>, location: Option<Location<'c>>, state: State<'c>) {
        if has_any(level, OPAQUE_HANDLERS) || has_inherited_handler(level) {
            return self.unknown(level, &state);
        }
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
        match mapping {
            // What the include brings may be a handler.
            _ if level.is_opaque() && mapping.and_then(Directive::parent) != Some(level) => self.unknown(level, &state),
            _ if state.error_status.is_some() => self.end(End::Status(200), mapping.unwrap_or(level), &state, location),
            _ => self.end(End::File(mapping), mapping.unwrap_or(level), &state, location),
        }
    }

    /// Does one of the files that `try_files` names stand for the path that was asked for? Then it is taken to exist.
    fn finds_file(&self, try_files: Directive<'c>, state: &State<'c>) -> bool {
        let count = try_files.args().len().saturating_sub(1);
        try_files.args().take(count).any(|argument| state.is_existing_file(argument, self.scene) == Some(true))
    }

    fn fall_back(&mut self, try_files: Directive<'c>, location: Option<Location<'c>>, state: State<'c>) {
        let last = try_files.args().next_back().unwrap_or_default();
        match last.strip_prefix('=') {
            Some(code) => self.status(code.parse().unwrap_or(404), try_files, &state, location),
            None => self.go_to(last, try_files, location, state),
        }
    }

    /// An internal redirect to a named location or to another path.
    fn go_to(&mut self, target: &str, by: Directive<'c>, location: Option<Location<'c>>, mut state: State<'c>) {
        state.internal = true;
        state.rewrites = None;
        if target.starts_with('@') {
            let named = self.scene.server.directive().locations().find(|location| location.pattern == target);
            return match named {
                Some(named) if state.rounds < MAX_ROUNDS => {
                    state.rounds += 1;
                    self.enter(named, state);
                }
                None if self.scene.server.directive().is_opaque() => self.unknown(by, &state),
                _ => self.end(End::Status(500), by, &state, location),
            };
        }
        match state.evaluate(target, self.scene) {
            Some(target) => {
                state.uri = path_of(&target);
                self.server_level(state);
            }
            None => self.unknown(by, &state),
        }
    }

    fn returned(&mut self, directive: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        let first = directive.arg(0).unwrap_or_default();
        let (code, text) = match first.parse::<u16>() {
            Ok(code) => (code, directive.arg(1)),
            Err(_) => (302, Some(first)),
        };
        match (code, text) {
            (301 | 302 | 303 | 307 | 308, Some(target)) => match state.evaluate(target, self.scene) {
                Some(target) => self.end(End::Redirect(target), directive, state, location),
                None => self.unknown(directive, state),
            },
            (400.., None) if code != 444 => self.status(code, directive, state, location),
            _ => self.end(End::Status(code), directive, state, location),
        }
    }

    /// An error status, unless an `error_page` turns it into another answer.
    fn status(&mut self, status: u16, by: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        let level = location.map_or(self.scene.server.directive(), |location| location.directive);
        let code = status.to_string();
        let is_meant = |page: &Directive<'_>| page.args().rev().skip(1).any(|arg| arg == code);
        let page = match state.error_status {
            None => level.effective("error_page").into_iter().find(is_meant),
            Some(_) => None,
        };
        let Some(page) = page else { return self.end(End::Status(status), by, state, location) };
        let target = page.args().next_back().unwrap_or_default();
        if target.contains("://") {
            return match state.evaluate(target, self.scene) {
                Some(target) => self.end(End::Redirect(target), by, state, location),
                None => self.unknown(page, state),
            };
        }
        match page.args().any(|arg| arg.starts_with('=')) {
            true => self.go_to(target, page, location, State { error_status: Some(status), ..state.clone() }),
            // The page is sent with the status of the error.
            false => self.end(End::Status(status), by, state, location),
        }
    }

    fn unknown(&mut self, directive: Directive<'c>, state: &State<'c>) {
        self.end(End::Unknown, directive, state, None);
    }

    fn end(&mut self, end: End<'c>, by: Directive<'c>, state: &State<'c>, location: Option<Location<'c>>) {
        let path = state.uri.clone();
        let (conditional, opaque) = (state.conditional, state.opaque);
        self.outcomes.push(Outcome { end, decided_by: vec![by], location, path, conditional, opaque });
    }
}

impl Directive<'_> {
    /// May something that is not known stand in this location or in the locations around it, the server left out?
    fn is_opaque_below(self, server: Self) -> bool {
        std::iter::once(self).chain(self.ancestors()).take_while(|level| *level != server).any(Self::is_opaque)
    }
}

fn has_inherited_handler(level: Directive<'_>) -> bool {
    has_any(level, INHERITED_HANDLERS) || has_any(level, REQUEST_LUA)
}

fn has_any(level: Directive<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| level.has(name))
}

fn has_any_upward(level: Directive<'_>) -> bool {
    std::iter::once(level).chain(level.ancestors()).any(has_inherited_handler)
}
