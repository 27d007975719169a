use std::collections::BTreeMap;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::hsts::{HSTS, HstsLine};
use crate::config::http::simulate::BACKENDS;
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
    report_mixed(check, &levels);
    if check.option("backend-sends-hsts", false) {
        report_backends(check, &levels);
    }
}

/// A level with several lines of its own, or with one that is added to an inherited one.
fn report_level<'c>(check: &mut Check<'c>, own: &[Directive<'c>]) {
    let (Some((last, before)), Some(level)) = (own.split_last(), own[0].parent()) else { return };
    let outer = if level.lets_in("add_header") { level.outer_hsts_copies() } else { Vec::new() };
    let times = match own.len() + outer.len() {
        1 => return,
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let finding = check.report(*last, format!("Strict-Transport-Security is sent {times}"));
    finding.help("browsers use the first copy only; keep one line");
    for other in before.iter().chain(&outer).take(MAX_OTHERS) {
        finding.related(other.head(), "sends it, too");
    }
    let spare = if outer.is_empty() { &own[1..] } else { own };
    if spare.iter().all(|line| line.in_file() == level.in_file()) {
        let edits = spare.iter().map(|line| Edit::replace(line.removal(), "")).collect();
        finding.fix("keep one copy", Safety::Unsafe, edits);
    }
}

/// The headers-more module replaces what a backend sends, but not what `add_header` adds.
fn report_mixed<'c>(check: &mut Check<'c>, levels: &ByLevel<'c>) {
    let sets_always = |found: &HstsLine<'_>| {
        !found.line.is("add_header") && found.is_constant() && !found.line.args().any(|arg| arg.starts_with('-'))
    };
    let lines = check.config.hsts_lines(check.target()).into_iter().filter(sets_always).map(|found| found.line);
    let lines: Vec<_> = lines.filter_map(|line| Some((line, line.parent()?))).collect();
    for added in levels.values().map(|own| own[0]) {
        let Some(level) = added.parent() else { continue };
        let meets = |around: Directive<'c>| {
            let holds = around.contains(level) || around == level;
            holds || (level.contains(around) && around.list_level("add_header") == Some(level))
        };
        let Some((set, _)) = lines.iter().copied().find(|(_, around)| meets(*around)) else { continue };
        let (first, later) = if set.order() < added.order() { (set, added) } else { (added, set) };
        let finding = check.report(later, "Strict-Transport-Security is sent twice");
        finding.help("headers-more does not replace what `add_header` adds; keep one line");
        finding.related(first.head(), "sends it, too");
    }
}

/// Lines in front of backends that send the header themselves.
fn report_backends<'c>(check: &mut Check<'c>, levels: &ByLevel<'c>) {
    let backends = check.config.backends();
    let mut copies: BTreeMap<u32, Vec<Directive<'c>>> = BTreeMap::new();
    for pass in BACKENDS.iter().flat_map(|name| backends.passes(name)) {
        let is_open = |level: &Directive<'_>| !level.is_opaque_upward() && !pass.hides_in_answers(HSTS);
        let Some(level) = pass.parent().filter(is_open) else { continue };
        let line = level.list_level("add_header").filter(|level| levels.contains_key(&level.order()));
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
