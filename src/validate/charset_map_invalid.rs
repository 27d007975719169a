use foldhash::HashMap;

use super::{report_entry, report_on_last_line};
use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::table::charset_map;

pub(crate) const RULE: Rule =
    Rule { id: "charset-map-invalid", page: include_str!("../../rules/charset-map-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let mut seen = HashMap::default();
    for block in check.config.all("charset_map").filter(|block| block.inside() == Some(Context::CharsetMapBody)) {
        let (Some(first), Some(second)) = (block.arg(0), block.arg(1)) else { continue };
        if block.args().len() != 2 || block.arg_is_open(0) || block.arg_is_open(1) {
            continue;
        }
        if let Some((what, help)) = charset_map::head_problem(first, second, check.release()) {
            report_on_last_line(check, block, block.head(), what.to_owned()).help(help);
        }
        let mut pair = [first.to_ascii_lowercase(), second.to_ascii_lowercase()];
        pair.sort();
        let before = *seen.entry(pair).or_insert(block);
        if before != block {
            let message = format!("a second `charset_map` between `{first}` and `{second}`");
            let finding = report_on_last_line(check, block, block.head(), message);
            finding
                .related(before.head(), "the first one")
                .help("one map serves both directions; put the entries into it");
        }
        let entries = block.own_entries();
        for problem in charset_map::problems(second, &entries.entries, check.release()) {
            report_entry(check, &entries, problem);
        }
    }
}
