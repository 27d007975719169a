//! What a value with a variable can be, as far as the configuration itself says it.

use std::collections::HashMap;

use super::{Config, Directive};
use crate::nginx::context::Context;

/// A map of more entries than this is not looked through.
const MAX_ENTRIES: usize = 10_000;

/// The directives that give a variable its values, by its name.
pub(super) type Origins = HashMap<String, Vec<u32>>;

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
        for index in self.origins.get_or_init(|| self.find_origins()).get(&name.to_ascii_lowercase())? {
            let origin = Directive::new(self, *index);
            match origin.is("set") {
                true => values.extend(origin.arg(1).map(|text| PossibleValue { text, from: Some(origin) })),
                false => values.extend(entries(origin)?),
            }
        }
        (!values.is_empty()).then_some(values)
    }

    /// Where each variable gets its values from; the key is its name in lower case.
    fn find_origins(&self) -> Origins {
        let blocks = ["map", "geo", "split_clients"].into_iter().flat_map(|kind| self.all(kind));
        let blocks = blocks.filter(|block| block.is_block()).map(|block| (block, block.args().next_back()));
        let sets = self.all("set").map(|set| (set, set.arg(0)));
        let mut origins = Origins::new();
        for (origin, target) in blocks.chain(sets) {
            if let Some(name) = target.and_then(|target| target.strip_prefix('$')) {
                origins.entry(name.to_ascii_lowercase()).or_default().push(origin.order());
            }
        }
        origins
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
