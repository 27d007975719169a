use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashSet};

use super::report_on_last_line;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::named::ZoneMention;
use crate::diagnostic::shorten;
use crate::nginx::zone::Mention;

pub(crate) const RULE: Rule = Rule { id: "zone-conflict", page: include_str!("../../rules/zone-conflict.md"), check };

/// What can declare a zone more than once: all others bind it to themselves.
const SHARED: &[&str] = &["ssl_session_cache", "ssl_ocsp_cache", "zone"];

/// What may name a zone once in a block.
const LIMITS: &[&str] = &["limit_req", "limit_conn"];

/// What is known of a name so far.
struct Known<'c> {
    first: ZoneMention<'c>,
    declared: Option<(ZoneMention<'c>, u64)>,
}

fn check(check: &mut Check<'_>) {
    let mut zones: HashMap<&str, Known<'_>> = HashMap::default();
    // A zone that is misplaced once is so for all who use it.
    let mut reported = HashSet::default();
    let mut limits = HashMap::default();
    for mention in check.config.zone_mentions() {
        let name = mention.mention.name();
        if name.is_empty() || mention.is_open() {
            continue;
        }
        let known = zones.entry(name).or_insert(Known { first: mention, declared: None });
        if known.first.purpose() != mention.purpose() {
            if reported.insert((name, mention.purpose())) {
                report_purpose(check, known.first, mention);
            }
            continue;
        }
        let Mention::Declares(zone) = mention.mention else {
            let limit = mention.directive;
            let level = limit.parent().filter(|_| LIMITS.contains(&limit.name())).map(Directive::order);
            if let Some(level) = level {
                match limits.entry((level, limit.name(), name)) {
                    Entry::Occupied(first) => report_repeated(check, *first.get(), mention),
                    Entry::Vacant(place) => {
                        place.insert(limit);
                    }
                }
            }
            continue;
        };
        // A size that cannot be read is another rule's business.
        let Some(bytes) = zone.size else { continue };
        match known.declared {
            None => known.declared = Some((mention, bytes)),
            Some((first, before)) => report_second(check, first, mention, before != bytes),
        }
    }
}

fn report_purpose<'c>(check: &mut Check<'c>, first: ZoneMention<'c>, mention: ZoneMention<'c>) {
    let name = shorten(mention.mention.name(), 30);
    let (before, now) = (first.directive, mention.directive);
    let message = match before.name() == now.name() {
        true => format!("the zone `{name}` belongs to `{}` already", first.family.block()),
        false => format!("the zone `{name}` is one of `{}` already", before.name()),
    };
    let place = now.arg_span(mention.argument).unwrap_or(now.head());
    let finding = report_on_last_line(check, now, place, message);
    finding.related(before.head(), "first named here").help("zones of different kinds need different names");
}

/// A second limit by one zone in one block.
fn report_repeated<'c>(check: &mut Check<'c>, first: Directive<'c>, mention: ZoneMention<'c>) {
    let limit = mention.directive;
    let name = shorten(mention.mention.name(), 30);
    let message = format!("a second `{}` by the zone `{name}` in one block", limit.name());
    let finding = report_on_last_line(check, limit, limit.head(), message);
    finding.related(first.head(), "the first one").help("keep one of them; another limit needs another zone");
}

fn report_second<'c>(check: &mut Check<'c>, first: ZoneMention<'c>, mention: ZoneMention<'c>, is_resized: bool) {
    let now = mention.directive;
    let name = shorten(mention.mention.name(), 30);
    let (message, help) = match is_resized {
        true => {
            (format!("the zone `{name}` has another size already"), "give it the same size everywhere, or another name")
        }
        false if SHARED.contains(&now.name()) => return,
        false => {
            (format!("the zone `{name}` is declared a second time"), "remove one of them, or give it another name")
        }
    };
    let place = now.arg_span(mention.argument).unwrap_or(now.head());
    report_on_last_line(check, now, place, message).related(first.directive.head(), "the first one").help(help);
}
