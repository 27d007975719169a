use crate::check::{Check, Rule};
use crate::config::http::detour::Detours;
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "body-size-ineffective", page: include_str!("../../rules/body-size-ineffective.md"), check };

fn check(check: &mut Check<'_>) {
    let is_internal = |location: &Location<'_>| location.is_internal();
    let mut lines = check.config.all("client_max_body_size").filter_map(|line| {
        let location = line.parent().and_then(Location::new).filter(is_internal)?;
        Some((line, location))
    });
    // Following every redirect is not worth it where no limit stands in an internal location.
    let Some(first) = lines.next() else { return };
    let detours = Detours::new(check.config);
    for (line, location) in std::iter::once(first).chain(lines) {
        let (Some(limit), Some(entrance)) = (location.directive.body_limit(), detours.entrance(location)) else {
            continue;
        };
        if limit.bytes <= entrance.limit.bytes {
            continue;
        }
        let (level, before) = (entrance.level, entrance.limit.text());
        let name = match Location::new(level) {
            Some(entry) => format!("`{}`", shorten(entry.pattern, 24)),
            None => "the server".to_owned(),
        };
        let finding = check.report(line, format!("this limit comes too late: {name} has checked against {before}"));
        finding
            .help("set the limit where requests come in; only chunked uploads see the one here")
            .related(level.head(), format!("bodies are held to {before} here"))
            .related(entrance.by.head(), "leads to the location with the larger limit");
        let edit = level.assignment("client_max_body_size", limit.text()).filter(|_| entrance.is_only);
        if let Some((place, text)) = edit {
            finding.fix("accept the same where requests come in", Safety::Unsafe, vec![Edit::replace(place, text)]);
        }
    }
}
