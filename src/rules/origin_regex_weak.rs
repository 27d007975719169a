use crate::check::{Check, Rule};
use crate::config::words::site_regex::Site;
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "origin-regex-weak", page: include_str!("../../rules/origin-regex-weak.md"), check };

fn check(check: &mut Check<'_>) {
    for regex in check.config.regexes().filter(|regex| regex.is_list_of_friends()) {
        let Some(foreign) = regex.foreign_site() else { continue };
        let what = match regex.site() {
            Some(Site::Origin) => "a foreign origin",
            Some(Site::Referer) => "a foreign page",
            _ => "a foreign host",
        };
        let message = format!("`{}`, {what}, fits this expression", shorten(&foreign, 48));
        check
            .report_at(regex.directive, regex.span(), message)
            .help("write `^https://(?:[a-z0-9-]+\\.)?example\\.test$`: both ends, and each dot with its backslash");
    }
}
