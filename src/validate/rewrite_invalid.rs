use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::context::{Context, ContextSet};
use crate::template;

pub(crate) const RULE: Rule =
    Rule { id: "rewrite-invalid", page: include_str!("../../rules/rewrite-invalid.md"), check };

const FLAGS: &[&str] = &["last", "break", "redirect", "permanent"];
/// What stands in other servers' configurations.
const MEANT: &[(&str, &str)] =
    &[("301", "permanent"), ("302", "redirect"), ("[L]", "last"), ("[R=301]", "permanent"), ("[R=302]", "redirect")];

fn check(check: &mut Check<'_>) {
    let places = ContextSet::of(&[Context::Server, Context::Location, Context::IfInServer, Context::IfInLocation]);
    for rewrite in check.config.all("rewrite").filter(|rewrite| is_complete(*rewrite) && rewrite.args().len() <= 3) {
        if !rewrite.context().is_some_and(|context| places.contains(context)) {
            continue;
        }
        if let (Some(""), Some(span)) = (rewrite.arg(1), rewrite.arg_span(1)) {
            check
                .report_at(rewrite, span, "the replacement of a `rewrite` cannot be empty")
                .help("write the new path; for the top of the site: `/`");
        } else if let Some(flag) = rewrite.arg(2).filter(|flag| !FLAGS.contains(flag)) {
            wrong_flag(check, rewrite, flag);
        }
    }
}

fn wrong_flag<'c>(check: &mut Check<'c>, rewrite: Directive<'c>, flag: &str) {
    let Some(span) = rewrite.arg_span(2).filter(|_| !template::is_open(flag, rewrite.is_in_template())) else { return };
    let finding = check.report_at(rewrite, span, format!("`{}` is no flag of `rewrite`", shorten(flag, 40)));
    finding.help("the flags are `last`, `break`, `redirect` (302) and `permanent` (301)");
    let spelled = FLAGS.iter().find(|known| known.eq_ignore_ascii_case(flag));
    let near = FLAGS.iter().find(|known| strsim::damerau_levenshtein(known, flag) <= 2);
    let meant = MEANT.iter().find(|(known, _)| known.eq_ignore_ascii_case(flag)).map(|(_, meant)| meant);
    let safety = if spelled.is_some() { Safety::Safe } else { Safety::Unsafe };
    if let Some(flag) = spelled.or(meant).or(near) {
        finding.fix(format!("write `{flag}`"), safety, vec![Edit::replace(span, *flag)]);
    }
}
