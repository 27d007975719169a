use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Server;
use crate::config::http::ending::{Ending, Front};
use crate::config::http::headers::ResponseHeader;
use crate::diagnostic::{Confidence, Edit, Safety, Severity, shorten};

pub(super) const RULE: Rule = Rule { id: "hsts-missing", page: include_str!("../../rules/hsts-missing.md"), check };

fn check(check: &mut Check<'_>) {
    if check.option("backend-sends-hsts", false) {
        return;
    }
    let (config, target) = (check.config, check.target());
    let header = ResponseHeader::new(config, "strict-transport-security");
    for server in config.servers().filter(|server| server.is_tls(target) && !server.is_internal()) {
        if server.ending() == Ending::Refused {
            continue;
        }
        let fronts = server.fronts();
        // A header that gets lost on the way inwards is the matter of add-header-dropped.
        let lacks = |level| header.is_sent(level) == Some(false) && !header.is_added_around(level);
        if fronts.iter().all(|front| lacks(front.level)) {
            let some = header.is_added_inside(server.directive());
            report(check, server, fronts[0], if some { ("sends no", " for `/`") } else { ("never sends", "") });
        }
    }
}

fn report<'c>(check: &mut Check<'c>, server: Server<'c>, front: Front<'c>, (verb, part): (&str, &str)) {
    let (config, target, evidence) = (check.config, check.target(), check.project.backend_hsts.as_ref());
    let age: u64 = check.option("min-age", 31_536_000);
    let line = format!("add_header Strict-Transport-Security \"max-age={age}\" always;");
    let name = shorten(&server.display_name(), 32);
    let message = format!("TLS server `{name}` {verb} Strict-Transport-Security{part}");
    let finding = check.report_at(server.directive(), server.directive().name_span(), message);
    finding.help(format!("add `{line}` to it once all its names work over HTTPS, or set `backend-sends-hsts`"));
    let listen = server.listens().iter().find(|listen| server.listen_is_tls(listen, target));
    if let Some(listen) = listen.and_then(|listen| listen.directive(config)) {
        finding.related(listen.head(), "speaks TLS here");
    }
    if server.ending() == Ending::Redirected {
        finding.severity(Severity::Info);
    }
    if let Some(backend) = front.backend {
        finding.confidence(Confidence::Medium).related(backend.head(), "the backend may send it");
        if let Some(evidence) = evidence {
            finding.severity(Severity::Info).related(evidence.span, "makes the application send it");
        }
    }
    if let Some(edit) = insertion(server.directive(), front.level, line) {
        finding.fix("send the header", Safety::Unsafe, vec![edit]);
    }
}

/// Among the headers that hold where `/` is answered; without any, behind what the server says about TLS.
fn insertion<'c>(server: Directive<'c>, front: Directive<'c>, line: String) -> Option<Edit> {
    let is_here = |directive: &Directive<'_>| directive.in_file() == server.in_file();
    if let Some(level) = std::iter::once(front).chain(front.ancestors()).find(|level| level.has("add_header")) {
        let first = level.own("add_header").find(is_here)?;
        // Lines of an outer level would be lost below one in the server.
        let (place, text) = first.insertion_before(&[line]);
        return (level == server || server.contains(level)).then(|| Edit::insert(place, text));
    }
    let about_tls = |directive: &Directive<'_>| directive.name().starts_with("ssl_") && !directive.is_block();
    let last = server.children().filter(is_here).filter(about_tls).last();
    let (place, text) = last.or(server.own("listen").rfind(is_here))?.insertion_behind(&line);
    Some(Edit::insert(place, text))
}
