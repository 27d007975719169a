use crate::check::{Check, Rule};
use crate::config::http::conditional::IfTrouble;
use crate::config::http::location::Location;

pub(super) const RULE: Rule = Rule { id: "if-unsafe", page: include_str!("../../rules/if-unsafe.md"), check };

fn check(check: &mut Check<'_>) {
    for location in check.config.all("location").filter_map(Location::new) {
        for trouble in location.if_troubles() {
            report(check, trouble);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, trouble: IfTrouble<'c>) {
    match trouble {
        IfTrouble::SkipsTryFiles { block, try_files } => check
            .report(block, "`try_files` is not looked at when this condition holds")
            .related(try_files.head(), "skipped: the body of the `if` takes the place of the location")
            .help("choose by a `map`, or leave the body with `return` or `rewrite … last`"),
        IfTrouble::LosesLine { line, other } => check
            .report(line, format!("`{}` is lost when the next `if` holds as well", line.name()))
            .related(other.head(), "of the bodies that are entered only the last one counts")
            .help("set a variable by a `map`, and use it at the level of the location"),
        IfTrouble::Returns { pass, by } => check
            .report(pass, format!("`{}` is never asked: the `return` of the location comes first", pass.name()))
            .related(by.head(), "runs whether the condition holds or not")
            .help("put `break;` into the `if`, or give this backend a location of its own"),
    };
}
