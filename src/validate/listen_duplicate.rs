use crate::check::{Check, Rule};
use crate::config::machine::sockets::{Socket, Use};
use crate::diagnostic::{Severity, shorten};
use crate::nginx::family::Family;
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "listen-duplicate", page: include_str!("../../rules/listen-duplicate.md"), check };

/// From this release on, servers of stream can share a socket.
const SHARED_IN_STREAM: Version = Version::new(1, 25, 5);
/// From this release on, nginx warns where servers of one socket ask for different protocols.
const WARNS_OF_PROTOCOLS: Version = Version::new(1, 23, 4);

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for socket in config.sockets() {
        match socket.key.family() {
            Family::Http => check_shared(check, &socket),
            Family::Stream if check.release() >= SHARED_IN_STREAM => check_shared(check, &socket),
            Family::Stream | Family::Mail => check_single(check, &socket),
        }
    }
}

/// One server alone may have it.
fn check_single<'c>(check: &mut Check<'c>, socket: &Socket<'c>) {
    for found in &socket.uses[1..] {
        let help = match socket.key.family() {
            Family::Stream => "servers of stream share a socket since nginx 1.25.5 only",
            _ => "one server alone may listen there",
        };
        report(check, socket, *found, socket.uses[0], "is taken already", "first").help(help);
    }
}

/// Servers share it, but it is set up once.
fn check_shared<'c>(check: &mut Check<'c>, socket: &Socket<'c>) {
    let (mut default, mut options): (Option<Use<'c>>, Option<Use<'c>>) = (None, None);
    let mut last: Option<Use<'c>> = None;
    let warns = socket.key.family() == Family::Http && check.release() >= WARNS_OF_PROTOCOLS;
    let mut strongest = socket.uses[0];
    for found in socket.uses.iter().copied() {
        // The lines of one server follow each other.
        let same_server = last.replace(found).filter(|last| last.server == found.server);
        let earlier_options = options.filter(|_| found.sets_options());
        let earlier_default = default.filter(|_| found.says_default());
        if let Some(first) = same_server {
            report(check, socket, found, first, "stands twice in one server", "first")
                .help("take one of the lines out");
        } else if let Some(first) = earlier_options {
            let what = "gets socket options from two servers";
            let help =
                "set `bind`, `backlog=`, `reuseport` and their like in one server; they hold for all on the socket";
            report(check, socket, found, first, what, "options are set here").help(help);
        } else if let Some(first) = earlier_default {
            let what = "has two default servers";
            report(check, socket, found, first, what, "the first one")
                .help("one server on a socket can be the default");
        } else if warns && !includes(strongest, found) && !includes(found, strongest) {
            let finding =
                report(check, socket, found, strongest, "is asked for different protocols", "other words here");
            finding
                .severity(Severity::Warning)
                .help("write the same of `ssl`, `http2` and `proxy_protocol` in both lines");
            finding.nginx_rejects = false;
        }
        options = options.or(Some(found).filter(|found| found.sets_options()));
        default = default.or(Some(found).filter(|found| found.says_default()));
        strongest = if includes(found, strongest) { found } else { strongest };
    }
}

/// Does `one` ask for all protocols that `other` asks for?
fn includes(one: Use<'_>, other: Use<'_>) -> bool {
    let protocols = one.protocols();
    other.protocols().iter().all(|word| protocols.contains(word))
}

fn report<'r, 'c>(
    check: &'r mut Check<'c>,
    socket: &Socket<'c>,
    found: Use<'c>,
    first: Use<'c>,
    what: &str,
    label: &'static str,
) -> &'r mut crate::diagnostic::Diagnostic {
    let line = found.listen.unwrap_or(found.server);
    let message = format!("`{}` {what}", shorten(&socket.key.display(), 40));
    let other = first.listen.unwrap_or(first.server).head();
    check.report_at(line, line.verdict_on_arg(0), message).related(other, label)
}
