//! Who copies, changes and refuses what clients send, by the level where it happens: made once, so that every question
//! about a text is a look-up.

use foldhash::{HashMap, HashSet};

use crate::config::words::regexes::Regex;
use crate::config::{Config, Directive};
use crate::nginx::script::{self, Compiler};

/// Names are in lower case; a level is known by its order.
#[derive(Debug, Default)]
pub(super) struct Copies<'c> {
    /// What something gives a value to.
    names: HashSet<String>,
    /// The `set` lines of a level, those in its `if` blocks included.
    sets: HashMap<(u32, String), Vec<Directive<'c>>>,
    /// The maps by the variable that they make.
    maps: HashMap<String, Vec<Directive<'c>>>,
    /// The expressions with a group of this name, by their directive.
    groups: HashMap<(u32, String), (Regex<'c>, u32)>,
    /// The first expression with a group of this name, and how many there are.
    first_groups: HashMap<String, (Regex<'c>, u32, usize)>,
    /// The `if` blocks of a level that look at a variable and then answer.
    refusals: HashMap<(u32, String), Vec<Directive<'c>>>,
    /// The `rewrite` lines of a level to a path of the configuration's own.
    fixed: HashMap<u32, Vec<Directive<'c>>>,
}

impl<'c> Copies<'c> {
    pub(super) fn of(config: &'c Config) -> Self {
        let mut copies = Self::default();
        for set in config.all("set") {
            let level = set.ancestors().find(|level| !level.is("if")).map_or(0, Directive::order);
            if let Some(name) = set.arg(0).and_then(name_of) {
                copies.names.insert(name.clone());
                copies.sets.entry((level, name)).or_default().push(set);
            }
        }
        for map in config.all("map").filter(|map| map.is_block()) {
            if let Some(name) = map.args().next_back().and_then(name_of) {
                copies.names.insert(name.clone());
                copies.maps.entry(name).or_default().push(map);
            }
        }
        copies.add_groups(config);
        for block in config.all("if").filter(|block| block.children().any(|line| line.is("return"))) {
            let level = block.parent().map_or(0, Directive::order);
            let words = [block.arg(0), block.arg(1)].into_iter().flatten();
            for used in words.flat_map(|word| script::scan(word, Compiler::Text).uses) {
                copies.refusals.entry((level, used.name.to_ascii_lowercase())).or_default().push(block);
            }
        }
        for rewrite in config.all("rewrite").filter(|line| line.arg(1).is_some_and(|target| !target.contains('$'))) {
            copies.fixed.entry(rewrite.parent().map_or(0, Directive::order)).or_default().push(rewrite);
        }
        copies
    }

    fn add_groups(&mut self, config: &'c Config) {
        let has_name = |regex: &Regex<'_>| ["(?<", "(?P<", "(?'"].iter().any(|open| regex.text.contains(open));
        for regex in config.regexes().filter(|regex| regex.defines_variables() && has_name(regex)) {
            let shared = regex.pattern();
            let Ok(pattern) = shared.parsed() else { continue };
            for (number, name) in pattern.group_names() {
                let name = name.to_ascii_lowercase();
                self.names.insert(name.clone());
                self.first_groups.entry(name.clone()).or_insert((regex, number, 0)).2 += 1;
                self.groups.insert((regex.directive.order(), name), (regex, number));
            }
        }
    }

    /// Does a `set`, a map or a group of an expression give this variable its value?
    pub(super) fn names(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The `set` lines that run before or while this directive is evaluated. What a location around the innermost one sets
    /// never reaches it.
    pub(super) fn sets(&self, at: Directive<'c>, name: &str) -> impl Iterator<Item = Directive<'c>> {
        let levels = [at.enclosing("location"), at.enclosing("server")].into_iter().flatten();
        levels.filter_map(|level| self.sets.get(&(level.order(), name.to_owned()))).flatten().copied()
    }

    /// The maps that make this variable.
    pub(super) fn maps(&self, name: &str) -> &[Directive<'c>] {
        self.maps.get(name).map_or(&[], Vec::as_slice)
    }

    /// The expression, here or around, with a group of this name; else the only one that there is, and whether it is that.
    pub(super) fn group(&self, at: Directive<'c>, name: &str) -> Option<(Regex<'c>, u32, bool)> {
        let here = |level: Directive<'c>| self.groups.get(&(level.order(), name.to_owned()));
        if let Some((regex, number)) = std::iter::once(at).chain(at.ancestors()).find_map(here) {
            return Some((*regex, *number, false));
        }
        self.first_groups
            .get(name)
            .filter(|(_, _, count)| *count == 1)
            .map(|(regex, number, _)| (*regex, *number, true))
    }

    /// Does an `if` around or beside the directive, which it does not stand in, look at this variable and then answer?
    pub(super) fn is_refused(&self, at: Directive<'c>, name: &str) -> bool {
        let refuses = |level: Directive<'c>| {
            let blocks = self.refusals.get(&(level.order(), name.to_owned()));
            blocks.is_some_and(|blocks| blocks.iter().any(|block| !block.contains(at)))
        };
        at.ancestors().any(refuses)
    }

    /// Does another line of this level rewrite to a path of the configuration's own?
    pub(super) fn is_fixed(&self, level: Directive<'c>, at: Directive<'c>) -> bool {
        self.fixed.get(&level.order()).is_some_and(|lines| lines.iter().any(|line| *line != at))
    }
}

/// The name of a variable that a word consists of.
fn name_of(word: &str) -> Option<String> {
    word.strip_prefix('$').map(str::to_ascii_lowercase)
}
