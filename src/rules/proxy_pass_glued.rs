use crate::check::{Check, Rule};
use crate::config::backend::passed_uri::is_endpoint;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-glued", page: include_str!("../../rules/proxy-pass-glued.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.replaced_prefixes().into_iter().filter(|found| found.glues()) {
        let (prefix, uri) = (shorten(found.location.pattern, 24), shorten(found.uri, 24));
        let message = format!("`{prefix}x` is passed on as `{uri}x`: a slash is missing");
        let finding = check.report(found.pass, message);
        finding.related(found.location.pattern_span(), "this text is cut off, its slash included");
        finding.help(format!("end the path with a slash: `{uri}/`"));
        let safety = if is_endpoint(found.uri) { Safety::Unsafe } else { Safety::Safe };
        if let Some(span) = found.pass.arg_text_span(0) {
            finding.fix("end the path with a slash", safety, vec![Edit::insert(span.at_end(), "/")]);
        }
    }
}
