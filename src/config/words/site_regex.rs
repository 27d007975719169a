//! Expressions about sites: those that are matched with an origin, a referer or a host name.

use crate::config::words::regexes::Regex;
use crate::pcre::automaton::{Automaton, Search, alternatives, text_in};
use crate::pcre::{self, GroupKind, Kind, Node, Pattern};

/// What an expression is matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// `$http_origin`: `https://example.test`.
    Origin,
    /// `$http_referer`: an address with a path.
    Referer,
    /// A host name.
    Host,
}

/// Names that others can have.
#[derive(Debug, Clone, Copy)]
enum Foreign {
    /// Under the same top level.
    Neighbour,
    /// Under one that is certainly a stranger's.
    Below,
}

impl Regex<'_> {
    /// What it is matched with, if that names a site.
    pub fn site(&self) -> Option<Site> {
        Some(match self.subject()?.as_str() {
            "http_origin" => Site::Origin,
            "http_referer" => Site::Referer,
            "http_host" | "host" => Site::Host,
            _ => return None,
        })
    }

    /// Is what matches turned away?
    pub fn is_list_of_foes(&self) -> bool {
        let is_positive = self.subject_of_condition().is_some();
        let mut lines = self.directive.children();
        is_positive && lines.any(|line| line.is("return") && line.arg(0).is_some_and(is_refusal))
    }

    /// Does what matches get more than what does not: a header for an origin, no refusal?
    pub fn is_list_of_friends(&self) -> bool {
        let directive = self.directive;
        let refuses = || directive.children().any(|line| line.is("return") && line.arg(0).is_some_and(is_refusal));
        match self.argument {
            Some(argument) if directive.is("if") => {
                let is_negated = argument > 0 && directive.arg(argument - 1).is_some_and(|word| word.starts_with('!'));
                if is_negated { refuses() } else { self.site() == Some(Site::Origin) && !refuses() }
            }
            None => {
                let value = directive.arg(0).unwrap_or_default();
                self.site() == Some(Site::Origin) && !matches!(value, "" | "0" | "null")
            }
            _ => false,
        }
    }

    /// A foreign site that fits though the expression is about some domains; none if none is found.
    pub fn foreign_site(&self) -> Option<String> {
        self.foreign_site_like(&[Foreign::Neighbour, Foreign::Below])
    }

    /// The same, with one of the domains in front of it, or else right behind something else.
    pub fn foreign_site_behind(&self, is_behind: bool) -> Option<String> {
        self.foreign_site_like(if is_behind { &[Foreign::Below] } else { &[Foreign::Neighbour] })
    }

    fn foreign_site_like(&self, kinds: &[Foreign]) -> Option<String> {
        let site = self.site()?;
        let question = match kinds {
            [Foreign::Neighbour] => 0,
            [Foreign::Below] => 1,
            _ => 2,
        };
        let answers = &self.pattern().foreign_sites;
        answers[site as usize][question].get_or_init(|| self.find_foreign_site(site, kinds)).clone()
    }

    fn find_foreign_site(&self, site: Site, kinds: &[Foreign]) -> Option<String> {
        let pattern = pcre::parse(self.text, self.caseless).ok()?;
        let mut parts: Vec<Pattern> = alternatives(&pattern).into_iter().map(|part| part.pattern).collect();
        let known: Vec<String> =
            if parts.is_empty() { domains(&pattern) } else { parts.iter().flat_map(domains).collect() };
        if parts.is_empty() {
            parts.push(pattern);
        }
        let tlds: Vec<&str> = known.iter().filter_map(|domain| domain.rsplit('.').next()).collect();
        let own = known.iter().map(|domain| domain.replace('.', "\\.")).collect::<Vec<_>>().join("|");
        let (start, end) = match site {
            Site::Origin => ("^https://", "(?::[0-9]+)?$"),
            Site::Referer => ("^https://", "/?$"),
            Site::Host => ("^", "$"),
        };
        let names = kinds.iter().map(|kind| match kind {
            Foreign::Neighbour => format!("(?:[a-z0-9]+\\.)*[a-z0-9]+\\.(?:{})", tlds.join("|")),
            Foreign::Below => "(?:[a-z0-9-]+\\.)*evil\\.test".to_owned(),
        });
        let shape = format!("{start}(?:{}){end}", names.collect::<Vec<_>>().join("|"));
        let own = format!("{start}(?:[a-z0-9.-]*\\.)?(?:{own}){end}");
        let (shape, own) = (automaton(&shape)?, automaton(&own)?);
        parts.iter().filter(|part| !domains(part).is_empty()).find_map(|part| {
            let Search::Found(text) = text_in(&[&Automaton::new(part).ok()?, &shape], &[&own]) else { return None };
            String::from_utf8(text).ok()
        })
    }
}

fn is_refusal(code: &str) -> bool {
    matches!(code, "400" | "401" | "403" | "404" | "405" | "410" | "418" | "444" | "451")
}

fn automaton(text: &str) -> Option<Automaton> {
    Automaton::new(&pcre::parse(text, false).ok()?).ok()
}

/// The domains that an expression writes out, by their last two labels.
fn domains(pattern: &Pattern) -> Vec<String> {
    let mut text = String::new();
    for branch in &pattern.branches {
        spell(branch, &mut text);
        text.push(' ');
    }
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.');
    words.filter_map(domain).collect()
}

/// The last two labels of a name that ends like a domain.
fn domain(word: &str) -> Option<String> {
    let mut labels = word.trim_matches('.').rsplit('.');
    let (tld, name) = (labels.next()?, labels.next()?);
    let is_tld = tld.len() > 1 && tld.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_tld && !name.is_empty()).then(|| format!("{name}.{tld}").to_ascii_lowercase())
}

/// Writes out what is fixed; a blank stands for all else.
fn spell(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match &node.kind {
            Kind::Literal(code) => text.extend(char::from_u32(*code)),
            Kind::Dot => text.push('.'),
            Kind::Group(GroupKind::Capture { .. } | GroupKind::Plain(_), branches) if branches.len() == 1 => {
                spell(&branches[0], text);
            }
            _ => text.push(' '),
        }
    }
}
