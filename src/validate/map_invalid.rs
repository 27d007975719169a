use super::report_entry;
use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::table::map;

pub(crate) const RULE: Rule = Rule { id: "map-invalid", page: include_str!("../../rules/map-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("map") {
        if matches!(block.inside(), Some(Context::MapBody | Context::StreamMapBody)) {
            let entries = block.entries();
            for problem in map::problems(&entries.entries, !block.is_opaque()) {
                report_entry(check, &entries, problem);
            }
        }
    }
}
