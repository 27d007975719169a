use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::config::words::variable::variables;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "alias-try-files-regex", page: include_str!("../../rules/alias-try-files-regex.md"), check };

fn check(check: &mut Check<'_>) {
    for alias in check.config.all("alias") {
        let Some(location) = alias.parent().and_then(Location::new).filter(Location::is_regex) else { continue };
        let target = alias.arg(0).unwrap_or_default();
        let ends_in_group = variables(target).last().is_some_and(|(at, name)| {
            target[at..].trim_end_matches('}').ends_with(name) && location.group(name).is_some()
        });
        let Some(line) = location.directive.own("try_files").next().filter(|_| ends_in_group) else { continue };
        // An empty argument is the alias itself.
        if !location.directive.tries_the_path_only() || line.args().len() < 2 {
            continue;
        }
        let found = check.report(line, "try_files appends the whole path to the alias of a regex location");
        found.related(alias.head(), "this is the complete file name already");
        found.help("use a prefix location, or end the alias with the directory and write `try_files $1 =404`");
        if line.args().next_back().is_some_and(|last| last == "=404") {
            found.fix("remove try_files", Safety::Safe, vec![Edit::replace(line.removal(), "")]);
        }
    }
}
