use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::forwarded::param_tells_scheme;
use crate::config::backend::{HeaderList, HeaderUse, PARAMS};
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule {
    id: "upstream-https-param-missing",
    page: include_str!("../../rules/upstream-https-param-missing.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    for list in PARAMS {
        for found in backends.header_uses(list) {
            // Without any parameter, more is missing; a lost one is the matter of upstream-param-dropped.
            let is_told = found.says(list, param_tells_scheme) || found.lost(list, param_tells_scheme);
            if is_told || !found.level.has(list.name) {
                continue;
            }
            for pass in found.passes.iter().copied().filter(|pass| !backends.is_helper(*pass)) {
                report(check, list, &found, pass);
            }
        }
    }
}

fn report<'c>(check: &mut Check<'c>, list: HeaderList, found: &HeaderUse<'c>, pass: Directive<'c>) {
    let (config, target) = (check.config, check.target());
    let Some(server) = config.server_of(pass) else { return };
    let Some(tls) = server.listens().iter().find(|listen| server.listen_is_tls(listen, target)) else { return };
    let line = format!("{} HTTPS $https if_not_empty;", list.name);
    let finding = check.report(pass, "the application is not told that the request came over HTTPS");
    finding.help(format!("redirects to https loop and links say http; add `{line}`"));
    let brought = found.level.own(list.name).find_map(Directive::pure_include);
    if let Some(include) = brought {
        finding.related(include.head(), "these parameters lack it");
    }
    if let Some(listen) = tls.directive(config) {
        finding.related(listen.head(), "TLS ends here");
    }
    let is_here = pass.enclosing("location") == Some(found.level);
    if let Some((place, text)) = found.insertion(list, pass, &[line]).filter(|_| is_here) {
        finding.fix("tell the application", Safety::Safe, vec![Edit::insert(place, text)]);
    }
}
