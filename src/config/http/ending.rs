//! What a server does with its visitors: does it answer them, send them elsewhere, or turn everyone away?

use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::location::{self, Choice, Location};
use crate::config::http::simulate::{self, BACKENDS, End, Outcome, Request};

/// What becomes of requests, the most that any of them gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// An error status or an empty answer for everyone.
    Refused,
    /// A redirect.
    Redirected,
    /// An answer.
    Answered,
}

/// Directives that let a program answer.
const CODE: &[&str] = &["content_by_lua", "content_by_lua_block", "content_by_lua_file", "js_content", "perl"];

/// A level that answers, and the directive that hands its requests to a backend or a program.
#[derive(Debug, Clone, Copy)]
pub struct Front<'c> {
    /// A server, a location, or an `if` in one.
    pub level: Directive<'c>,
    /// `proxy_pass` or one of its sisters.
    pub backend: Option<Directive<'c>>,
}

impl<'c> Directive<'c> {
    /// What becomes of the requests that reach this server, location or `if`.
    pub fn ending(self) -> Ending {
        self.rewrite_ending().unwrap_or(if denies_everyone(self) { Ending::Refused } else { Ending::Answered })
    }

    /// The most that becomes of any request at this level and below; an answer where no server is seen that would say it.
    pub fn best_ending(self) -> Ending {
        let config = self.config();
        match config.server_of(self) {
            Some(server) if server.directive() == self => server.ending(),
            Some(_) => self.leaves().map(Directive::ending).max().unwrap_or(self.ending()),
            None => config.servers().map(Server::ending).max().unwrap_or(Ending::Answered),
        }
    }

    /// The end that the rewrite directives of this level make of every request; none if some go on.
    fn rewrite_ending(self) -> Option<Ending> {
        let mut best = Ending::Refused;
        for directive in self.children() {
            // Conditions do not nest, so one step inside is all there is.
            let inside = if directive.is("if") { directive.children().find_map(own_ending) } else { None };
            best = best.max(inside.unwrap_or(Ending::Refused));
            if let Some(ending) = own_ending(directive) {
                return Some(best.max(ending));
            }
        }
        None
    }
}

/// The end that this directive alone makes of every request that gets to it.
fn own_ending(directive: Directive<'_>) -> Option<Ending> {
    match directive.name() {
        "return" => Some(return_ending(directive)),
        "rewrite" if redirects_everything(directive) => Some(Ending::Redirected),
        _ => None,
    }
}

/// Does this `return` answer with a status that is an error?
pub fn is_error(end: Directive<'_>) -> bool {
    end.arg(0).is_some_and(|code| code.len() == 3 && code.starts_with(['4', '5']))
}

/// The end that this `return` makes of every request that gets to it.
pub fn return_ending(directive: Directive<'_>) -> Ending {
    let first = directive.arg(0).unwrap_or_default();
    match first.parse::<u16>() {
        Ok(301 | 302 | 303 | 307 | 308) => Ending::Redirected,
        Ok(204 | 400..) => {
            let level = directive.parent().unwrap_or(directive);
            let is_replaced = level.effective("error_page").iter().any(|page| page.args().any(|arg| arg == first));
            if is_replaced { Ending::Answered } else { Ending::Refused }
        }
        Ok(_) => Ending::Answered,
        Err(_) => Ending::Redirected,
    }
}

/// Does this rewrite send everyone who gets to its level elsewhere?
pub fn redirects_everything(rewrite: Directive<'_>) -> bool {
    let pattern = rewrite.arg(0).unwrap_or_default().trim_start_matches('^');
    // Everything that gets into a location begins with its prefix, until a rewrite there changes it.
    let is_first = |level: &Directive<'_>| level.own("rewrite").next() == Some(rewrite);
    let location = rewrite.parent().filter(is_first).and_then(Location::new).filter(Location::is_prefix);
    let prefix = location.map_or("/", |own| own.pattern);
    let is_all = |rest: &str| matches!(rest, "" | ".*" | ".*$" | "(.*)" | "(.*)$" | "/?(.*)" | "/?(.*)$");
    let covers_all = ["", "/", prefix].into_iter().filter_map(|start| pattern.strip_prefix(start)).any(is_all);
    let target = rewrite.arg(1).unwrap_or_default();
    let leaves = ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
    covers_all && (leaves || matches!(rewrite.arg(2), Some("redirect" | "permanent")))
}

/// Do the access rules in force turn away everyone?
fn denies_everyone(level: Directive<'_>) -> bool {
    // Cheaper than a walk through all levels around, where locations are nested deeply.
    if level.config().all("deny").next().is_none() {
        return false;
    }
    let rules = level.access_level();
    let is_any = || level.value("satisfy").is_some_and(|satisfy| satisfy.arg(0) == Some("any"));
    let is_total = |rules: &Directive<'_>| rules.own("deny").any(|deny| deny.arg(0) == Some("all"));
    rules.is_some_and(|rules| !rules.has("allow") && is_total(&rules)) && !is_any()
}

impl<'c> Server<'c> {
    /// What becomes of its visitors; ACME challenges are none.
    pub fn ending(self) -> Ending {
        *self.data().ending.get_or_init(|| self.find_ending())
    }

    fn find_ending(self) -> Ending {
        let level = self.directive();
        if level.rejects_handshakes() {
            return Ending::Refused;
        }
        if let Some(ending) = level.rewrite_ending() {
            return ending;
        }
        let covers_all = |location: Location<'_>| location.is_prefix() && location.pattern == "/";
        let own = if level.locations().any(covers_all) { Ending::Refused } else { level.ending() };
        self.visited_locations().map(|location| location.directive.ending()).max().unwrap_or(own).max(own)
    }

    /// The locations that visitors can reach.
    fn visited_locations(self) -> impl Iterator<Item = Location<'c>> {
        let is_visited = |location: &Location<'_>| {
            !location.is_internal() && !location.pattern.trim_start_matches(['^', '\\']).starts_with("/.well-known")
        };
        self.all_locations().filter(is_visited)
    }

    /// The levels that answer `/`. Where nothing does, those that answer other paths.
    pub fn fronts(self) -> Vec<Front<'c>> {
        let host = self.names().next().unwrap_or_default().to_owned();
        let request = Request { tls: true, host, port: 443, path: "/".to_owned() };
        let outcomes = self.answer(&request);
        let is_plain = outcomes.iter().any(|outcome| !outcome.conditional);
        let outcomes = outcomes.iter().filter(|outcome| !(is_plain && outcome.conditional));
        let fronts = outcomes.map(|outcome| self.front(outcome));
        let answers = |front: &Front<'_>| front.level.ending() != Ending::Refused && !self.has_nothing_at(front.level);
        let fronts: Vec<_> = fronts.filter(answers).collect();
        if !fronts.is_empty() {
            return fronts;
        }
        let levels = self.visited_locations().map(|location| location.directive);
        let others: Vec<_> = levels.map(front_of).filter(answers).collect();
        if others.is_empty() { vec![front_of(self.directive())] } else { others }
    }

    fn front(self, outcome: &Outcome<'c>) -> Front<'c> {
        let backend = match outcome.end {
            End::Backend(backend) => Some(backend),
            End::Unknown => return front_of(self.chosen("/")),
            _ => None,
        };
        let decided = outcome.decided_by.last().and_then(|by| if by.is_block() { Some(*by) } else { by.parent() });
        let outermost = outcome.location.map_or(self.directive(), |location| location.directive);
        let level = decided.filter(|level| outermost.contains(*level)).unwrap_or(outermost);
        Front { level, backend }
    }

    /// The location that nginx chooses for a path, or the server itself.
    fn chosen(self, path: &str) -> Directive<'c> {
        match location::choose(self.directive(), path) {
            Choice::Location(location) => location.directive,
            Choice::Server | Choice::Unknown => self.directive(),
        }
    }

    /// Would this level be the server itself, without a folder to take files from?
    fn has_nothing_at(self, level: Directive<'_>) -> bool {
        level == self.directive() && level.rewrite_ending().is_none() && simulate::file_mapping(level).is_none()
    }
}

fn front_of(level: Directive<'_>) -> Front<'_> {
    Front { level, backend: BACKENDS.iter().chain(CODE).find_map(|name| level.own(name).next()) }
}
