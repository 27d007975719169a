//! How the challenge of an ACME server (HTTP-01) fares: whose names are validated, and what a request for a token meets.

use crate::config::http::Server;
use crate::config::http::files::{Doubled, repeated_end};
use crate::config::http::location::{Location, Modifier};
use crate::config::http::simulate::{BACKENDS, End, Outcome, Request, file_mapping, mapped_file};
use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::source::Span;

/// A challenge, with a token as long as they come.
const TOKEN_PATH: &str = "/.well-known/acme-challenge/vTq1wWQnFv0sZ8tqJ4hYxLpG7cR2mKdNbE5uA9oH3iI";
/// The folder of the challenges.
const CHALLENGE_FOLDER: &str = "/.well-known/acme-challenge";
/// Folders in which ACME clients keep certificates.
const CLIENT_FOLDERS: &[&str] = &["/letsencrypt/", "/acme.sh/", "/.acme.sh/", "/dehydrated/", "/lego/"];
/// More names of one server than this are not tried; the first ones stand for them.
const MAX_NAMES: usize = 16;

impl Location<'_> {
    /// Is it there for challenges: does it cover them, and say so? One that only turns requests away is not.
    pub fn is_for_acme(&self) -> bool {
        let says_so = || self.pattern.contains("well-known") || self.pattern.contains("acme-challenge");
        let covers = match self.modifier {
            Modifier::Prefix | Modifier::StopPrefix => TOKEN_PATH.starts_with(self.pattern),
            Modifier::Regex { .. } => {
                says_so() && self.regex().is_some_and(|regex| regex.matches(TOKEN_PATH) == Some(true))
            }
            Modifier::Exact | Modifier::Named => false,
        };
        covers && says_so() && !self.only_refuses()
    }

    fn only_refuses(&self) -> bool {
        let level = self.directive;
        let is_error = |answer: Directive<'_>| answer.arg(0).is_some_and(|code| code.starts_with(['4', '5']));
        let serves = ["root", "alias", "try_files", "proxy_pass"].iter().any(|name| level.has(name));
        !serves && (level.own("return").any(is_error) || level.own("deny").any(|rule| rule.arg(0) == Some("all")))
    }
}

impl Directive<'_> {
    /// Does it stand in a location for challenges? Whoever answers there is no site.
    pub fn is_for_acme(self) -> bool {
        self.ancestors().filter_map(Location::new).any(|location| location.is_for_acme())
    }
}

/// A host name that an ACME server may ask, and the server that it reaches first.
#[derive(Debug, Clone)]
pub struct Subject<'c> {
    /// The name; empty for a server without one.
    pub host: String,
    /// The server that answers on port 80; none if there is none.
    pub start: Option<Server<'c>>,
    /// The certificate that says that it is about ACME.
    pub certificate: Option<Directive<'c>>,
    /// The server that has the name.
    pub server: Server<'c>,
}

/// What came of a challenge that fails.
#[derive(Debug, Clone)]
pub struct Failure<'c> {
    /// What decided: on the first server where that has a location for challenges, or where nothing has.
    pub by: Directive<'c>,
    /// The location that is meant for challenges, if there is one.
    pub meant: Option<Location<'c>>,
    /// How and where it ends.
    pub outcome: Outcome<'c>,
    /// Does it fail whatever unknown conditions come to?
    pub always: bool,
    /// Could an include that is not known change it?
    pub opaque: bool,
}

impl Config {
    /// The names whose certificates are validated over HTTP, as far as the configuration tells: those of plain servers with
    /// a location for challenges, and those of TLS servers with a certificate of an ACME client or such a location.
    pub fn acme_subjects(&self, target: Option<Version>) -> Vec<Subject<'_>> {
        let mut subjects = Vec::new();
        for server in self.servers().filter(|server| !server.is_internal()) {
            let has_location = server.all_locations().any(|location| location.is_for_acme());
            let is_plain = server.public_listens().any(|listen| !server.listen_is_tls(listen, target));
            let certificate = server.acme_certificate(target);
            if !has_location && certificate.is_none() {
                continue;
            }
            let mut names: Vec<String> = server.names().filter_map(host_of).take(MAX_NAMES).collect();
            if names.is_empty() && is_plain && has_location {
                names.push(server.names().next().unwrap_or_default().to_owned());
            }
            for host in names {
                let start = if is_plain { Some(server) } else { self.server_for(80, &host) };
                subjects.push(Subject { host, start, certificate, server });
            }
        }
        subjects
    }
}

/// The host that a name stands for; none for names that no single host has.
fn host_of(name: &str) -> Option<String> {
    let host = name.strip_prefix('.').unwrap_or(name);
    (!host.contains('*') && !host.starts_with('~') && !matches!(host, "" | "_" | "localhost")).then(|| host.to_owned())
}

impl<'c> Server<'c> {
    /// Its certificate, if an ACME client keeps it.
    fn acme_certificate(self, target: Option<Version>) -> Option<Directive<'c>> {
        let is_kept = |line: &Directive<'_>| {
            line.arg(0).is_some_and(|path| CLIENT_FOLDERS.iter().any(|folder| path.contains(folder)))
        };
        let found = || self.directive().effective("ssl_certificate").into_iter().find(is_kept);
        if self.is_tls(target) { found() } else { None }
    }
}

/// A location that stands for the folder of the challenges alone, and so for no challenge.
#[derive(Debug, Clone)]
pub struct ExactLocation<'c> {
    /// The location.
    pub location: Location<'c>,
    /// What gets the challenges instead.
    pub instead: Directive<'c>,
}

impl<'c> Server<'c> {
    /// A location with `=` that was meant to serve challenges; none if something else hands them over as it would.
    pub fn exact_challenge_location(self) -> Option<ExactLocation<'c>> {
        let is_meant = |location: &Location<'_>| {
            location.modifier == Modifier::Exact && location.pattern.trim_end_matches('/') == CHALLENGE_FOLDER
        };
        let serves = |location: &Location<'_>| {
            let answers = BACKENDS.iter().chain(&["root", "alias"]).any(|name| location.directive.has(name));
            answers && !location.directive.has("return") && !location.directive.is_opaque()
        };
        let location = self.directive().locations().filter(is_meant).find(serves)?;
        let host = self.names().next().unwrap_or_default().to_owned();
        let port = self.public_listens().find_map(|listen| listen.socket.port).unwrap_or(80);
        let outcomes = self.simulate(&Request { tls: false, host, port, path: TOKEN_PATH.to_owned() });
        let instead =
            |outcome: &Outcome<'c>| Some(outcome.location.map_or(*outcome.decided_by.last()?, |l| l.directive));
        let is_lost = |outcome: &Outcome<'c>| !outcome.opaque && !hands_over(outcome, location);
        let is_dead = !self.directive().is_opaque_upward() && outcomes.iter().all(is_lost);
        let instead = outcomes.first().and_then(instead).filter(|_| is_dead)?;
        Some(ExactLocation { location, instead })
    }
}

/// Does a challenge get what this location would give it? What is not known may.
fn hands_over(outcome: &Outcome<'_>, meant: Location<'_>) -> bool {
    let argument = |pass: Directive<'_>| pass.arg(0).map(str::to_owned);
    outcome.location.is_some_and(|location| location.is_for_acme())
        || match outcome.end {
            End::File(mapping) => mapping.and_then(argument) == file_mapping(meant.directive).and_then(argument),
            End::Backend(pass) => meant.directive.own(pass.name()).any(|own| own.arg(0) == pass.arg(0)),
            End::Status(200) | End::Unknown => true,
            _ => false,
        }
}

impl Location<'_> {
    /// The file that nginx takes for a challenge here; none if that is not a file, or if it is not known.
    pub fn challenge_file(&self) -> Option<String> {
        let level = self.directive;
        if self.is_regex() || !self.is_for_acme() || level.has("location") || level.is_opaque_upward() {
            return None;
        }
        if !level.only_serves_files() || !level.tries_the_path_only() {
            return None;
        }
        mapped_file(Some(file_mapping(level)?), TOKEN_PATH)
    }

    /// Does this `root` of its own, where challenges are served, end in a part of their path already?
    pub fn challenge_folder_doubled_by<'c>(&self, root: Directive<'c>) -> Option<Doubled<'c>> {
        let is_plain = self.is_for_acme() && !self.directive.rewrites() && self.directive.tries_the_path_only();
        let ends = [CHALLENGE_FOLDER, "/.well-known"].into_iter().filter(|_| is_plain);
        ends.filter_map(|end| repeated_end(root, end.trim_start_matches('/'))).next()
    }
}

/// The file that an ACME client writes for a challenge below its webroot.
pub fn written_challenge(webroot: &str) -> String {
    format!("{}{TOKEN_PATH}", webroot.trim_end_matches('/'))
}

impl<'c> Subject<'c> {
    /// Asks for a token; none if it is served, or if nobody can tell.
    pub fn failure(&self) -> Option<Failure<'c>> {
        // An exact location for the folder itself is the matter of a rule of its own.
        let has_exact = self.start.is_some_and(|start| start.exact_challenge_location().is_some());
        if has_exact {
            return None;
        }
        let Some(start) = self.start else {
            let by = self.certificate?;
            let outcome = Outcome::unknown(TOKEN_PATH, Vec::new());
            return Some(Failure { by, meant: None, outcome, always: false, opaque: by.is_opaque_upward() });
        };
        let port = start.public_listens().filter_map(|listen| listen.socket.port).next().unwrap_or(80);
        let port = if port == 443 || start.has_public_port(80) { 80 } else { port };
        let request = Request { tls: false, host: self.host.clone(), port, path: TOKEN_PATH.to_owned() };
        let outcomes = start.simulate(&request);
        let sure = || outcomes.iter().filter(|outcome| !outcome.conditional);
        let always = !outcomes.is_empty() && outcomes.iter().all(is_bad);
        if !always && (sure().next().is_none() || !sure().all(is_bad)) {
            return None;
        }
        let outcome = sure().next().or(outcomes.first())?.clone();
        let (first, last) = (*outcome.decided_by.first()?, *outcome.decided_by.last()?);
        let meant_in = |server: Server<'c>| server.all_locations().find(Location::is_for_acme);
        let meant_first = meant_in(start);
        let meant_last = || last.config().server_of(last).and_then(meant_in);
        let (meant, by) = match meant_first {
            Some(meant) => (Some(meant), first),
            None => meant_last().map_or((None, first), |meant| (Some(meant), last)),
        };
        let opaque = outcomes.iter().any(|outcome| outcome.opaque);
        Some(Failure { by, meant, outcome, always, opaque })
    }
}

impl<'c> Subject<'c> {
    /// What else has to do with a failure: where it is, and what is to be said about it.
    pub fn places(&self, failure: &Failure<'c>) -> Vec<(Span, &'static str)> {
        let meant = failure.meant.map(|meant| meant.directive).filter(|meant| *meant != failure.primary());
        let last = failure.outcome.decided_by.last().copied().filter(|last| *last != failure.by);
        let certificate = self.certificate.filter(|certificate| *certificate != failure.by);
        let said = [
            (meant, "this location is meant for the challenges"),
            (last, "the challenge ends here"),
            (certificate, "this certificate is renewed by an ACME client"),
        ];
        said.into_iter().filter_map(|(directive, text)| Some((directive?.head(), text))).collect()
    }
}

/// Will the ACME server not get the token this way?
fn is_bad(outcome: &Outcome<'_>) -> bool {
    let is_meant = outcome.location.is_some_and(|location| location.pattern.contains("well-known"));
    // What was to serve files does not send them elsewhere.
    let serves =
        |location: Location<'_>| ["root", "alias", "try_files"].iter().any(|name| location.directive.has(name));
    match &outcome.end {
        End::File(_) | End::Unknown => false,
        // A location of its own for challenges hands them over on purpose.
        End::Backend(_) => !is_meant,
        End::Redirect(_) => !is_meant || outcome.location.is_some_and(serves),
        End::Status(status) => *status >= 400,
        End::Loop => true,
    }
}

impl<'c> Failure<'c> {
    /// The regex location that took the request away from the one that is meant.
    pub fn winning_regex(&self) -> Option<Location<'c>> {
        let location = Location::new(self.by).or_else(|| self.by.enclosing("location").and_then(Location::new))?;
        (location.is_regex() && Some(location) != self.meant).then_some(location)
    }

    /// Where to look first: the winning location, or the directive that decides.
    pub fn primary(&self) -> Directive<'c> {
        self.winning_regex().filter(|_| self.meant.is_some()).map_or(self.by, |regex| regex.directive)
    }

    /// Does a rewrite directive of the server decide, before any location is chosen?
    pub fn is_before_locations(&self) -> bool {
        self.by.enclosing("location").is_none() && matches!(self.by.name(), "return" | "rewrite")
    }

    /// Why the location that is meant for challenges does not hand over the token.
    pub fn reason(&self) -> String {
        let name = self.by.name();
        match (self.winning_regex(), name) {
            _ if self.is_before_locations() => format!("`{name}` of the server comes first"),
            (Some(regex), _) => format!("the regex `{}` wins", regex.pattern),
            (_, "deny") => "`deny` turns the CA away".to_owned(),
            (_, "auth_basic" | "auth_request") => format!("`{name}` asks the CA for a login"),
            (_, "location") if self.meant.is_some_and(|meant| meant.is_internal()) => "it is `internal`".to_owned(),
            _ => format!("requests end in {}", self.end()),
        }
    }

    /// How it ends, in words.
    pub fn end(&self) -> String {
        match &self.outcome.end {
            End::Redirect(_) => "a redirect".to_owned(),
            End::Backend(backend) => format!("`{}`", backend.name()),
            End::Status(status) => format!("status {status}"),
            End::Loop => "a redirect loop".to_owned(),
            End::File(_) | End::Unknown => "no server on port 80".to_owned(),
        }
    }
}

/// A change of the text that lets challenges through: what it does, and what to put where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What it does, in the imperative.
    pub title: &'static str,
    /// The text to put in the place of each span.
    pub edits: Vec<(Span, String)>,
}

impl<'c> Failure<'c> {
    /// A way to mend it, where that is simple. `webroot`: the folder that the ACME client writes to.
    pub fn repair(&self, webroot: Option<&str>) -> Option<Repair> {
        match (self.meant, self.winning_regex()) {
            (None, _) => self.add_location(webroot?),
            (Some(_), _) if self.is_before_locations() => {
                let text = self.in_root_location()?;
                Some(Repair { title: "move it into `location /`", edits: vec![(self.by.span(), text)] })
            }
            (Some(meant), Some(regex)) => {
                let is_beside = meant.directive.parent() == regex.directive.parent();
                let span = meant.directive.arg_span(meant.pattern_arg).filter(|_| is_beside)?;
                let edits = vec![(span.at_start(), "^~ ".to_owned())];
                (meant.modifier == Modifier::Prefix).then_some(Repair { title: "keep regexes away with ^~", edits })
            }
            (Some(meant), None) => lift(meant, self.by),
        }
    }

    /// The deciding directive of the server, wrapped; none if the server has a `location /`, or if it is part of an `if`.
    fn in_root_location(&self) -> Option<String> {
        let server = self.by.parent().filter(|level| level.is("server"))?;
        let has_root = server.locations().any(|location| location.is_prefix() && location.pattern == "/");
        let text = self.by.config().library().text(self.by.span());
        (!has_root && text.ends_with(';')).then(|| format!("location / {{ {text} }}"))
    }

    fn add_location(&self, webroot: &str) -> Option<Repair> {
        let title = "serve the challenges from the folder that the ACME client writes to";
        let line = format!("location ^~ /.well-known/acme-challenge/ {{ root {webroot}; }}");
        if webroot.contains(['$', ';', '{', '}', '"', '\'', ' ']) {
            return None;
        }
        let place =
            std::iter::once(self.by).chain(self.by.ancestors()).find(|d| d.parent().is_some_and(|p| p.is("server")))?;
        let (span, mut text) = place.insertion_before(&[line]);
        match self.is_before_locations() {
            true => text.push_str(&self.in_root_location()?),
            false => return place.is("location").then_some(Repair { title, edits: vec![(span, text)] }),
        }
        Some(Repair { title, edits: vec![(place.span(), text)] })
    }
}

/// Lifts an access rule of an outer level for the location.
fn lift(meant: Location<'_>, by: Directive<'_>) -> Option<Repair> {
    let (line, own) = match by.name() {
        "auth_basic" => ("auth_basic off;", ["auth_basic", "auth_basic"]),
        "auth_request" => ("auth_request off;", ["auth_request", "auth_request"]),
        "deny" => ("allow all;", ["allow", "deny"]),
        _ => return None,
    };
    let edit = meant.directive.insertion_inside(&[line.to_owned()])?;
    let is_free = own.iter().all(|name| !meant.directive.has(name));
    is_free.then_some(Repair { title: "lift the access rule in the location for challenges", edits: vec![edit] })
}
