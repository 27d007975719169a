use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::ending::Ending;
use crate::config::http::headers::ResponseHeader;
use crate::config::http::simulate::file_mapping;
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "security-headers-missing", page: include_str!("../../rules/security-headers-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, target) = (check.config, check.target());
    let [sniffing, framing, policy] = ["x-content-type-options", "x-frame-options", "content-security-policy"]
        .map(|name| ResponseHeader::new(config, name));
    for server in config.servers().filter(|server| server.is_tls(target) && !server.is_internal()) {
        if server.ending() != Ending::Answered {
            continue;
        }
        let fronts = server.fronts();
        if fronts.iter().any(|front| front.backend.is_some() || may_ask_application(front.level)) {
            continue;
        }
        // A header that gets lost on the way inwards is the matter of add-header-dropped.
        let lacks = |header: &ResponseHeader| {
            fronts.iter().all(|f| header.is_sent(f.level) == Some(false) && !header.is_added_around(f.level))
        };
        let missing = match (lacks(&sniffing), lacks(&framing) && lacks(&policy)) {
            (true, true) => "X-Content-Type-Options and X-Frame-Options",
            (true, false) => "X-Content-Type-Options",
            (false, true) => "X-Frame-Options",
            (false, false) => continue,
        };
        let name = shorten(&server.display_name(), 28);
        let at = server.directive();
        let finding = check.report_at(at, at.name_span(), format!("`{name}` never sends {missing}"));
        finding.help("add `nosniff` and `DENY` (or a policy with `frame-ancestors`), each with `always`");
    }
}

/// May a program answer here, which may send the headers itself?
fn may_ask_application(level: Directive<'_>) -> bool {
    let fallback = level.own("try_files").next().and_then(|files| files.args().next_back());
    let is_program = |line: Directive<'_>| line.args().any(|name| name.contains(".php"));
    file_mapping(level).is_none()
        || level.effective("index").into_iter().any(is_program)
        || fallback.is_some_and(|last| last.starts_with('@') || last.contains(".php"))
}
