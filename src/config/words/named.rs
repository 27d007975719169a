//! What is defined under a name in one place and used in another: zones, log formats, thread pools.

use foldhash::HashMap;

use crate::config::{Config, Directive};
use crate::nginx::family::Family;
use crate::nginx::zone::{self, Mention};

/// Among so many names a similar one is looked for.
const MOST_NAMES: usize = 200;

/// A directive that declares or uses a zone.
#[derive(Debug, Clone, Copy)]
pub struct ZoneMention<'c> {
    /// The directive.
    pub directive: Directive<'c>,
    /// The number of the argument with the name.
    pub argument: usize,
    /// What it says.
    pub mention: Mention<'c>,
    /// Where its zones belong.
    pub family: Family,
}

impl<'c> ZoneMention<'c> {
    /// What the zone is for: the directive that declares such zones, and where.
    pub fn purpose(&self) -> (&'c str, Family) {
        (zone::purpose(self.directive.name()), self.family)
    }

    /// Could a template make something else of it?
    pub fn is_open(&self) -> bool {
        self.directive.arg_is_open(self.argument)
    }
}

impl<'c> Directive<'c> {
    /// Does nginx read it at all? It stops at a second `http`, so that nothing in it clashes with the first.
    pub fn is_in_first(self, family: Family) -> bool {
        self.enclosing(family.block()).is_none_or(|block| self.config().all(family.block()).next() == Some(block))
    }

    /// Is everything known that stands directly in the main file and in the block of its family?
    pub fn sees_all_definitions(self) -> bool {
        self.family().is_some_and(|family| {
            self.enclosing(family.block()).is_some() && self.config().knows_all_of(family.block())
        })
    }
}

impl Config {
    /// Every directive that declares or uses a zone, in nginx's order.
    pub fn zone_mentions(&self) -> Vec<ZoneMention<'_>> {
        let named = zone::DIRECTIVES.iter().flat_map(|name| self.all(name));
        let mut mentions: Vec<ZoneMention<'_>> = named
            .filter_map(|directive| {
                let family = directive.family().filter(|family| directive.is_in_first(*family))?;
                let args: Vec<&str> = directive.args().collect();
                let (argument, mention) = zone::mention(directive.name(), &args)?;
                Some(ZoneMention { directive, argument, mention, family })
            })
            .collect();
        mentions.sort_by_key(|mention| mention.directive.order());
        mentions
    }

    /// The definitions of this directive by their names, each list in nginx's order.
    pub fn definitions_by_name(&self, directive: &str, family: Option<Family>) -> HashMap<&str, Vec<Directive<'_>>> {
        let mut found: HashMap<&str, Vec<Directive<'_>>> = HashMap::default();
        let is_wanted = |definition: &Directive<'_>| {
            definition.family() == family && family.is_none_or(|family| definition.is_in_first(family))
        };
        for definition in self.all(directive).filter(is_wanted) {
            if let Some(name) = definition.arg(0) {
                found.entry(name).or_default().push(definition);
            }
        }
        found
    }
}

/// The name that was probably meant: one that differs in letter case or by a slip of the pen.
pub fn similar<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let near = names.take(MOST_NAMES).map(|name| (distance(&name.to_lowercase(), &wanted), name)).min()?;
    (near.0 <= 2 && near.0 * 3 <= wanted.chars().count()).then_some(near.1)
}

fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 { usize::MAX } else { strsim::damerau_levenshtein(a, b) }
}
