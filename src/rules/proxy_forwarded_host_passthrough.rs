use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::backend::{PROXY_HEADERS, Target};
use crate::diagnostic::{Confidence, Edit, Safety, Severity};

pub(super) const RULE: Rule = Rule {
    id: "proxy-forwarded-host-passthrough",
    page: include_str!("../../rules/proxy-forwarded-host-passthrough.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let (config, backends) = (check.config, check.config.backends());
    let trusted = check.project.trusts_forwarded_host.as_ref().map(|trust| trust.span);
    // Django heeds the header only if it is told to.
    if check.project.is_django && trusted.is_none() {
        return;
    }
    let fronts = config.trusted_fronts();
    let mut mended = HashSet::default();
    for found in backends.header_uses(PROXY_HEADERS) {
        let is_it = |name: &str, _: &str| name == "x-forwarded-host";
        if found.says(PROXY_HEADERS, is_it) || found.lost(PROXY_HEADERS, is_it) {
            continue;
        }
        for pass in found.passes.iter().copied() {
            let passes_headers = pass.parent().and_then(|level| level.value("proxy_pass_request_headers"));
            let keeps_headers = passes_headers.is_none_or(|passes| passes.arg(0) == Some("on"));
            let is_own = backends.target(pass) == Target::Application && !backends.is_helper(pass);
            let is_fronted = pass.parent().is_some_and(|level| fronts.may_stand_before(level));
            if !is_own || !keeps_headers || is_fronted || pass.has_request_code() {
                continue;
            }
            let finding = check.report(pass, "an X-Forwarded-Host of the client's choice reaches the application");
            finding.help("overwrite it with `$host`, or remove it with an empty value");
            if let Some(span) = trusted {
                finding.severity(Severity::Warning).confidence(Confidence::Medium);
                finding.related(span, "the application believes it");
            }
            let is_new = pass.enclosing("location").is_some_and(|location| mended.insert(location.order()));
            let lines = ["proxy_set_header X-Forwarded-Host $host;".to_owned()];
            if let Some((place, text)) = found.insertion(PROXY_HEADERS, pass, &lines).filter(|_| is_new) {
                finding.fix("overwrite it", Safety::Unsafe, vec![Edit::insert(place, text)]);
            }
        }
    }
}
