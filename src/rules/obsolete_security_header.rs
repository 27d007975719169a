use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::headers::{can_send, header_key, is_obsolete, set_by_headers_more};
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "obsolete-security-header", page: include_str!("../../rules/obsolete-security-header.md"), check };

fn check(check: &mut Check<'_>) {
    for level in check.config.levels_with("add_header") {
        let obsolete: Vec<Directive<'_>> = level.own("add_header").filter(|line| is_reported(*line)).collect();
        // Without a line of its own, a level takes over the lines of the levels around it.
        let is_emptied = level.own("add_header").nth(obsolete.len()).is_none();
        let may_inherit = !level.inherited("add_header").is_empty() || level.ancestors().any(Directive::is_opaque);
        let safety = if is_emptied && may_inherit { Safety::Unsafe } else { Safety::Safe };
        for line in obsolete {
            let name = line.arg(0).unwrap_or_default();
            let finding = check.report(line, format!("{} is read by no current browser", shorten(name, 50)));
            finding.help(advice(&header_key(name)));
            finding.fix("delete the line", safety, vec![Edit::replace(line.removal(), "")]);
        }
    }
    for (line, name, value) in set_by_headers_more(check.config) {
        let key = header_key(name);
        if is_obsolete(&key) && !(key == "x-xss-protection" && (value == "0" || value.contains('$'))) {
            let finding = check.report(line, format!("{} is read by no current browser", shorten(name, 50)));
            finding.help(advice(&key));
        }
    }
}

fn is_reported(line: Directive<'_>) -> bool {
    let key = line.arg(0).map(header_key).unwrap_or_default();
    is_obsolete(&key) && can_send(line) && !(key == "x-xss-protection" && switches_off(line))
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
