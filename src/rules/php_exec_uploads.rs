use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "php-exec-uploads", page: include_str!("../../rules/php-exec-uploads.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.executed_uploads() {
        let prefix = shorten(found.uploads.pattern, 26);
        let finding =
            check.report(found.uploads.directive, format!("an uploaded script below `{prefix}` is run by PHP"));
        finding.related(found.php.directive.head(), "this regex wins over the prefix");
        finding.related(found.pass.head(), "runs the script");
        finding.help(format!(
            "write `location ^~ {prefix}`, or refuse scripts in it: `location ~ \\.php$ {{ deny all; }}`"
        ));
    }
}
