//! What a value of `ssl_ciphers` switches on, read as OpenSSL reads it.

use crate::config::Directive;
use crate::nginx::ciphers::{self, Suite};
use crate::source::Span;
use crate::template::is_symbolic;

/// Groups that say nothing of what is in them, and yet are asked for by name.
const VAST: &[&str] = &["ALL", "COMPLEMENTOFDEFAULT", "COMPLEMENTOFALL", "MEDIUM", "LOW"];

/// One word of the value.
#[derive(Debug, Clone, Copy)]
struct Word<'c> {
    text: &'c str,
    start: usize,
}

impl<'c> Word<'c> {
    /// The groups or the suite that must all apply.
    fn parts(self) -> impl Iterator<Item = &'c str> {
        self.text.trim_start_matches(['!', '-', '+']).split('+')
    }

    /// The suites that it is about.
    fn suites(self) -> Vec<&'static Suite> {
        let name = self.text.trim_start_matches(['!', '-', '+']);
        if let Some(suite) = ciphers::lookup(name) {
            return vec![suite];
        }
        // Only in front of all others does OpenSSL know this word.
        if self.parts().any(|part| part == "DEFAULT") && (name != "DEFAULT" || self.start > 0) {
            return Vec::new();
        }
        let all = ciphers::all().iter();
        all.filter(|suite| self.parts().all(|part| suite.is_in(part) == Some(true))).collect()
    }
}

/// A suite that is on, and the word that asks for it.
#[derive(Debug, Clone, Copy)]
struct Enabled<'c> {
    suite: &'static Suite,
    word: Word<'c>,
}

/// What a line of `ssl_ciphers` leaves switched on.
#[derive(Debug)]
pub struct CipherList<'c> {
    line: Directive<'c>,
    text: &'c str,
    enabled: Vec<Enabled<'c>>,
}

impl<'c> CipherList<'c> {
    /// Reads the value of a line; none where it is not known.
    pub fn new(line: Directive<'c>) -> Option<Self> {
        let text = line.arg(0).filter(|text| !is_symbolic(text))?;
        let mut enabled: Vec<Enabled<'_>> = Vec::new();
        let mut banned: Vec<&Suite> = Vec::new();
        for word in words(text) {
            let suites = word.suites();
            if word.text == "DEFAULT" && word.start == 0 {
                // It is short for a text that bans all the rest for good.
                banned.extend(ciphers::all().iter().filter(|suite| !suite.is_default));
            }
            match word.text.as_bytes().first() {
                Some(b'!') => {
                    enabled.retain(|on| !suites.contains(&on.suite));
                    banned.extend(suites);
                }
                Some(b'-') => enabled.retain(|on| !suites.contains(&on.suite)),
                Some(b'+' | b'@') => {}
                _ => {
                    let is_new = |suite: &&Suite| !banned.contains(suite);
                    enabled.extend(suites.into_iter().filter(is_new).map(|suite| Enabled { suite, word }));
                }
            }
        }
        Some(Self { line, text, enabled })
    }

    /// The suites that are on, each once for every word that asks for it.
    pub fn suites(&self) -> impl Iterator<Item = &'static Suite> {
        self.enabled.iter().map(|on| on.suite)
    }

    /// Does a word ask for a suite of this kind on purpose, and is one on? A word does so that names such a suite, or one of
    /// these groups. The place of the first such word is given.
    pub fn asks_for(&self, groups: &[&str], is_it: impl Fn(&Suite) -> bool) -> Option<Span> {
        let asks = |word: Word<'_>| ciphers::lookup(word.text).is_some() || word.parts().any(|p| groups.contains(&p));
        let found = self.enabled.iter().find(|on| is_it(on.suite) && asks(on.word))?;
        Some(self.span_of(found.word))
    }

    /// As [`CipherList::asks_for`]; `ALL` and other groups of all sorts count as well.
    pub fn asks_for_any(&self, groups: &[&str], is_it: impl Fn(&Suite) -> bool) -> Option<Span> {
        let groups: Vec<&str> = groups.iter().chain(VAST).copied().collect();
        self.asks_for(&groups, is_it)
    }

    /// The place of a word; of the whole value where that is written with escapes.
    fn span_of(&self, word: Word<'_>) -> Span {
        let whole = self.line.arg_text_span(0).unwrap_or(self.line.head());
        if (whole.end - whole.start) as usize != self.text.len() {
            return whole;
        }
        let start = whole.start + word.start as u32;
        Span::new(whole.source, start, start + word.text.len() as u32)
    }
}

fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let is_separator = |c: char| matches!(c, ':' | ',' | ';') || c.is_whitespace();
    let mut start = 0;
    text.split(is_separator).filter_map(move |word| {
        let found = Word { text: word, start };
        // Every separator is one byte of ASCII but for exotic blanks, which no suite stands behind.
        start += word.len() + 1;
        (!word.is_empty()).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::CipherList;
    use crate::config::testing;

    fn with(value: &str, see: impl Fn(&CipherList<'_>)) {
        let config = testing::read(&format!("ssl_ciphers \"{value}\";"));
        let line = config.all("ssl_ciphers").next().expect("there is one");
        see(&CipherList::new(line).expect("it can be read"));
    }

    #[test]
    fn words_add_remove_and_ban() {
        let has = |value: &str, wanted: &str| {
            let mut found = false;
            let config = testing::read(&format!("ssl_ciphers \"{value}\";"));
            for line in config.all("ssl_ciphers") {
                let list = CipherList::new(line).expect("it can be read");
                found = list.suites().any(|suite| suite.name == wanted);
            }
            found
        };
        assert!(has("RC4+RSA", "RC4-SHA") && !has("RC4+RSA", "AES128-SHA"));
        assert!(!has("!RC4:RC4", "RC4-SHA") && has("-RC4:RC4", "RC4-SHA") && !has("RC4:-RC4", "RC4-SHA"));
        assert!(!has("HIGH:+RC4", "RC4-SHA") && !has("HIGH+unknown", "AES128-SHA"));
        assert!(has("ALL:!aNULL", "DES-CBC3-SHA") && !has("ALL", "NULL-SHA") && !has("DEFAULT", "RC4-SHA"));
        assert!(has("DEFAULT:!RC4", "AES128-SHA") && !has("RC4:DEFAULT", "AES128-SHA"));
        assert!(!has("DEFAULT:RC4", "RC4-SHA"));
        assert!(has("EDH-RSA-DES-CBC3-SHA", "DHE-RSA-DES-CBC3-SHA"));
    }

    #[test]
    fn groups_of_all_sorts_are_no_wish() {
        let rc4 = |suite: &crate::nginx::ciphers::Suite| suite.encryption == "RC4";
        with("MEDIUM:HIGH", |list| assert!(list.asks_for(&["RC4"], rc4).is_none()));
        with("MEDIUM:HIGH", |list| assert!(list.asks_for_any(&["RC4"], rc4).is_some()));
        with("HIGH:RC4", |list| assert_eq!(list.asks_for(&["RC4"], rc4).map(|span| span.end - span.start), Some(3)));
    }
}
