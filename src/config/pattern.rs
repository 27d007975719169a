//! Regular expressions that nginx hands to PCRE, tried on concrete texts. Where the engine at hand and PCRE may differ,
//! the answer is that it is not known.

use fancy_regex::{Regex, RegexBuilder};

/// More backtracking than this, and the answer is not known.
const BACKTRACK_LIMIT: usize = 20_000;

/// A regular expression, if it is one that can be tried.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Option<Regex>,
}

impl Pattern {
    /// Takes the text of the expression, without nginx's `~` or `~*`.
    pub fn new(text: &str, caseless: bool) -> Self {
        // PCRE and this engine read these differently, or only PCRE knows them.
        let differs =
            ["\\h", "\\H", "\\R", "\\X", "\\C", "\\Q", "(*", "(?|", "(?R", "(?&", "(?1", "(?P>", "\\g", "[[.", "[[="];
        let is_template = has_placeholder(text) || text.contains("{{") || text.contains("<%");
        if is_template || differs.iter().any(|unlike| text.contains(unlike)) {
            return Self { regex: None };
        }
        let built = RegexBuilder::new(text).case_insensitive(caseless).backtrack_limit(BACKTRACK_LIMIT).build();
        Self { regex: built.ok() }
    }

    /// Does it match somewhere in `subject`? None if that is not known.
    pub fn matches(&self, subject: &str) -> Option<bool> {
        self.regex.as_ref()?.is_match(subject).ok()
    }

    /// The groups of the first match (0 is the whole of it). The outer `None` says that it is not known, the inner one that
    /// it does not match.
    pub fn captures(&self, subject: &str) -> Option<Option<Vec<String>>> {
        let captures = self.regex.as_ref()?.captures(subject).ok()?;
        let text = |group: Option<fancy_regex::Match<'_>>| group.map_or_else(String::new, |m| m.as_str().to_owned());
        Some(captures.map(|captures| captures.iter().map(text).collect()))
    }
}

/// `${NAME}` cannot be a part of a regular expression that matches anything: a renderer will fill it in.
fn has_placeholder(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| text[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

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
}
