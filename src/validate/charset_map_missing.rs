use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(crate) const RULE: Rule =
    Rule { id: "charset-map-missing", page: include_str!("../../rules/charset-map-missing.md"), check };

fn check(check: &mut Check<'_>) {
    for missing in check.config.missing_charset_maps() {
        let (charset, source) = (missing.charset, missing.source);
        let [to, from] = [charset, source].map(|line| shorten(line.arg(0).unwrap_or_default(), 20));
        let message = format!("there is no `charset_map` between `{from}` and `{to}`");
        let finding = report_on_last_line(check, charset, charset.head(), message);
        finding.related(source.head(), "the charset of the files");
        finding.help("include the table, such as `koi-win`, in `http`; or leave out `source_charset`");
    }
}
