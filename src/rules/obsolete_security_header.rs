use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::headers::{can_send, header_key, is_obsolete};
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "obsolete-security-header", page: include_str!("../../rules/obsolete-security-header.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("add_header") {
        let Some(name) = line.arg(0) else { continue };
        let key = header_key(name);
        if !is_obsolete(&key) || !can_send(line) || (key == "x-xss-protection" && switches_off(line)) {
            continue;
        }
        let finding = check.report(line, format!("{} is read by no current browser", shorten(name, 50)));
        finding.help(advice(&key));
        // Without a line of its own, a level takes over the lines of the levels around it.
        let is_last = line.parent().is_some_and(|level| level.own("add_header").nth(1).is_none());
        let brings_back = is_last && line.parent().is_some_and(|level| !level.inherited("add_header").is_empty());
        let safety = if brings_back { Safety::Unsafe } else { Safety::Safe };
        finding.fix("delete the line", safety, vec![Edit::replace(line.removal(), "")]);
    }
}

/// `0` turns the filter off where a browser still has one, which is a good thing to say.
fn switches_off(line: Directive<'_>) -> bool {
    let values = line.config().possible_values(line.arg(1).unwrap_or_default());
    values.is_none_or(|values| values.iter().all(|value| matches!(value.text.trim(), "" | "0")))
}

fn advice(key: &str) -> &'static str {
    match key {
        "x-xss-protection" => "delete the line, or send \"0\": in old browsers the filter itself could be abused",
        "feature-policy" => "send Permissions-Policy, its successor, which has another syntax",
        "x-content-security-policy" | "x-webkit-csp" => "send Content-Security-Policy, which all browsers know",
        "expect-ct" => "delete the line: browsers demand Certificate Transparency of all certificates",
        "p3p" => "delete the line: only Internet Explorer ever read it",
        _ => "delete the line: browsers gave pinning up, because one mistake made a site unreachable",
    }
}
