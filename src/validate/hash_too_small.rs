use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::hashed::{Hashed, Table};
use crate::diagnostic::shorten;
use crate::nginx::hash::{bucket_for, longest_key};

pub(crate) const RULE: Rule = Rule { id: "hash-too-small", page: include_str!("../../rules/hash-too-small.md"), check };

fn check(check: &mut Check<'_>) {
    let mut seen = HashSet::default();
    for hashed in check.config.hashed_words() {
        if hashed.length > longest_key(hashed.bucket) && seen.insert((hashed.line.order(), hashed.index)) {
            report(check, &hashed);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, hashed: &Hashed<'c>) {
    let Hashed { line, index, table, length, bucket, .. } = *hashed;
    let room = longest_key(bucket);
    let what = table.what();
    let message =
        format!("{what} of {length} bytes does not fit into a table for {room}: `{}`", shorten(hashed.word, 16));
    let needed = bucket_for(length);
    let help = match table {
        Table::MimeTypes => "leave the type out; this table cannot be made larger".to_owned(),
        _ => format!("set `{} {needed}`{}", table.size_directive(), table.place()),
    };
    let place = match index {
        Some(index) => line.arg_span(index).unwrap_or(line.head()),
        None => Directive::name_span(line),
    };
    let finding = check.report_at(line, place, message);
    finding.help(help);
    if let Some(size) = hashed.size {
        finding.related(size.head(), "too small");
    }
}
