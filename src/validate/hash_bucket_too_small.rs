use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::table::Entries;
use crate::diagnostic::Confidence;
use crate::nginx::context::Context;
use crate::nginx::measure::number;
use crate::nginx::table::{CACHE_LINE, Entry, map, types};

pub(crate) const RULE: Rule =
    Rule { id: "hash-bucket-too-small", page: include_str!("../../rules/hash-bucket-too-small.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("map") {
        if matches!(block.inside(), Some(Context::MapBody | Context::StreamMapBody)) && block.sees_all_definitions() {
            // A map is built when it is read: what stands behind it comes too late.
            let level = block.parent();
            let setting = level.and_then(|level| level.own("map_hash_bucket_size").next());
            let setting = setting.filter(|setting| setting.order() < block.order());
            check_table(check, &block.entries(), setting, "map_hash_bucket_size", map::long_keys);
        }
    }
    for block in check.config.all("types").filter(|block| block.inside() == Some(Context::TypesBody)) {
        if block.sees_all_definitions() && block.enclosing("http").is_some_and(|http| http.has("server")) {
            let Some(setting) = block.parent().and_then(|level| level.certain_value("types_hash_bucket_size")) else {
                continue;
            };
            check_table(check, &block.entries(), setting, "types_hash_bucket_size", types::long_keys);
        }
    }
}

fn check_table<'c>(
    check: &mut Check<'c>,
    entries: &Entries<'c>,
    setting: Option<Directive<'c>>,
    name: &str,
    long_keys: fn(&[Entry<'_>], u64) -> Vec<usize>,
) {
    let bucket = match setting {
        Some(setting) if setting.arg_is_open(0) => return,
        Some(setting) => setting.arg(0).and_then(number),
        None => Some(CACHE_LINE),
    };
    let Some(bucket) = bucket.map(|bytes| bytes.next_multiple_of(CACHE_LINE)) else { return };
    let on_other_machines = long_keys(&entries.entries, bucket.next_multiple_of(2 * CACHE_LINE));
    for number in long_keys(&entries.entries, bucket) {
        let place = entries.places[number];
        let message = format!("this entry does not fit into a bucket of {bucket} bytes");
        let finding = report_on_last_line(check, place, place.head(), message);
        let needed = bucket_for(&entries.entries[number]);
        finding.help(format!("write `{name} {needed};` in front of the table"));
        if let Some(setting) = setting {
            finding.related(setting.head(), "the size of the buckets");
        }
        if on_other_machines.binary_search(&number).is_err() {
            finding.confidence(Confidence::Medium);
        }
    }
}

/// The size of a bucket that all words of an entry fit into.
fn bucket_for(entry: &Entry<'_>) -> u64 {
    let longest = entry.words.iter().map(|word| word.len()).max().unwrap_or_default() as u64;
    (longest + 26).next_power_of_two()
}
