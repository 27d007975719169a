//! Lists that a level replaces as a whole by one line of its own: limits and error pages.

use std::collections::BTreeSet;

use crate::config::{Config, Directive};

/// Lists that are longer are not compared.
const MAX_LINES: usize = 100;

/// A level whose own lines drop lines of the levels around it.
#[derive(Debug)]
pub struct DroppedLines<'c> {
    /// The first own line.
    pub own: Directive<'c>,
    /// The outer lines that say something that no own line says.
    pub lost: Vec<Directive<'c>>,
    /// What is lost: zones or statuses; in order, each once.
    pub keys: BTreeSet<&'c str>,
}

impl Config {
    /// The levels where own lines of this name drop something, in nginx's order.
    pub fn dropped_lines(&self, name: &str) -> Vec<DroppedLines<'_>> {
        let mut found = Vec::new();
        for level in self.levels_with(name).into_iter().filter(|level| !level.is_opaque()) {
            let Some(outer) = level.ancestors().find(|around| around.has(name)) else { continue };
            if [level, outer].iter().any(|level| level.own(name).nth(MAX_LINES).is_some()) {
                continue;
            }
            let is_open = |line: Directive<'_>| (0..line.args().len()).any(|index| line.arg_is_open(index));
            if level.own(name).any(is_open) {
                continue;
            }
            let kept: BTreeSet<&str> = level.own(name).flat_map(keys).collect();
            let is_lost = |line: &Directive<'_>| keys(*line).iter().any(|key| !kept.contains(key));
            let lost: Vec<Directive<'_>> = outer.own(name).filter(is_lost).collect();
            let lost_keys = lost.iter().flat_map(|line| keys(*line)).filter(|key| !kept.contains(key)).collect();
            if let Some(own) = level.own(name).next().filter(|_| !lost.is_empty()) {
                found.push(DroppedLines { own, lost, keys: lost_keys });
            }
        }
        found
    }
}

/// What a line is about: the zone of a limit, the statuses of an error page.
fn keys(line: Directive<'_>) -> Vec<&str> {
    match line.name() {
        "limit_req" => line.args().filter_map(|arg| arg.strip_prefix("zone=")).collect(),
        "error_page" => line.args().take_while(|arg| arg.bytes().all(|byte| byte.is_ascii_digit())).collect(),
        _ => line.arg(0).into_iter().collect(),
    }
}
