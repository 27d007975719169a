//! The regular expressions of a configuration: every place where nginx compiles one.

use std::sync::Arc;

use crate::config::words::pattern::Pattern;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::source::Span;
use crate::template;

/// nginx does not read longer words, so nobody needs to look into them.
const LONGEST: usize = 4096;

/// One expression, where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Regex<'c> {
    /// The directive, or the entry of a map.
    pub directive: Directive<'c>,
    /// The argument that it stands in; none if it is the key of a map.
    pub argument: Option<usize>,
    /// The expression, without `~` or `~*`.
    pub text: &'c str,
    /// How many bytes of the word stand in front of it.
    offset: usize,
    /// Does it ignore letter case?
    pub caseless: bool,
}

/// A [`Regex`] as it is kept.
#[derive(Debug)]
pub(in crate::config) struct Place {
    directive: u32,
    argument: Option<usize>,
    offset: usize,
    length: usize,
    caseless: bool,
}

impl Config {
    /// All expressions that nginx compiles, apart from those that a template has yet to fill in.
    pub fn regexes(&self) -> impl Iterator<Item = Regex<'_>> {
        let place = |Regex { directive, argument, text, offset, caseless }| {
            let directive: Directive<'_> = directive;
            Place { directive: directive.order(), argument, offset, length: str::len(text), caseless }
        };
        let places = self.regexes.get_or_init(|| self.find_regexes().map(place).collect());
        places.iter().map(|Place { directive, argument, offset, length, caseless }| {
            let directive = Directive::new(self, *directive);
            let word = argument.map_or(Some(directive.name()), |argument| directive.arg(argument)).unwrap_or_default();
            let text = word.get(*offset..offset + length).unwrap_or_default();
            Regex { directive, argument: *argument, text, offset: *offset, caseless: *caseless }
        })
    }

    fn find_regexes(&self) -> impl Iterator<Item = Regex<'_>> {
        let located = self.all("location").filter_map(of_location);
        let conditions = self.all("if").filter_map(of_condition);
        let named = self.all("server_name").filter(|names| !in_mail(*names)).flat_map(|names| marked(names, CASELESS));
        let rewrites = self.all("rewrite").filter_map(of_rewrite);
        let keys = self.all("map").flat_map(of_map);
        let referers = self.all("valid_referers").flat_map(|referers| marked(referers, CASELESS));
        let replaced = ["proxy_redirect", "proxy_cookie_path"].into_iter().flat_map(|name| {
            self.all(name)
                .filter(|directive| directive.arg(1).is_some())
                .filter_map(|directive| marked_first(directive, BOTH))
        });
        let cookies = ["proxy_cookie_domain", "proxy_cookie_flags"].into_iter().flat_map(|name| {
            self.all(name)
                .filter(|directive| directive.arg(1).is_some())
                .filter_map(|directive| marked_first(directive, CASELESS))
        });
        let split = self.all("fastcgi_split_path_info").filter_map(|split| whole(split, 0, false));
        let zipped = self.all("gzip_disable").flat_map(of_agents);
        let all = located.chain(conditions).chain(named).chain(rewrites).chain(keys).chain(referers);
        all.chain(replaced)
            .chain(cookies)
            .chain(split)
            .chain(zipped)
            .filter(|regex| regex.text.len() <= LONGEST && !regex.is_template())
    }
}

/// The marks in front of an expression, longest first, and whether they ask to ignore letter case.
type Marks = &'static [(&'static str, bool)];
const BOTH: Marks = &[("~*", true), ("~", false)];
const CASELESS: Marks = &[("~", true)];

fn in_mail(directive: Directive<'_>) -> bool {
    directive.context() == Some(Context::MailServer)
}

fn whole(directive: Directive<'_>, argument: usize, caseless: bool) -> Option<Regex<'_>> {
    Some(Regex { directive, argument: Some(argument), text: directive.arg(argument)?, offset: 0, caseless })
}

fn marked_argument<'c>(directive: Directive<'c>, argument: usize, marks: Marks) -> Option<Regex<'c>> {
    let word = directive.arg(argument)?;
    let (mark, caseless) = marks.iter().find(|(mark, _)| word.starts_with(mark))?;
    let (text, offset) = (&word[mark.len()..], mark.len());
    Some(Regex { directive, argument: Some(argument), text, offset, caseless: *caseless })
}

fn marked_first<'c>(directive: Directive<'c>, marks: Marks) -> Option<Regex<'c>> {
    marked_argument(directive, 0, marks)
}

fn marked<'c>(directive: Directive<'c>, marks: Marks) -> impl Iterator<Item = Regex<'c>> {
    (0..directive.args().len()).filter_map(move |argument| marked_argument(directive, argument, marks))
}

/// The expression of a `rewrite`.
pub(super) fn of_rewrite(rewrite: Directive<'_>) -> Option<Regex<'_>> {
    whole(rewrite, 0, false)
}

/// The expression of a location.
pub(super) fn of_location(location: Directive<'_>) -> Option<Regex<'_>> {
    match location.arg(1) {
        None => marked_first(location, BOTH),
        Some(_) => match location.arg(0)? {
            "~" => whole(location, 1, false),
            "~*" => whole(location, 1, true),
            _ => None,
        },
    }
}

/// `if ($variable ~ expression)`; the parentheses may be words of their own.
pub(super) fn of_condition(block: Directive<'_>) -> Option<Regex<'_>> {
    if !block.is("if") {
        return None;
    }
    let operator = if block.arg(0)? == "(" { 2 } else { 1 };
    let caseless = match block.arg(operator)? {
        "~" | "!~" => false,
        "~*" | "!~*" => true,
        _ => return None,
    };
    let regex = whole(block, operator + 1, caseless)?;
    match block.args().len() - operator {
        2 => Some(Regex { text: regex.text.strip_suffix(')')?, ..regex }),
        3 if block.arg(operator + 2) == Some(")") => Some(regex),
        _ => None,
    }
}

fn of_map(map: Directive<'_>) -> impl Iterator<Item = Regex<'_>> {
    let is_map = matches!(map.inside(), Some(Context::MapBody | Context::StreamMapBody));
    map.children().filter(move |_| is_map).filter_map(of_entry)
}

/// The expression that is the key of an entry of a map.
pub(super) fn of_entry(entry: Directive<'_>) -> Option<Regex<'_>> {
    let (mark, caseless) = BOTH.iter().find(|(mark, _)| entry.args().len() == 1 && entry.name().starts_with(mark))?;
    let (text, offset) = (&entry.name()[mark.len()..], mark.len());
    Some(Regex { directive: entry, argument: None, text, offset, caseless: *caseless })
}

/// `gzip_disable` has names for some agents.
fn of_agents(disable: Directive<'_>) -> impl Iterator<Item = Regex<'_>> {
    let is_name = move |argument: &usize| matches!(disable.arg(*argument), Some("msie6" | "degradation" | "off"));
    (0..disable.args().len())
        .filter(move |argument| !is_name(argument))
        .filter_map(move |argument| whole(disable, argument, true))
}

impl<'c> Regex<'c> {
    /// The expression, compiled and taken apart once for all places with this text.
    pub fn pattern(&self) -> Arc<Pattern> {
        self.directive.config().pattern(self.text, self.caseless)
    }

    /// The same, unless PCRE refuses it.
    pub(super) fn understood(&self) -> Option<Arc<Pattern>> {
        Some(self.pattern()).filter(|pattern| pattern.parsed().is_ok())
    }

    /// Could a renderer still change it? `$` is an anchor, whatever follows; in a template it may begin a placeholder.
    pub(super) fn is_template(&self) -> bool {
        let in_template = self.directive.is_in_template();
        let begins_placeholder = |rest: &str| {
            let first = rest.trim_start_matches('{').chars().next();
            first.is_some_and(|c| c.is_ascii_uppercase() || (in_template && (c.is_ascii_lowercase() || c == '_')))
        };
        self.text.split('$').skip(1).any(begins_placeholder)
            || self.text.contains("{%")
            || template::is_symbolic(&self.text.replace('$', ""))
    }

    /// The variable that an `if` matches it against, with its dollar; none if the `if` wants it not to match.
    pub fn subject_of_condition(&self) -> Option<&'c str> {
        let words = self.directive.args().take(self.argument?);
        let operator = words.clone().next_back().filter(|operator| operator.starts_with('~'));
        let subject = words.rev().nth(1).map(|word| word.trim_start_matches('('));
        operator.and(subject).filter(|_| self.directive.is("if"))
    }

    /// Do its named groups become variables?
    pub fn defines_variables(&self) -> bool {
        !matches!(self.directive.name(), "valid_referers" | "gzip_disable" | "fastcgi_split_path_info")
            || self.argument.is_none()
    }

    /// Is it one of stream, whose variables are its own?
    pub fn is_in_stream(&self) -> bool {
        matches!(self.directive.context(), Some(Context::StreamServer | Context::StreamMapBody))
    }

    /// Is it in a directive that knows `~`, ignoring letter case, and no `~*`?
    pub fn takes_bare_tilde(&self) -> bool {
        let names = ["server_name", "valid_referers", "proxy_cookie_domain", "proxy_cookie_flags"];
        names.iter().any(|name| self.directive.is(name))
    }

    /// Where it stands, with its mark.
    pub fn word(&self) -> Span {
        let word = self.argument.and_then(|argument| self.directive.arg_span(argument));
        word.unwrap_or(self.directive.name_span())
    }

    /// Where it stands, without its mark and without quotes.
    pub fn span(&self) -> Span {
        self.part(0, self.text.len())
    }

    /// The place of `start..end` of the expression; the whole word where its text cannot be told from its value.
    pub fn part(&self, start: usize, end: usize) -> Span {
        let directive = self.directive;
        let word = match self.argument {
            Some(argument) => directive.arg_text_span(argument),
            None => Some(directive.name_text_span()),
        };
        let word = word.unwrap_or(directive.head());
        let raw = directive.config().library().text(word);
        let value = self.argument.map_or(Some(directive.name()), |argument| directive.arg(argument));
        let places = places(&raw);
        if places.len() != value.map_or(0, str::len) + 1 || raw.len() != (word.end - word.start) as usize {
            return word;
        }
        let place = |at: usize| word.start + places.get(at + self.offset).copied().unwrap_or(word.end - word.start);
        Span::new(word.source, place(start), place(end).max(place(start)))
    }
}

impl<'c> Directive<'c> {
    /// The expressions among the keys of a map.
    pub(super) fn regex_keys(self) -> impl Iterator<Item = Regex<'c>> {
        of_map(self)
    }

    /// The groups `$1` to `$9` that an argument uses, and where.
    pub fn group_references(self, argument: usize) -> impl Iterator<Item = (u32, Span)> {
        let value = self.arg(argument).unwrap_or_default();
        let whole = Regex { directive: self, argument: Some(argument), text: value, offset: 0, caseless: false };
        value.match_indices('$').filter_map(move |(at, _)| {
            let digit = value[at + 1..].chars().next()?.to_digit(10).filter(|digit| *digit > 0)?;
            Some((digit, whole.part(at, at + 2)))
        })
    }
}

/// Where each byte of a word's value begins in its text, and where the text ends.
fn places(raw: &str) -> Vec<u32> {
    let bytes = raw.as_bytes();
    let mut places = Vec::with_capacity(bytes.len() + 1);
    let mut at = 0;
    while at < bytes.len() {
        places.push(at as u32);
        at += 1;
        if bytes[at - 1] != b'\\' {
            continue;
        }
        match bytes.get(at) {
            Some(b'"' | b'\'' | b'\\' | b't' | b'r' | b'n') => at += 1,
            Some(_) => {
                places.push(at as u32);
                at += 1;
            }
            None => {}
        }
    }
    places.push(bytes.len() as u32);
    places
}

#[cfg(test)]
mod tests {
    use crate::config::testing::read;

    fn found(text: &str) -> Vec<String> {
        let config = read(text);
        let shown = |regex: super::Regex<'_>| format!("{}{}", regex.text, if regex.caseless { "/i" } else { "" });
        config.regexes().map(shown).collect()
    }

    #[test]
    fn every_place_is_known() {
        let text = r#"
            map $uri $a { ~x 1; "~*y z" 2; \~n 3; n ~; default 4; }
            server {
                server_name a.test ~^(.+)\.test$;
                rewrite ^/old /new;
                if ($uri ~ (a)(b)) { return 204; }
                if ( $uri !~* "c{2}" ) { return 204; }
                if ($uri = ~d) { return 204; }
                location ~ e { valid_referers none ~f; }
                location ~*g { proxy_redirect ~h /; proxy_redirect ~x; proxy_cookie_domain ~i /; proxy_cookie_path ~*j /; }
                location = ~n { proxy_cookie_flags ~k secure; fastcgi_split_path_info l; gzip_disable msie6 m; }
                location / { proxy_redirect off; }
            }"#;
        let wanted = "e g/i (a)(b) c{2}/i ^(.+)\\.test$/i ^/old x y z/i f/i h j/i i/i k/i l m/i";
        assert_eq!(found(text).join(" "), wanted);
    }

    #[test]
    fn templates_are_left_out_and_dollars_are_not() {
        assert_eq!(found("server { location ~ ^/a$ {} location ~ ^/${P}( {} location ~ '{{p}}' {} }"), ["^/a$"]);
        assert_eq!(found("server { location ~ ^/$host( {} location ~ __P__( {} }"), ["^/$host("]);
    }

    #[test]
    fn parts_are_found_behind_escapes_and_marks() {
        let config = read(r#"server { location "~*a\\\\b\"c" {} location ~ \.d {} }"#);
        let parts: Vec<_> = config.regexes().map(|regex| config.library().text(regex.part(1, 4))).collect();
        assert_eq!(parts, [r#"\\\\b"#, ".d"]);
        let text = config.regexes().map(|regex| regex.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(text, [r#"a\\b"c"#, r"\.d"]);
    }
}
