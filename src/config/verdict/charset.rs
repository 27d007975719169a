//! From which charset to which a page is converted.

use crate::config::{Config, Directive, Outer};
use crate::nginx::context::Context;

/// A conversion for which nginx has no table.
#[derive(Debug)]
pub struct MissingTable<'c> {
    /// The `charset` that holds.
    pub charset: Directive<'c>,
    /// The `source_charset` that holds with it.
    pub source: Directive<'c>,
}

impl Config {
    /// The pairs of charsets that hold at one level and have no `charset_map`, each once.
    pub fn missing_charset_maps(&self) -> Vec<MissingTable<'_>> {
        let is_whole = self.all("http").all(|http| !http.is_opaque()) && !self.root().is_opaque();
        if self.outer() != Outer::Nothing || !is_whole {
            return Vec::new();
        }
        let pair = |a: &str, b: &str| {
            let mut pair = [a.to_ascii_lowercase(), b.to_ascii_lowercase()];
            pair.sort();
            pair
        };
        let maps = self.all("charset_map").filter_map(|map| Some(pair(map.arg(0)?, map.arg(1)?)));
        let mut known: Vec<[String; 2]> = maps.collect();
        let mut missing = Vec::new();
        for level in self.charset_levels() {
            let (Some(Some(charset)), Some(Some(source))) =
                (level.certain_value("charset"), level.certain_value("source_charset"))
            else {
                continue;
            };
            let (Some(to), Some(from)) = (charset.arg(0), source.arg(0)) else { continue };
            let pair = pair(to, from);
            let is_converted = to != "off" && !to.contains('$') && !from.contains('$') && pair[0] != pair[1];
            let is_known = known.contains(&pair) || charset.arg_is_open(0) || source.arg_is_open(0);
            if is_converted && !is_known {
                known.push(pair);
                missing.push(MissingTable { charset, source });
            }
        }
        missing
    }

    /// The levels that nginx looks at: servers, and what is set in them.
    fn charset_levels(&self) -> Vec<Directive<'_>> {
        let levels = self.all("charset").chain(self.all("source_charset")).filter_map(Directive::parent);
        let judged = levels.flat_map(|level| match level.inside() {
            Some(Context::Http) => level.own("server").collect(),
            Some(Context::Server | Context::Location | Context::IfInLocation) => vec![level],
            _ => Vec::new(),
        });
        let mut levels: Vec<Directive<'_>> = judged.collect();
        levels.sort_by_key(|level| level.order());
        levels.dedup();
        levels
    }
}
