use super::report_entry;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::table::Entries;
use crate::nginx::context::Context;
use crate::nginx::table::types;

pub(crate) const RULE: Rule = Rule { id: "types-invalid", page: include_str!("../../rules/types-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let is_types = |block: &Directive<'_>| block.inside() == Some(Context::TypesBody);
    for block in config.all("types").filter(is_types) {
        let Some(level) = block.parent().filter(|level| level.own("types").next() == Some(block)) else { continue };
        let mut entries = Entries::default();
        for block in level.own("types").filter(is_types) {
            entries.add(block.children());
        }
        for problem in types::problems(&entries.entries) {
            let is_stock = |number: &usize| config.is_stock(entries.places[*number].in_file());
            // Which extensions a file of the distribution has depends on its release.
            if ![Some(problem.entry), problem.first].iter().flatten().any(is_stock) {
                report_entry(check, &entries, problem);
            }
        }
    }
}
