use crate::check::{Check, Rule};
use crate::config::backend::PARAMS;
use crate::config::words::variable::variables;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule { id: "httpoxy", page: include_str!("../../rules/httpoxy.md"), check };

fn check(check: &mut Check<'_>) {
    let looks_at_it = |word: &str| variables(word).any(|(_, name)| name.eq_ignore_ascii_case("http_proxy"));
    if check.config.all("if").any(|block| block.args().any(looks_at_it)) {
        return;
    }
    let backends = check.config.backends();
    for list in PARAMS {
        for found in backends.header_uses(list) {
            let is_told = |name: &str, _: &str| name == "http_proxy";
            let Some(pass) = found.passes.first().copied() else { continue };
            // Without any parameter, the application sees no request at all.
            if !found.level.has(list.name) || found.says(list, is_told) || found.lost(list, is_told) {
                continue;
            }
            let finding = check.report(pass, "a client's `Proxy` header reaches the application as HTTP_PROXY");
            let line = format!("{} HTTP_PROXY \"\";", list.name);
            finding.help(format!("add `{line}`: old CGI programs send their own requests through that proxy"));
            let is_here = pass.parent() == Some(found.level);
            if let Some((place, text)) = found.insertion(list, pass, &[line]).filter(|_| is_here) {
                finding.fix("empty the variable", Safety::Safe, vec![Edit::insert(place, text)]);
            }
        }
    }
}
