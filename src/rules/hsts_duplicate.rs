use std::collections::BTreeMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::headers::header_key;
use crate::config::hsts::{HSTS, HstsLine};
use crate::config::simulate::BACKENDS;
use crate::diagnostic::{Confidence, Edit, Safety};

pub(super) const RULE: Rule = Rule { id: "hsts-duplicate", page: include_str!("../../rules/hsts-duplicate.md"), check };

/// So many other places are pointed at.
const MAX_OTHERS: usize = 3;

type ByLevel<'c> = BTreeMap<u32, Vec<Directive<'c>>>;

fn check(check: &mut Check<'_>) {
    let is_certain = |found: &HstsLine<'_>| found.is_plain() && found.is_constant();
    let mut levels = ByLevel::new();
    for found in check.config.hsts_lines(check.target()).into_iter().filter(is_certain) {
        let level = found.line.parent().map_or(0, Directive::order);
        levels.entry(level).or_default().push(found.line);
    }
    for own in levels.values() {
        report_level(check, own);
    }
    if check.option("backend-sends-hsts", false) {
        report_backends(check, &levels);
    }
}

/// A level with several lines of its own, or with one that is added to an inherited one.
fn report_level<'c>(check: &mut Check<'c>, own: &[Directive<'c>]) {
    let (Some(last), Some(level)) = (own.last().copied(), own.first().and_then(|line| line.parent())) else { return };
    let mut others = own[..own.len() - 1].to_vec();
    if others.is_empty() && level.lets_in("add_header") {
        let is_other = |line: &Directive<'_>| *line != last && line.arg(0).is_some_and(|name| header_key(name) == HSTS);
        others = level.effective("add_header").into_iter().filter(is_other).collect();
        others.retain(|line| check.config.possible_values(line.arg(1).unwrap_or_default()).is_some());
    }
    if others.is_empty() {
        return;
    }
    let finding = check.report(last, "Strict-Transport-Security is sent twice");
    finding.help("browsers use the first copy only; keep one line");
    for other in others.iter().take(MAX_OTHERS) {
        finding.related(other.head(), "sends it, too");
    }
    if last.in_file() == level.in_file() {
        finding.fix("drop this copy", Safety::Unsafe, vec![Edit::replace(last.removal(), "")]);
    }
}

/// Lines in front of backends that send the header themselves.
fn report_backends<'c>(check: &mut Check<'c>, levels: &ByLevel<'c>) {
    let backends = check.config.backends();
    let mut copies: BTreeMap<u32, Vec<Directive<'c>>> = BTreeMap::new();
    for pass in BACKENDS.iter().flat_map(|name| backends.passes(name)) {
        let Some(level) = pass.parent().filter(|level| !level.is_opaque_upward()) else { continue };
        let hide = pass.name().replace("_pass", "_hide_header");
        let is_hidden =
            level.effective(&hide).iter().any(|line| line.arg(0).is_some_and(|name| header_key(name) == HSTS));
        let line = level.list_level("add_header").filter(|level| !is_hidden && levels.contains_key(&level.order()));
        if let Some(level) = line {
            copies.entry(level.order()).or_default().push(pass);
        }
    }
    for (level, passes) in copies {
        let finding = check.report(levels[&level][0], "Strict-Transport-Security is sent twice");
        finding.help("hide the backend's copy with `proxy_hide_header Strict-Transport-Security`, or drop this line");
        finding.confidence(Confidence::Medium);
        for pass in passes.iter().take(MAX_OTHERS) {
            finding.related(pass.head(), "the backend sends it, too");
        }
    }
}
