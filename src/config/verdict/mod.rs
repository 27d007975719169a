//! Where nginx stands when it judges a directive, and what can be judged at all.

pub mod buffers;
pub mod charset;
pub mod definition;
pub mod incompatible;
pub(super) mod modules;

use crate::config::{Config, Directive, Outer};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::directives::{self, Origin};
use crate::nginx::family::Family;
use crate::nginx::variables;
use crate::source::Span;
use crate::syntax::Terminator;
use crate::template::is_symbolic;

impl Directive<'_> {
    /// Where to point at for a part of this directive, so that the line is the one that nginx names: the part itself, or
    /// the `;` or `{` if that is on a later line.
    pub fn verdict_place(self, part: Span) -> Span {
        let end = match self.terminator() {
            Terminator::Semicolon(at) | Terminator::Block { open: at, .. } => at,
            Terminator::Missing | Terminator::Placeholder => return part,
        };
        let source = self.config().library().sources().get(part.source);
        if self.is_root() || source.line_of(part.start) == source.line_of(end) {
            part
        } else {
            Span::new(part.source, end, end + 1)
        }
    }

    /// As [`Directive::verdict_place`], for an argument.
    pub fn verdict_on_arg(self, index: usize) -> Span {
        self.verdict_place(self.arg_span(index).unwrap_or(self.head()))
    }

    /// As [`Directive::verdict_place`], for the whole line.
    pub fn verdict_on_head(self) -> Span {
        self.verdict_place(self.head())
    }

    /// The brace that closes its body, for what nginx says at the end of a block.
    pub fn closing_brace(self) -> Option<Span> {
        match self.terminator() {
            Terminator::Block { close: Some(close), .. } if !self.is_root() => {
                Some(Span::new(self.in_file(), close, close + 1))
            }
            _ => None,
        }
    }

    /// Is this word, in a place where nginx takes no variables, the text that nginx gets to see? Placeholders are not; a
    /// `$name` is, unless it looks like a variable of the environment that is filled in before.
    pub fn is_literal(self, word: &str) -> bool {
        if is_to_be_replaced(word) {
            return false;
        }
        if !is_symbolic(word) {
            return true;
        }
        !is_symbolic(&word.replace('$', "")) && !self.is_in_template() && dollars(word).all(is_own_variable)
    }

    /// Are all directives in its body nginx's own, so that no add-on can bring what is missing?
    pub fn has_plain_body(self) -> bool {
        let is_own = |child: Self| {
            child.is("include") || directives::lookup(child.name()).iter().any(|d| d.origin == Origin::Oss)
        };
        !self.is_opaque() && self.children().all(is_own)
    }

    /// Does it stand in this context of nginx's own modules?
    pub fn stands_in(self, set: ContextSet) -> bool {
        self.context().is_some_and(|context| set.contains(context))
    }
}

/// Is it a mark, or does it hold a name in capitals, as scripts replace them: `@@PORT@@`, `APP_HOST`, `APP:PORT`?
fn is_to_be_replaced(word: &str) -> bool {
    let is_capital = |part: &str| {
        part.bytes().filter(u8::is_ascii_uppercase).count() > 1 && !part.bytes().any(|byte| byte.is_ascii_lowercase())
    };
    if !word.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'@') {
        return false;
    }
    let word = word.split_once("://").map_or(word, |(_, rest)| rest);
    let is_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    word.contains("@@")
        || parts.any(|part| is_capital(part) && !is_hexadecimal(part) && (part.contains('_') || word.contains(':')))
}

/// What follows each dollar sign.
fn dollars(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1)
}

/// Is this, behind a dollar sign, one of nginx's variables or nothing, rather than a variable of the environment?
fn is_own_variable(rest: &str) -> bool {
    let (braced, rest) = rest.strip_prefix('{').map_or((false, rest), |rest| (true, rest));
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    if name.is_empty() && !braced {
        return true;
    }
    let is_lower = !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_known =
        || [Family::Http, Family::Stream].into_iter().any(|family| variables::lookup(name, family).is_some());
    is_lower && (!braced || is_known())
}

impl Config {
    /// Is everything known that stands directly in `http` (or `stream`)?
    pub fn knows_all_of(&self, block: &str) -> bool {
        self.outer() == Outer::Nothing
            && !self.root().is_opaque()
            && self.all(block).filter(|found| found.context() == Some(Context::Main)).all(|found| !found.is_opaque())
    }
}

#[cfg(test)]
mod tests {
    use super::{is_own_variable, is_to_be_replaced};

    #[test]
    fn variables_of_the_environment_are_written_in_capitals_or_braces() {
        for rest in ["port", "host:80", "{host}", "1", "", ")$"] {
            assert!(is_own_variable(rest), "{rest}");
        }
        for rest in ["PORT", "{PORT}", "{port}", "{}"] {
            assert!(!is_own_variable(rest), "{rest}");
        }
    }

    #[test]
    fn names_in_capitals_are_replaced_before() {
        for word in ["@@PORT@@", "APP:PORT", "http://APP_HOST/", "127.0.0.1:PORT"] {
            assert!(is_to_be_replaced(word), "{word}");
        }
        for word in ["SSL", "Backup", "HTTP://a", "app:80", "[FE80::1]:80", "default_servers"] {
            assert!(!is_to_be_replaced(word), "{word}");
        }
    }
}
