use super::report_entry;
use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::table::split_clients::{self, WHOLE};

pub(crate) const RULE: Rule =
    Rule { id: "split-clients-invalid", page: include_str!("../../rules/split-clients-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("split_clients") {
        if block.inside() != Some(Context::SplitClientsBody) {
            continue;
        }
        let entries = block.own_entries();
        for problem in split_clients::problems(&entries.entries) {
            report_entry(check, &entries, problem);
        }
        let total = split_clients::total(&entries.entries);
        if let Some(end) = block.closing_brace().filter(|_| total > WHOLE) {
            let sum = format!("{}.{:02}", total / 100, total % 100);
            let sum = sum.trim_end_matches('0').trim_end_matches('.');
            let finding = check.report_at(block, end, format!("the shares add up to {sum}%"));
            finding
                .related(block.head(), "of this block")
                .help("together they are at most 100%; write `*` for the rest");
        }
    }
}
