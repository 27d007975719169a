//! What clients can bring into a text: through variables, and through `set`, `map` and the groups of regular expressions
//! that copy them. What is not certain to come from a client is left out.

use std::sync::{Mutex, PoisonError};

use crate::config::http::location::{Location, Modifier};
use crate::config::words::copies::Copies;
use crate::config::words::inflow::{DECODED_PATHS, Inflow, Shape};
use crate::config::words::regexes::{Regex, of_condition, of_entry, of_location, of_rewrite};
use crate::config::words::variable::entries;
use crate::config::{Config, Directive};
use crate::nginx::family::Family;
use crate::nginx::script::{self, Compiler, Script};
use crate::nginx::variables::{self, UserControlled};

/// Copies of copies are followed this far.
const MAX_DEPTH: u8 = 5;
/// So many sources are enough for one text.
const MAX_INFLOWS: usize = 20;
/// And so many answers are kept.
const MAX_ANSWERS: usize = 64;
/// The directives that run in the order in which they are written.
const IN_ORDER: &[&str] = &["break", "if", "return", "rewrite", "set"];

/// Where texts of clients go in a configuration.
pub struct Taint<'c> {
    config: &'c Config,
    copies: Copies<'c>,
    /// What was asked before: the same few texts come in at many places.
    answers: Mutex<Vec<Answer>>,
}

/// Which texts, the expression that something in them was to match, and whether that can be.
type Answer = (Shape, &'static str, Option<bool>);

impl<'c> Taint<'c> {
    /// Gets ready for questions.
    pub fn new(config: &'c Config) -> Self {
        Self { config, copies: Copies::of(config), answers: Mutex::default() }
    }

    /// What clients can bring into a text that this directive evaluates.
    pub fn of(&self, directive: Directive<'c>, text: &str) -> Vec<Inflow<'c>> {
        if directive.family() != Some(Family::Http) { Vec::new() } else { self.within(directive, text, MAX_DEPTH) }
    }

    /// Can one of these variables of nginx, or a group of an expression on it, come into this text? Far cheaper than to ask
    /// what does.
    pub fn may_have(&self, text: &Script<'_>, sources: &[&str]) -> bool {
        let is_one = |name: &str| sources.contains(&name) || self.copies.names(name);
        text.uses.iter().any(|used| used.is_capture || is_one(&used.name.to_ascii_lowercase()))
    }

    /// As [`Inflow::can_have`]; the same question is answered once.
    pub fn can_have(&self, inflow: &Inflow<'c>, wanted: &'static str) -> Option<bool> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = answers.iter().find(|(shape, asked, _)| *asked == wanted && *shape == inflow.shape);
        if let Some((.., answer)) = known {
            return *answer;
        }
        let answer = inflow.can_have(wanted);
        if answers.len() < MAX_ANSWERS {
            answers.push((inflow.shape.clone(), wanted, answer));
        }
        answer
    }

    fn within(&self, at: Directive<'c>, text: &str, depth: u8) -> Vec<Inflow<'c>> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let mut found = Vec::new();
        for used in script::scan(text, Compiler::Text).uses {
            let inflows = if used.is_capture {
                let regex = last_regex(at);
                let number = used.name.parse().unwrap_or_default();
                regex.and_then(|regex| self.of_group(at, &regex, number, depth)).into_iter().collect()
            } else {
                self.of_variable(at, &used.name.to_ascii_lowercase(), depth)
            };
            let placed = inflows.into_iter();
            found.extend(placed.map(|inflow| inflow.placed(text, used)));
            if found.len() > MAX_INFLOWS {
                break;
            }
        }
        found
    }

    fn of_variable(&self, at: Directive<'c>, name: &str, depth: u8) -> Vec<Inflow<'c>> {
        if self.copies.is_refused(at, name) {
            return Vec::new();
        }
        let sets = self.copies.sets(at, name).flat_map(|set| self.of_set(at, set, depth));
        let maps = self.copies.maps(name).iter().flat_map(|map| self.of_map(at, *map, depth));
        let copies: Vec<Inflow<'c>> = sets.chain(maps).take(MAX_INFLOWS).collect();
        if !copies.is_empty() || self.config.origins(name).next().is_some() {
            return copies;
        }
        if let Some((regex, number, is_elsewhere)) = self.copies.group(at, name) {
            let group = Some(regex).filter(|regex| !is_elsewhere || is_before(regex, at));
            return group.and_then(|regex| self.of_group(at, &regex, number, depth)).into_iter().collect();
        }
        let known = variables::lookup(name, Family::Http);
        if !known.is_some_and(|known| known.user_controlled == UserControlled::Yes || name == "host") {
            return Vec::new();
        }
        let shape = if DECODED_PATHS.contains(&name) { self.path_at(at) } else { checked(at, name) };
        shape.map(|shape| Inflow::new(name, None, shape)).into_iter().collect()
    }

    fn of_set(&self, at: Directive<'c>, set: Directive<'c>, depth: u8) -> Vec<Inflow<'c>> {
        if set.order() > at.order() && IN_ORDER.contains(&at.name()) {
            return Vec::new();
        }
        let copied = self.within(set, set.arg(1).unwrap_or_default(), depth);
        copied.into_iter().map(|inflow| Inflow { through: Some(set), ..inflow }).collect()
    }

    fn of_map(&self, at: Directive<'c>, map: Directive<'c>, depth: u8) -> Vec<Inflow<'c>> {
        let Some(values) = entries(map) else { return Vec::new() };
        let mut found = Vec::new();
        for value in values.iter().filter(|value| value.text.contains('$')) {
            let Some(entry) = value.from else { continue };
            found.extend(self.of_entry(at, map, entry, value.text, depth));
            if found.len() > MAX_INFLOWS {
                break;
            }
        }
        found
    }

    fn of_entry(
        &self,
        at: Directive<'c>,
        map: Directive<'c>,
        entry: Directive<'c>,
        text: &str,
        depth: u8,
    ) -> Vec<Inflow<'c>> {
        let source = map.arg(0).unwrap_or_default();
        let regex = of_entry(entry);
        let mut found = Vec::new();
        for used in script::scan(text, Compiler::Text).uses {
            let name = used.name.to_ascii_lowercase();
            let group = regex.as_ref().and_then(|regex| {
                let pattern = regex.understood()?;
                let named =
                    || pattern.parsed().ok()?.group_names().find(|(_, known)| known.eq_ignore_ascii_case(&name));
                let number = if used.is_capture { name.parse().ok() } else { named().map(|(number, _)| number) };
                Some((number?, pattern))
            });
            match (group, &regex) {
                (Some((number, pattern)), _) => {
                    let whole = self.within(at, source, depth).into_iter().find(|inflow| !inflow.is_group());
                    let shape = Shape::Group(pattern, number);
                    let around = Default::default();
                    let group = whole.map(|inflow| Inflow { shape, around, through: Some(entry), ..inflow });
                    found.extend(group.map(|inflow| inflow.placed(text, used)));
                }
                (None, _) if used.is_capture => {}
                // Only what fits the key comes through.
                (None, None) if entry.name() != "default" && is_same(source, &name) => {}
                (None, regex) => {
                    for inflow in self.of_variable(at, &name, depth) {
                        let key = regex.as_ref().filter(|_| is_same(source, &name));
                        let inflow = key.map_or(Some(inflow.clone()), |key| inflow.restricted(key));
                        let placed = inflow.map(|inflow| inflow.placed(text, used));
                        found.extend(placed.map(|inflow| Inflow { through: Some(entry), ..inflow }));
                    }
                }
            }
        }
        found
    }

    fn of_group(&self, at: Directive<'c>, regex: &Regex<'c>, number: u32, depth: u8) -> Option<Inflow<'c>> {
        if regex.is_template() {
            return None;
        }
        let subject = match regex.directive.name() {
            "location" if regex.argument.is_some() => {
                (!Location::new(regex.directive)?.is_internal()).then_some("$uri")?
            }
            "rewrite" if regex.argument.is_some() => "$uri",
            "server_name" if regex.argument.is_some() => "$host",
            "if" if regex.argument.is_some() => regex.subject_of_condition()?,
            _ if regex.argument.is_none() => regex.directive.parent()?.arg(0)?,
            _ => return None,
        };
        // In front of its own expression, nothing is known of the path but where it is looked at.
        let above = regex.directive.parent().filter(|_| regex.directive.is_block()).unwrap_or(at);
        let from = if regex.directive.is("rewrite") { regex.directive } else { above };
        let whole = match subject {
            "$uri" => self.path_at(from).map(|_| "uri".to_owned())?,
            _ => self.within(at, subject, depth).into_iter().find(|inflow| !inflow.is_group())?.source,
        };
        Some(Inflow::new(&whole, Some(regex.directive), Shape::Group(regex.understood()?, number)))
    }

    /// What the path can be where this directive is evaluated; none if it is fixed or not known.
    fn path_at(&self, at: Directive<'c>) -> Option<Shape> {
        let mut patterns = Vec::new();
        if let Some(regex) = of_rewrite(at).filter(|_| at.is("rewrite")) {
            patterns.push(regex.understood()?);
        }
        for level in at.ancestors() {
            if self.copies.is_fixed(level, at) {
                return None;
            }
            if let Some(regex) = of_condition(level).filter(|regex| regex.subject_of_condition() == Some("$uri")) {
                patterns.push(regex.understood()?);
            }
            let Some(location) = Location::new(level) else { continue };
            match location.modifier {
                _ if location.directive.has("internal") => return None,
                Modifier::Exact => return None,
                Modifier::Regex { .. } => patterns.push(of_location(level)?.understood()?),
                Modifier::Prefix | Modifier::StopPrefix | Modifier::Named => {}
            }
        }
        Some(Shape::Whole(patterns))
    }
}

fn is_same(text: &str, name: &str) -> bool {
    let inside = text.trim_start_matches(['$', '{']).trim_end_matches('}');
    inside.eq_ignore_ascii_case(name)
}

/// Does the expression certainly come to be tried before the directive is evaluated?
fn is_before(regex: &Regex<'_>, at: Directive<'_>) -> bool {
    let parent = regex.directive.parent();
    let is_of_server = regex.directive.is("server_name");
    let is_of_map = regex.argument.is_none();
    is_of_map || is_of_server && parent.is_some_and(|server| server.contains(at))
}

/// What a variable can be where the `if` around the directive matches it; none where that is a fixed text.
fn checked(at: Directive<'_>, name: &str) -> Option<Shape> {
    let mut patterns = Vec::new();
    for level in at.ancestors().filter(|level| level.is("if")) {
        let regex =
            of_condition(level).filter(|regex| regex.subject_of_condition().is_some_and(|it| is_same(it, name)));
        match regex {
            Some(regex) => patterns.push(regex.understood()?),
            None if level.args().len() > 1
                && level.arg(0).is_some_and(|it| is_same(it.trim_start_matches('('), name)) =>
            {
                return None;
            }
            None => {}
        }
    }
    Some(Shape::Whole(patterns))
}

/// The expression whose groups `$1` to `$9` are; none if that depends on the request.
fn last_regex<'c>(at: Directive<'c>) -> Option<Regex<'c>> {
    if at.is("rewrite") {
        return of_rewrite(at);
    }
    for level in at.ancestors() {
        if level.has("rewrite") {
            return None;
        }
        let is_other = |block: Directive<'c>| !block.contains(at) && of_condition(block).is_some();
        if level.is("if") {
            match of_condition(level) {
                Some(regex) => return regex.subject_of_condition().map(|_| regex),
                None => continue,
            }
        }
        if level.own("if").any(is_other) {
            return None;
        }
        let location = Location::new(level)?;
        match location.modifier {
            Modifier::Regex { .. } => return of_location(level),
            Modifier::Prefix | Modifier::StopPrefix => {}
            Modifier::Exact | Modifier::Named => return None,
        }
    }
    None
}
