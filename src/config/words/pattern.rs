//! Regular expressions that nginx hands to PCRE, tried on concrete texts. Where the engine at hand and PCRE may differ,
//! the answer is that it is not known.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fancy_regex::{Regex, RegexBuilder};
use foldhash::HashMap;

use crate::pcre;

/// More backtracking than this, and the answer is not known.
const BACKTRACK_LIMIT: usize = 20_000;
/// More optional characters in one ending than give so many variants are not spelled out.
const MAX_VARIANTS: usize = 16;
/// PCRE and the engine at hand read these differently, or only PCRE knows them.
const DIFFERENT: &[&str] =
    &["\\h", "\\H", "\\R", "\\X", "\\C", "\\Q", "(*", "(?|", "(?R", "(?&", "(?1", "(?P>", "\\g", "[[.", "[[="];

/// A regular expression, compiled when it is tried for the first time.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    caseless: bool,
    /// What every match begins with, at the start of the subject.
    start: String,
    /// The texts that a subject must end with, if it is about them and nothing else; in lower case if `caseless`.
    endings: Option<Vec<String>>,
    regex: OnceLock<Option<Regex>>,
    parsed: OnceLock<Result<pcre::Pattern, pcre::Error>>,
    /// A site that fits though it should not, by what the expression is matched with and which sites are asked about.
    pub(super) foreign_sites: [[OnceLock<Option<String>>; 3]; 3],
}

/// Patterns by their text, those that heed letter case and those that do not.
type ByText = [HashMap<Box<str>, Arc<Pattern>>; 2];

/// The patterns of a configuration, each text once: the same few regexes stand in all its servers.
#[derive(Debug, Default)]
pub(in crate::config) struct Patterns(Mutex<ByText>);

impl Patterns {
    pub(in crate::config) fn get(&self, text: &str, caseless: bool) -> Arc<Pattern> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = &mut known[usize::from(caseless)];
        if let Some(pattern) = known.get(text) {
            return Arc::clone(pattern);
        }
        let pattern = Arc::new(Pattern::new(text, caseless));
        known.insert(text.into(), Arc::clone(&pattern));
        pattern
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.caseless) == (&other.text, other.caseless)
    }
}

impl Pattern {
    /// Takes the text of the expression, without nginx's `~` or `~*`.
    pub fn new(text: &str, caseless: bool) -> Self {
        let is_template = has_placeholder(text) || text.contains("{{") || text.contains("<%");
        let regex = OnceLock::new();
        if is_template || DIFFERENT.iter().any(|unlike| text.contains(unlike)) {
            let _ = regex.set(None);
        }
        let endings = literal_endings(text).map(|endings| match caseless {
            true => endings.iter().map(|ending| ending.to_ascii_lowercase()).collect(),
            false => endings,
        });
        Self {
            text: text.into(),
            caseless,
            start: literal_start(text),
            endings,
            regex,
            parsed: OnceLock::new(),
            foreign_sites: Default::default(),
        }
    }

    /// What PCRE reads, or why it refuses the expression; looked at when it is asked for the first time.
    pub fn parsed(&self) -> Result<&pcre::Pattern, &pcre::Error> {
        self.parsed.get_or_init(|| pcre::parse(&self.text, self.caseless)).as_ref()
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || {
            RegexBuilder::new(&self.text).case_insensitive(self.caseless).backtrack_limit(BACKTRACK_LIMIT).build().ok()
        };
        self.regex.get_or_init(build).as_ref()
    }

    /// Does the fixed text that every match begins with rule this subject out? Far cheaper than compiling.
    fn is_ruled_out(&self, subject: &str) -> bool {
        let differs = |start: &[u8]| match self.caseless {
            true => !start.eq_ignore_ascii_case(self.start.as_bytes()),
            false => start != self.start.as_bytes(),
        };
        let known = self.regex.get().is_none_or(Option::is_some);
        known && subject.as_bytes().get(..self.start.len()).is_none_or(differs)
    }

    /// Do the fixed texts that their matches begin with leave no subject that both match?
    pub(in crate::config) fn starts_differ(&self, other: &Self) -> bool {
        let is_known = |pattern: &Self| pattern.regex.get().is_none_or(Option::is_some);
        let common = self.start.len().min(other.start.len());
        let starts = [self, other].map(|pattern| &pattern.start.as_bytes()[..common]);
        is_known(self) && is_known(other) && !starts[0].eq_ignore_ascii_case(starts[1])
    }

    /// Does nothing but the end of the subject decide: an expression such as `\.(css|js)$`?
    pub(in crate::config) fn is_about_endings(&self) -> bool {
        self.endings.is_some()
    }

    /// Does every text that it matches end with something, and never with this character?
    pub(in crate::config) fn never_ends_with(&self, last: char) -> bool {
        self.endings.as_ref().is_some_and(|endings| !endings.iter().any(|ending| ending.ends_with(last)))
    }

    /// The text that everything it matches begins with; none if there is none, or if its letters may be of any case.
    pub(in crate::config) fn certain_start(&self) -> Option<&str> {
        let is_certain = !self.start.is_empty() && (!self.caseless || !self.start.contains(char::is_alphabetic));
        is_certain.then_some(&self.start)
    }

    /// Is no text that begins with this one matched?
    pub(in crate::config) fn is_ruled_out_below(&self, text: &str) -> bool {
        text.len() >= self.start.len() && self.is_ruled_out(text)
    }

    /// Does it match somewhere in `subject`? None if that is not known.
    pub fn matches(&self, subject: &str) -> Option<bool> {
        if self.is_ruled_out(subject) {
            return Some(false);
        }
        if let Some(endings) = &self.endings {
            let lower = self.caseless.then(|| subject.to_ascii_lowercase());
            let subject = lower.as_deref().unwrap_or(subject);
            return Some(endings.iter().any(|ending| subject.ends_with(ending.as_str())));
        }
        self.regex()?.is_match(subject).ok()
    }

    /// The groups of the first match (0 is the whole of it). The outer `None` says that it is not known, the inner one that
    /// it does not match.
    pub fn captures(&self, subject: &str) -> Option<Option<Vec<String>>> {
        if self.is_ruled_out(subject) {
            return Some(None);
        }
        let captures = self.regex()?.captures(subject).ok()?;
        let text = |group: Option<fancy_regex::Match<'_>>| group.map_or_else(String::new, |m| m.as_str().to_owned());
        Some(captures.map(|captures| captures.iter().map(text).collect()))
    }

    /// The names of its groups, with their numbers.
    pub fn group_names(&self) -> Vec<(usize, String)> {
        let Ok(pattern) = self.parsed() else { return Vec::new() };
        pattern.group_names().map(|(number, name)| (number as usize, name.to_owned())).collect()
    }
}

/// `${NAME}` cannot be a part of a regular expression that matches anything: a renderer will fill it in.
fn has_placeholder(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| text[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// The fixed text behind a leading `^`; empty where there is none.
fn literal_start(text: &str) -> String {
    let mut start = String::new();
    let Some(body) = text.strip_prefix('^').filter(|body| !has_alternatives(body)) else { return start };
    let mut chars = body.chars();
    while let Some(next) = chars.next() {
        match next {
            '*' | '?' | '{' => {
                start.pop();
                return start;
            }
            '\\' => match chars.next() {
                Some(escaped) if escaped.is_ascii_punctuation() => start.push(escaped),
                _ => return start,
            },
            '.' | '[' | ']' | '(' | ')' | '+' | '}' | '|' | '^' | '$' => return start,
            other => start.push(other),
        }
    }
    start
}

/// The endings that `\.css$`, `\.(css|jpe?g)$` and the like consist of; none for anything more involved.
fn literal_endings(text: &str) -> Option<Vec<String>> {
    let body = text.strip_prefix("\\.")?.strip_suffix('$')?;
    let inside =
        body.strip_prefix("(?:").or(body.strip_prefix('(')).map_or(Some(body), |rest| rest.strip_suffix(')'))?;
    let is_group = inside.len() < body.len();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '?') || (c == '|' && is_group);
    if inside.is_empty() || !inside.chars().all(is_plain) || inside.contains("??") {
        return None;
    }
    let mut endings = Vec::new();
    for word in inside.split('|') {
        let mut variants = vec![".".to_owned()];
        let mut chars = word.chars().peekable();
        while let Some(next) = chars.next().filter(|next| *next != '?') {
            let mut with = variants.clone();
            with.iter_mut().for_each(|variant| variant.push(next));
            match chars.next_if_eq(&'?') {
                Some(_) => variants.extend(with),
                None => variants = with,
            }
        }
        if chars.next().is_some() || variants.len() > MAX_VARIANTS {
            return None;
        }
        endings.extend(variants);
    }
    Some(endings)
}

/// Is there a `|` outside of every group?
fn has_alternatives(text: &str) -> bool {
    let (mut depth, mut in_class, mut escaped) = (0_i32, false, false);
    for next in text.chars() {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth <= 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Pattern, literal_endings, literal_start};

    #[test]
    fn lookarounds_are_understood_and_unknown_syntax_is_admitted() {
        assert_eq!(Pattern::new(r"/\.(?!well-known)", false).matches("/.well-known/x"), Some(false));
        assert_eq!(Pattern::new(r"\.PHP$", true).matches("/a.php"), Some(true));
        assert_eq!(Pattern::new(r"^\h+$", false).matches("a"), None);
        assert_eq!(Pattern::new("^/${NAME}", false).matches("/x"), None);
        assert_eq!(Pattern::new("(", false).matches("("), None);
    }

    #[test]
    fn groups_that_take_no_part_are_empty() {
        let groups = Pattern::new("^/(a)?(b)", false).captures("/b");
        assert_eq!(groups, Some(Some(vec!["/b".to_owned(), String::new(), "b".to_owned()])));
    }

    #[test]
    fn the_fixed_start_ends_where_anything_may_follow() {
        for (text, start) in [
            (r"^/\.well-known/(.*)$", "/.well-known/"),
            ("^/as?", "/a"),
            ("^/a+", "/a"),
            ("^/a|/b", ""),
            ("^/(a|b)", "/"),
            ("^/[a|]x", "/"),
            (r"^/\d", "/"),
            ("/a", ""),
            ("^(?i)/a", ""),
        ] {
            assert_eq!(literal_start(text), start, "{text}");
        }
        assert_eq!(Pattern::new("^/A", true).matches("/ab"), Some(true));
        assert_eq!(Pattern::new("^/A", false).matches("/ab"), Some(false));
        assert_eq!(Pattern::new("^/ä", false).matches("/a"), Some(false));
    }

    #[test]
    fn plain_endings_need_no_engine() {
        let endings = |text| literal_endings(text).unwrap_or_default().join(" ");
        assert_eq!(endings(r"\.css$"), ".css");
        assert_eq!(endings(r"\.(?:css|jpe?g|woff2?)$"), ".css .jpg .jpeg .woff .woff2");
        assert_eq!(endings(r"\.(css|)$"), ".css .");
        for text in [
            r"\.(css|js)",
            r"\.(css(\.map)?|js)$",
            r"\.c.s$",
            r"\.a|b$",
            r"^\.css$",
            r"\.(?i:css)$",
            r"\.(?css)$",
            r"\.c??$",
        ] {
            assert_eq!(literal_endings(text), None, "{text}");
        }
        assert_eq!(Pattern::new(r"\.(CSS|js)$", true).matches("/A.Css"), Some(true));
        assert_eq!(Pattern::new(r"\.(CSS|js)$", false).matches("/A.Css"), Some(false));
        assert_eq!(Pattern::new(r"\.(css|js)$", false).captures("/a.js"), Some(Some(vec![".js".into(), "js".into()])));
    }
}
