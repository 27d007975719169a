use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule { id: "error-log-off", page: include_str!("../../rules/error-log-off.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("error_log").filter(|line| line.arg(0) == Some("off")) {
        let finding = check.report(line, "`error_log` knows no `off`: errors go to a file of this name");
        finding.help("write `error_log /dev/null crit;`, or better, log errors");
        let target = if line.args().len() == 1 { "/dev/null crit" } else { "/dev/null" };
        if let Some(span) = line.arg_span(0).filter(|_| line.context().is_some()) {
            finding.fix("send errors nowhere", Safety::Safe, vec![Edit::replace(span, target)]);
        }
    }
}
