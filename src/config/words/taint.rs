//! What clients can bring into a text: through variables, and through `set`, `map` and the groups of regular expressions
//! that copy them. What is not certain to come from a client is left out.

use std::collections::HashMap;

use crate::config::http::location::{Location, Modifier};
use crate::config::words::regexes::{Regex, of_condition, of_entry, of_location, of_rewrite};
use crate::config::words::variable::entries;
use crate::config::{Config, Directive};
use crate::nginx::family::Family;
use crate::nginx::script::{self, Compiler, Use};
use crate::nginx::variables::{self, UserControlled};
use crate::pcre::analysis::{Scope, line_break};
use crate::pcre::automaton::{Automaton, Search, text_in};
use crate::pcre::{self, Pattern};

/// Copies of copies are followed this far.
const MAX_DEPTH: u8 = 5;
/// So many sources are enough for one text.
const MAX_INFLOWS: usize = 20;
/// The path that nginx has decoded and normalised, by the names that it has.
const DECODED_PATHS: &[&str] = &["uri", "document_uri", "fastcgi_script_name"];
/// Directives with which a level answers by itself.
const ENDINGS: &[&str] = &["return", "rewrite", "set", "break"];

/// A piece of a client's text in a text of the configuration.
#[derive(Debug, Clone)]
pub struct Inflow<'c> {
    /// Where the variable or group begins in the text: its dollar.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// What stands in front of it and behind it when all copies are written out.
    pub around: (String, String),
    /// Is it written as a number?
    pub is_numbered: bool,
    /// The variable of nginx that has the client's text, in lower case and without dollar.
    pub source: String,
    /// The `set`, the entry of a map or the directive with the expression that hands it on; none if it is used directly.
    pub through: Option<Directive<'c>>,
    shape: Shape,
}

/// Which of the client's texts arrive.
#[derive(Debug, Clone)]
enum Shape {
    /// All in which each of these matches.
    Whole(Vec<Pattern>),
    /// What this group of the expression takes.
    Group(Box<Pattern>, u32),
}

impl Inflow<'_> {
    /// Is it the path as nginx has decoded it, or a part of that?
    pub fn is_decoded_path(&self) -> bool {
        DECODED_PATHS.contains(&self.source.as_str())
    }

    /// Is it a group of an expression?
    pub fn is_group(&self) -> bool {
        matches!(self.shape, Shape::Group(..))
    }

    /// Does no expression have a say in it?
    pub fn is_unchecked(&self) -> bool {
        matches!(&self.shape, Shape::Whole(patterns) if patterns.is_empty())
    }

    /// Can it have a line break with more behind it? None if that is not known.
    pub fn line_break(&self) -> Option<bool> {
        match variables::lookup(&self.source, Family::Http)?.may_contain_newline {
            Some(true) => {}
            other => return other,
        }
        match &self.shape {
            Shape::Whole(_) => self.can_have("\\n[^\\n]"),
            Shape::Group(pattern, number) => answer(&line_break(pattern, Scope::Group(*number))),
        }
    }

    /// Can something in it match this expression? None if that is not known.
    pub fn can_have(&self, wanted: &str) -> Option<bool> {
        let wanted = automaton(&pcre::parse(wanted, false).ok()?)?;
        match &self.shape {
            Shape::Whole(patterns) => {
                let patterns: Option<Vec<Automaton>> = patterns.iter().map(automaton).collect();
                let patterns = patterns?;
                answer(&text_in(&patterns.iter().chain([&wanted]).collect::<Vec<_>>(), &[]))
            }
            Shape::Group(pattern, number) => {
                let group = Automaton::of_group(pattern, *number)?.ok()?;
                // What stands around the group could rule a text out; that is rare enough to take no notice.
                Some(text_in(&[&group, &wanted], &[]) != Search::Nothing)
            }
        }
    }
}

fn automaton(pattern: &Pattern) -> Option<Automaton> {
    Automaton::new(pattern).ok()
}

fn answer(search: &Search) -> Option<bool> {
    match search {
        Search::Found(_) => Some(true),
        Search::Nothing => Some(false),
        Search::Unknown => None,
    }
}

/// Where texts of clients go in a configuration.
pub struct Taint<'c> {
    config: &'c Config,
    /// The expressions by the names of their groups.
    named: HashMap<String, Vec<(Regex<'c>, u32)>>,
}

impl<'c> Taint<'c> {
    /// Looks for the groups that become variables.
    pub fn new(config: &'c Config) -> Self {
        let mut named: HashMap<String, Vec<(Regex<'c>, u32)>> = HashMap::new();
        let has_name = |regex: &Regex<'_>| ["(?<", "(?P<", "(?'"].iter().any(|open| regex.text.contains(open));
        for regex in config.regexes().filter(|regex| regex.defines_variables() && has_name(regex)) {
            let Ok(pattern) = pcre::parse(regex.text, regex.caseless) else { continue };
            for (number, name) in pattern.group_names() {
                named.entry(name.to_ascii_lowercase()).or_default().push((regex, number));
            }
        }
        Self { config, named }
    }

    /// What clients can bring into a text that this directive evaluates.
    pub fn of(&self, directive: Directive<'c>, text: &str) -> Vec<Inflow<'c>> {
        if directive.family() != Some(Family::Http) { Vec::new() } else { self.within(directive, text, MAX_DEPTH) }
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
        if is_refused(at, name) {
            return Vec::new();
        }
        let origins = self.config.origins(name);
        let mut copies = origins.flat_map(|origin| self.of_origin(at, origin, depth)).peekable();
        if copies.peek().is_some() {
            return copies.take(MAX_INFLOWS).collect();
        }
        if self.config.origins(name).next().is_some() {
            return Vec::new();
        }
        if let Some(regexes) = self.named.get(name) {
            let is_here = |regex: &Regex<'_>| regex.directive == at || regex.directive.contains(at);
            let around = regexes.iter().rev().find(|(regex, _)| is_here(regex));
            let only = || regexes.first().filter(|(regex, _)| regexes.len() == 1 && is_before(regex, at));
            let group = around.or_else(only).and_then(|(regex, number)| self.of_group(at, regex, *number, depth));
            return group.into_iter().collect();
        }
        let known = variables::lookup(name, Family::Http);
        if !known.is_some_and(|known| known.user_controlled == UserControlled::Yes || name == "host") {
            return Vec::new();
        }
        let shape = if DECODED_PATHS.contains(&name) { path_at(at) } else { checked(at, name) };
        shape.map(|shape| Inflow::new(name, None, shape)).into_iter().collect()
    }

    /// What comes through a `set` or a map.
    fn of_origin(&self, at: Directive<'c>, origin: Directive<'c>, depth: u8) -> Vec<Inflow<'c>> {
        if origin.is("set") {
            let level = origin.ancestors().find(|level| !level.is("if"));
            if !level.is_some_and(|level| level.contains(at)) || origin.order() > at.order() && is_rewriting(at) {
                return Vec::new();
            }
            let copied = self.within(origin, origin.arg(1).unwrap_or_default(), depth);
            return copied.into_iter().map(|inflow| Inflow { through: Some(origin), ..inflow }).collect();
        }
        let Some(values) = entries(origin).filter(|_| origin.is("map")) else { return Vec::new() };
        let mut found = Vec::new();
        for value in values.iter().filter(|value| value.text.contains('$')) {
            let Some(entry) = value.from else { continue };
            found.extend(self.of_entry(at, origin, entry, value.text, depth));
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
                let pattern = pcre::parse(regex.text, regex.caseless).ok()?;
                let named = || pattern.group_names().find(|(_, known)| known.eq_ignore_ascii_case(&name));
                let number = if used.is_capture { name.parse().ok() } else { named().map(|(number, _)| number) };
                Some((number?, pattern))
            });
            match (group, &regex) {
                (Some((number, pattern)), _) => {
                    let whole = self.within(at, source, depth).into_iter().find(|inflow| !inflow.is_group());
                    let shape = Shape::Group(Box::new(pattern), number);
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
            "$uri" => path_at(from).map(|_| "uri".to_owned())?,
            _ => self.within(at, subject, depth).into_iter().find(|inflow| !inflow.is_group())?.source,
        };
        let pattern = pcre::parse(regex.text, regex.caseless).ok()?;
        Some(Inflow::new(&whole, Some(regex.directive), Shape::Group(Box::new(pattern), number)))
    }
}

impl<'c> Inflow<'c> {
    fn new(source: &str, through: Option<Directive<'c>>, shape: Shape) -> Self {
        let around = (String::new(), String::new());
        Self { start: 0, end: 0, around, is_numbered: false, source: source.to_owned(), through, shape }
    }

    /// The same as a part of this text.
    fn placed(mut self, text: &str, used: Use<'_>) -> Self {
        self.around.0.insert_str(0, &text[..used.start]);
        self.around.1.push_str(&text[used.end..]);
        Self { start: used.start, end: used.end, is_numbered: used.is_capture, ..self }
    }

    /// With the texts alone that match a key of a map.
    fn restricted(mut self, key: &Regex<'_>) -> Option<Self> {
        match (&mut self.shape, pcre::parse(key.text, key.caseless)) {
            (Shape::Whole(patterns), Ok(pattern)) => patterns.push(pattern),
            _ => return None,
        }
        Some(self)
    }
}

fn is_same(text: &str, name: &str) -> bool {
    let inside = text.trim_start_matches(['$', '{']).trim_end_matches('}');
    inside.eq_ignore_ascii_case(name)
}

/// Is it one of the directives that run in the order in which they are written?
fn is_rewriting(directive: Directive<'_>) -> bool {
    ENDINGS.contains(&directive.name()) || directive.is("if")
}

/// Does the expression certainly come to be tried before the directive is evaluated?
fn is_before(regex: &Regex<'_>, at: Directive<'_>) -> bool {
    let parent = regex.directive.parent();
    let is_of_server = regex.directive.is("server_name");
    let is_of_map = regex.argument.is_none();
    is_of_map || is_of_server && parent.is_some_and(|server| server.contains(at))
}

/// Does an `if` around or beside the directive, which it does not stand in, look at this variable?
fn is_refused(at: Directive<'_>, name: &str) -> bool {
    let looks = |block: Directive<'_>| {
        let is_it = |word: &str| script::scan(word, Compiler::Text).uses.iter().any(|used| used.name == name);
        block.arg(0).is_some_and(is_it) || block.arg(1).is_some_and(is_it)
    };
    let refuses =
        |block: Directive<'_>| !block.contains(at) && looks(block) && block.children().any(|line| line.is("return"));
    at.ancestors().any(|level| level.own("if").any(refuses))
}

/// What the path can be where this directive is evaluated; none if it is fixed or not known.
fn path_at<'c>(at: Directive<'c>) -> Option<Shape> {
    let mut patterns = Vec::new();
    if let Some(regex) = of_rewrite(at).filter(|_| at.is("rewrite")) {
        patterns.push(pcre::parse(regex.text, regex.caseless).ok()?);
    }
    for level in at.ancestors() {
        // A path of the configuration's own.
        let is_fixed = |rewrite: Directive<'_>| rewrite.arg(1).is_some_and(|target| !target.contains('$'));
        if level.own("rewrite").any(|rewrite| is_fixed(rewrite) && rewrite != at) {
            return None;
        }
        if let Some(regex) = of_condition(level).filter(|regex| regex.subject_of_condition() == Some("$uri")) {
            patterns.push(pcre::parse(regex.text, regex.caseless).ok()?);
        }
        let Some(location) = Location::new(level) else { continue };
        match location.modifier {
            _ if location.directive.has("internal") => return None,
            Modifier::Exact => return None,
            Modifier::Regex { caseless } => patterns.push(pcre::parse(location.pattern, caseless).ok()?),
            Modifier::Prefix | Modifier::StopPrefix | Modifier::Named => {}
        }
    }
    Some(Shape::Whole(patterns))
}

/// What a variable can be where the `if` around the directive matches it; none where that is a fixed text.
fn checked(at: Directive<'_>, name: &str) -> Option<Shape> {
    let mut patterns = Vec::new();
    for level in at.ancestors().filter(|level| level.is("if")) {
        let regex =
            of_condition(level).filter(|regex| regex.subject_of_condition().is_some_and(|it| is_same(it, name)));
        match regex {
            Some(regex) => patterns.push(pcre::parse(regex.text, regex.caseless).ok()?),
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
