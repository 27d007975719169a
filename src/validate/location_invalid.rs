use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::context::Context;

pub(crate) const RULE: Rule =
    Rule { id: "location-invalid", page: include_str!("../../rules/location-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for location in config.all("location").filter(|it| it.is_in(&[Context::Server, Context::Location])) {
        let (Some(first), Some(second), 2) = (location.arg(0), location.arg(1), location.args().len()) else {
            continue;
        };
        if matches!(first, "=" | "^~" | "~" | "~*") || location.arg_is_open(0) {
            continue;
        }
        let help = match first {
            "@" => "write a named location without the blank: `@name`".to_owned(),
            "==" => "an exact path has one `=`".to_owned(),
            _ if first.contains('~') => "write `~` for a regex, `~*` for one without regard to letter case".to_owned(),
            _ if first.starts_with('/') => {
                format!("one location has one path; quote it if \"{}\" has a blank in it", shorten(second, 20))
            }
            _ => "write `=`, `^~`, `~`, `~*` or nothing".to_owned(),
        };
        let message = format!("`{}` is no modifier of a location", shorten(first, 32));
        check.report_at(location, location.verdict_on_arg(0), message).help(help);
    }
}
