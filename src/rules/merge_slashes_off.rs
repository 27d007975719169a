use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "merge-slashes-off", page: include_str!("../../rules/merge-slashes-off.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("merge_slashes") {
        let is_off = line.arg(0).is_some_and(|value| value.eq_ignore_ascii_case("off"));
        if is_off && check.config.server_of(line).is_none_or(|server| server.is_public()) {
            let finding = check.report(line, "paths with doubled slashes pass by the locations that guard them");
            finding
                .help("remove the line, or make sure that the backend takes `//admin` for another path than `/admin`");
        }
    }
}
