//! What a value with a variable can be, as far as the configuration itself says it.

use foldhash::HashMap;

use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::script::{self, Compiler};

/// A map of more entries than this is not looked through.
const MAX_ENTRIES: usize = 10_000;
/// Copies of copies are followed this far.
const MAX_DEPTH: u8 = 5;

/// The directives that give a variable its values, by its name.
pub(in crate::config) type Origins = HashMap<String, Vec<u32>>;

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

    /// Does a line define a variable of this name, whatever characters it is made of?
    pub fn defines_variable(&self, name: &str) -> bool {
        let requested = || self.all("auth_request_set").filter_map(Directive::defined_variable);
        self.origins.get_or_init(|| self.find_origins()).contains_key(&name.to_ascii_lowercase())
            || requested().any(|target| target.name().is_some_and(|defined| defined.eq_ignore_ascii_case(name)))
    }

    /// The `map`, `geo`, `split_clients` and `set` that give a variable (in lower case) its values.
    pub(super) fn origins<'c>(&'c self, name: &str) -> impl Iterator<Item = Directive<'c>> + use<'c> {
        let known = self.origins.get_or_init(|| self.find_origins()).get(name);
        known.into_iter().flatten().map(|index| Directive::new(self, *index))
    }

    /// Where each variable gets its values from; the key is its name in lower case.
    fn find_origins(&self) -> Origins {
        let blocks = ["map", "geo", "split_clients"].into_iter().flat_map(|kind| self.all(kind));
        let blocks = blocks.filter(|block| block.is_block()).map(|block| (block, block.args().next_back()));
        let sets = self.all("set").map(|set| (set, set.arg(0)));
        let mut origins = Origins::default();
        for (origin, target) in blocks.chain(sets) {
            if let Some(name) = target.and_then(|target| target.strip_prefix('$')) {
                origins.entry(name.to_ascii_lowercase()).or_default().push(origin.order());
            }
        }
        origins
    }
}

/// A variable whose value a client chooses freely, and what lets it through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientChoice<'c> {
    /// The variable with the client's text, as written, without `$`.
    pub name: &'c str,
    /// The `set` or the map entry that copies it; none if it is used directly.
    pub through: Option<Directive<'c>>,
}

impl<'c> Directive<'c> {
    /// The variable by which a client decides on this argument: itself, or copied by a `set` or a map. None if an `if` looks
    /// at it first.
    pub fn client_choice(self, argument: usize) -> Option<ClientChoice<'c>> {
        self.choice_in(self.arg(argument)?, MAX_DEPTH)
    }

    fn choice_in(self, text: &'c str, depth: u8) -> Option<ClientChoice<'c>> {
        let depth = depth.checked_sub(1)?;
        let names = variables(text).map(|(_, name)| name).filter(|name| !self.is_tested(name));
        names.into_iter().find_map(|name| match is_of_client(name) {
            true => Some(ClientChoice { name, through: None }),
            false => self.copies(name).find_map(|(copy, text)| {
                let found = self.choice_in(text, depth).filter(|found| !is_picked(copy, found.name))?;
                Some(ClientChoice { name: found.name, through: Some(copy) })
            }),
        })
    }

    /// The `set` lines around it and the map entries that give a variable its value, with that value.
    fn copies(self, name: &str) -> impl Iterator<Item = (Self, &'c str)> {
        let config = self.config();
        let known = config.origins.get_or_init(|| config.find_origins()).get(&name.to_ascii_lowercase());
        let origins = known.into_iter().flatten().map(move |index| Self::new(config, *index));
        origins.flat_map(move |origin| {
            let is_around =
                || origin.ancestors().find(|level| !level.is("if")).is_some_and(|level| level.contains(self));
            let values = match origin.is("set") {
                true => origin.arg(1).filter(|_| is_around()).map(|text| vec![(origin, text)]),
                false => entries(origin)
                    .map(|values| values.into_iter().filter_map(|value| Some((value.from?, value.text))).collect()),
            };
            values.unwrap_or_default()
        })
    }

    /// Does an `if` around it compare this variable with something?
    fn is_tested(self, name: &str) -> bool {
        let compares = |block: Self| {
            let is_it = |word: &str| variables(word).any(|(_, tested)| tested.eq_ignore_ascii_case(name));
            block.args().len() > 1 && block.args().any(is_it)
        };
        self.ancestors().any(|level| level.own("if").any(compares))
    }
}

/// Does this map entry let only those values of the variable through that fit its key?
fn is_picked(entry: Directive<'_>, name: &str) -> bool {
    let is_open = entry.name() == "default" || [".*", ".+"].iter().any(|any| entry.name().contains(any));
    let source = entry.parent().and_then(|map| map.arg(0)).unwrap_or_default();
    !entry.is("set") && !is_open && variables(source).any(|(_, source)| source.eq_ignore_ascii_case(name))
}

/// Does a client choose the value of this variable freely? A host name is none of these: nginx refuses slashes in it.
fn is_of_client(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_free = ["arg_", "cookie_", "http_"].iter().any(|start| name.starts_with(start)) && name != "http_host";
    is_free || matches!(name.as_str(), "args" | "query_string" | "request_body")
}

/// The variables in a text: where each begins, and its name.
pub fn variables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    script::scan(text, Compiler::Text).uses.into_iter().map(|found| (found.start, found.name))
}

/// The name of the variable that `text` consists of.
fn single_variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

/// The values of a map; the empty one, too, if nothing says what holds by default.
pub(super) fn entries<'c>(block: Directive<'c>) -> Option<Vec<PossibleValue<'c>>> {
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
