use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "alias-user-controlled", page: include_str!("../../rules/alias-user-controlled.md"), check };

/// Directives whose first argument is the path of a file or folder.
const PATHS: &[&str] = &["alias", "root", "proxy_store", "xslt_stylesheet", "auth_basic_user_file"];

fn check(check: &mut Check<'_>) {
    for line in PATHS.iter().flat_map(|name| check.config.all(name)) {
        let Some(choice) = line.client_choice(0) else { continue };
        let target = line.arg(0).unwrap_or_default();
        let base = shorten(&target[..target.find('$').unwrap_or(0)], 20);
        let name = shorten(choice.name, 20);
        let message = match base.is_empty() {
            true => format!("the client chooses this path by `${name}`"),
            false => format!("the client chooses a part of this path by `${name}`: `../` leaves {base}"),
        };
        let found = check.report_at(line, line.arg_span(0).unwrap_or(line.head()), message);
        found.help("translate the value through a map that lists the allowed names, with a harmless default");
        if let Some(through) = choice.through {
            found.related(through.head(), "this lets the value through unchanged");
        }
    }
}
