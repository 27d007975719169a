//! What a value with a variable can be, as far as the configuration itself says it.

use super::{Config, Directive};
use crate::nginx::context::Context;

/// A map of more entries than this is not looked through.
const MAX_ENTRIES: usize = 10_000;

/// One value that a text can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleValue<'c> {
    /// The value; may hold further variables.
    pub text: &'c str,
    /// The `set` or the map entry that it comes from; none for a constant.
    pub from: Option<Directive<'c>>,
}

impl Config {
    /// All values that `text` can have: itself if it is constant; those of the `map`, `geo`, `split_clients` or `set` behind
    /// it if it is a single variable. None if that is not known.
    pub fn possible_values<'c>(&'c self, text: &'c str) -> Option<Vec<PossibleValue<'c>>> {
        if !text.contains('$') {
            return Some(vec![PossibleValue { text, from: None }]);
        }
        let name = single_variable(text)?;
        let mut values = Vec::new();
        for block in ["map", "geo", "split_clients"].into_iter().flat_map(|kind| self.all(kind)) {
            let target = block.args().next_back().and_then(|target| target.strip_prefix('$'));
            if target.is_some_and(|target| target.eq_ignore_ascii_case(name)) && block.is_block() {
                values.extend(entries(block)?);
            }
        }
        let sets = self.all("set").filter(|set| {
            set.arg(0).and_then(|target| target.strip_prefix('$')).is_some_and(|t| t.eq_ignore_ascii_case(name))
        });
        values.extend(sets.filter_map(|set| set.arg(1).map(|text| PossibleValue { text, from: Some(set) })));
        (!values.is_empty()).then_some(values)
    }
}

/// The name of the variable that `text` consists of.
fn single_variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

/// The values of a map; the empty one, too, if nothing says what holds by default.
fn entries<'c>(block: Directive<'c>) -> Option<Vec<PossibleValue<'c>>> {
    if block.is_opaque() || block.children().nth(MAX_ENTRIES).is_some() {
        return None;
    }
    let is_map = matches!(block.inside(), Some(Context::MapBody));
    let flags = ["hostnames", "volatile", "ranges", "proxy_recursive"];
    let options = ["include", "proxy", "delete"];
    let mut has_default = false;
    let mut values = Vec::new();
    for entry in block.children().filter(|entry| !flags.contains(&entry.name()) && !options.contains(&entry.name())) {
        has_default |= matches!(entry.name(), "default" | "*");
        values.push(PossibleValue { text: entry.arg(0)?, from: Some(entry) });
    }
    if !has_default {
        values.push(PossibleValue { text: "", from: is_map.then_some(block) });
    }
    Some(values)
}
