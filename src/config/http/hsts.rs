//! Strict-Transport-Security: the lines that send it, who gets them, and what browsers make of their values.

use foldhash::HashMap;

use crate::config::http::Server;
use crate::config::http::ending::Ending;
use crate::config::http::headers::{can_send, header_key};
use crate::config::{Config, Directive, Outer};
use crate::nginx::context::Context;
use crate::nginx::version::Version;
use crate::source::Span;
use crate::template::is_symbolic;

/// The key of the header.
pub const HSTS: &str = "strict-transport-security";
/// The directives of a value that have a meaning.
const KNOWN: &[&str] = &["max-age", "includesubdomains", "preload"];

/// Who gets a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Visitors of TLS servers; with the most that becomes of any of them.
    Visitors(Ending),
    /// Not known: it stands in a part of a configuration, and the servers that use it are not seen.
    Part,
}

/// A line that sends the header to somebody.
#[derive(Debug, Clone, Copy)]
pub struct HstsLine<'c> {
    /// `add_header`, or one of the headers-more module.
    pub line: Directive<'c>,
    /// Who gets it.
    pub reach: Reach,
}

/// A value that the header can have.
#[derive(Debug, Clone, Copy)]
pub struct HstsValue<'c> {
    /// The value; may hold variables.
    pub text: &'c str,
    /// The `set` or the map entry that it comes from; none where the line itself says it.
    pub from: Option<Directive<'c>>,
    /// Where it is written, without quotes.
    pub span: Span,
    is_quoted: bool,
}

impl HstsValue<'_> {
    /// What to replace so that it is this text, which gets quotes if it needs them. None where it cannot be done by
    /// replacing: the text is escaped, or it comes from elsewhere.
    pub fn rewriting(&self, line: Directive<'_>, text: &str) -> Option<(Span, String)> {
        let is_verbatim = line.config().library().text(self.span) == self.text;
        let needs_quotes = !self.is_quoted && text.contains([';', ' ']);
        let can_quote = !needs_quotes || line.is("add_header");
        let text = if needs_quotes { format!("\"{text}\"") } else { text.to_owned() };
        (is_verbatim && can_quote && self.from.is_none()).then_some((self.span, text))
    }
}

impl<'c> HstsLine<'c> {
    /// Is it nginx's own `add_header`, and is the header's name right?
    pub fn is_plain(&self) -> bool {
        self.line.is("add_header") && !self.has_colon()
    }

    /// Does the header's name end in a colon, which makes it another header?
    pub fn has_colon(&self) -> bool {
        self.line.is("add_header") && self.line.arg(0).is_some_and(|name| name.ends_with(':'))
    }

    /// Is its value written out, without anything that is filled in later?
    pub fn is_constant(&self) -> bool {
        !self.text().is_empty() && !is_symbolic(self.text())
    }

    /// Its value as it is written.
    pub fn text(&self) -> &'c str {
        match self.line.is("add_header") {
            true => self.line.arg(1).unwrap_or_default(),
            false => more_arg(self.line).and_then(|arg| self.line.arg(arg)).and_then(more_value).unwrap_or_default(),
        }
    }

    /// All values that it can send, as far as the configuration says them.
    pub fn values(&self) -> Vec<HstsValue<'c>> {
        let (line, config) = (self.line, self.line.config());
        let index = if line.is("add_header") { 1 } else { more_arg(line).unwrap_or(0) };
        let (Some(arg), Some(span)) = (line.arg(index), line.arg_text_span(index)) else { return Vec::new() };
        let text = self.text();
        let before = (arg.len() - text.len()) as u32;
        let span = Span::new(span.source, (span.start + before).min(span.end), span.end);
        let is_quoted = line.arg_is_quoted(index);
        let Some(possible) = config.possible_values(text) else {
            return vec![HstsValue { text, from: None, span, is_quoted }];
        };
        let values = possible.into_iter().filter(|value| !value.text.is_empty()).filter_map(|value| {
            let place = value.from.map(|from| from.arg_text_span(usize::from(from.is("set"))));
            Some(HstsValue { text: value.text, from: value.from, span: place.unwrap_or(Some(span))?, is_quoted })
        });
        values.collect()
    }
}

/// The argument of a headers-more line that sets the header.
fn more_arg(line: Directive<'_>) -> Option<usize> {
    let is_it = |arg: &str| arg.split_once(':').is_some_and(|(name, _)| header_key(name.trim()) == HSTS);
    line.args().position(is_it).filter(|index| line.arg(*index).and_then(more_value).is_some())
}

/// The value in `Name: value`.
fn more_value(argument: &str) -> Option<&str> {
    argument.split_once(':').map(|(_, value)| value.trim_start()).filter(|value| !value.is_empty())
}

impl<'c> Directive<'c> {
    /// The value that this line gives the header; none if it is about something else.
    pub fn hsts_value(self) -> Option<&'c str> {
        match self.name() {
            "add_header" if is_hsts(self) => self.arg(1),
            "more_set_headers" | "more_add_headers" => more_value(self.arg(more_arg(self)?)?),
            _ => None,
        }
    }
}

impl Config {
    /// The lines that send the header to visitors over TLS, in nginx's order. Lines whose value falls apart are left out:
    /// nginx does not start with them.
    pub fn hsts_lines(&self, target: Option<Version>) -> Vec<HstsLine<'_>> {
        let mut scope = Scope::new(self, target);
        let added = self.all("add_header").filter(|line| is_hsts(*line) && can_send(*line));
        let added = added.filter(|line| line.hsts_words().is_none());
        let more = ["more_set_headers", "more_add_headers"].into_iter().flat_map(|name| self.all(name));
        let lines = added.chain(more.filter(|line| more_arg(*line).is_some()));
        let mut lines: Vec<_> = lines.filter_map(|line| Some(HstsLine { line, reach: scope.reach(line)? })).collect();
        lines.sort_by_key(|line| line.line.order());
        lines
    }
}

/// The servers whose header counts: those that speak TLS to the public and do not turn everyone away.
struct Scope<'c> {
    config: &'c Config,
    servers: HashMap<usize, Ending>,
    /// Levels around the servers whose `add_header` lines a server has in force.
    levels: HashMap<u32, Ending>,
    /// What becomes of visitors of the levels inside of servers that have been asked for.
    inner: HashMap<u32, Option<Ending>>,
    /// The most that becomes of any visitor.
    most: Option<Ending>,
}

impl<'c> Scope<'c> {
    fn new(config: &'c Config, target: Option<Version>) -> Self {
        let mut scope = Self {
            config,
            servers: HashMap::default(),
            levels: HashMap::default(),
            inner: HashMap::default(),
            most: None,
        };
        let public = |server: &Server<'_>| server.is_tls(target) && !server.is_internal();
        for server in config.servers().filter(public) {
            let ending = server.ending();
            if ending == Ending::Refused {
                continue;
            }
            scope.servers.insert(server.index(), ending);
            scope.most = scope.most.max(Some(ending));
            let mut level = server.directive();
            while let Some(outer) = level.parent().filter(|_| level.lets_in("add_header")) {
                let most = scope.levels.entry(outer.order()).or_insert(ending);
                *most = ending.max(*most);
                level = outer;
            }
        }
        scope
    }

    fn reach(&mut self, line: Directive<'c>) -> Option<Reach> {
        let level = line.parent()?;
        if let Some(server) = self.config.server_of(level) {
            let ending = *self.servers.get(&server.index())?;
            let is_server = level == server.directive();
            let leaves = || if is_server { None } else { level.leaves().map(Directive::ending).max() };
            let inner = *self.inner.entry(level.order()).or_insert_with(leaves);
            return Some(Reach::Visitors(inner.unwrap_or(ending)));
        }
        let ending = if line.is("add_header") { self.levels.get(&level.order()).copied() } else { self.most };
        ending.map(Reach::Visitors).or_else(|| is_part(level).then_some(Reach::Part))
    }
}

/// May servers that are not seen use what stands here? Yes in a part without any, and around an include that is not known.
fn is_part(level: Directive<'_>) -> bool {
    let config = level.config();
    let is_main = level.inside() == Some(Context::Main);
    config.servers().next().is_none() && !is_main && (config.outer() != Outer::Nothing || level.is_opaque())
}

fn is_hsts(line: Directive<'_>) -> bool {
    line.arg(0).is_some_and(|name| header_key(name) == HSTS)
}

/// A value that lacks its quotes: what was meant, and which words nginx reads as something else.
#[derive(Debug)]
pub struct HstsWords<'c> {
    /// The first word that nginx does not understand, and its place.
    pub stray: (&'c str, Span),
    /// From the value to the last word that belongs to it.
    pub span: Span,
    /// The pieces that stand behind the line and that nginx takes for directives.
    pub behind: Vec<Directive<'c>>,
    /// The value in one piece; none if it is not certain what belongs to it.
    pub value: Option<String>,
    /// Is `always` among the words?
    pub always: bool,
}

impl<'c> Directive<'c> {
    /// Where the value of this `add_header` line falls apart, because it is not in quotes or they close too early; none if
    /// it does not, or if this is another header.
    pub fn hsts_words(self) -> Option<HstsWords<'c>> {
        if !self.is("add_header") || !is_hsts(self) {
            return None;
        }
        let extra = (2..self.args().len()).find(|index| self.arg(*index).is_some_and(is_known_word));
        let behind: Vec<Self> = self.siblings_behind().take_while(|next| is_known_word(next.name())).collect();
        let stray = match extra {
            Some(index) => (self.arg(index)?, self.arg_span(index)?),
            None => behind.first().map(|next| (next.name(), next.name_span()))?,
        };
        let last = behind.last().copied().unwrap_or(self);
        let words =
            self.args().skip(1).chain(behind.iter().flat_map(|next| std::iter::once(next.name()).chain(next.args())));
        let (always, words): (Vec<_>, Vec<_>) = words.partition(|word| word.eq_ignore_ascii_case("always"));
        let words: Vec<&str> =
            words.into_iter().flat_map(|word| word.split(';')).map(trim).filter(|w| !w.is_empty()).collect();
        let is_certain = words.iter().all(|word| is_known_word(word)) && behind.iter().all(|next| !next.is_block());
        let value = Some(words.join("; ")).filter(|value| is_certain && defect(value).is_none());
        let span = self.arg_span(1)?.to(last.head().at_end());
        let is_clean = !self.config().library().text(span).contains('#') && last.in_file() == self.in_file();
        Some(HstsWords { stray, span, behind, value: value.filter(|_| is_clean), always: !always.is_empty() })
    }
}

impl<'c> Directive<'c> {
    /// Is it no directive, but a word of an unquoted header value in front of it?
    pub fn is_behind_hsts_words(self) -> bool {
        is_known_word(self.name())
            && self.parent().is_some_and(|level| {
                let mut words = level.own("add_header").filter_map(Self::hsts_words);
                words.any(|words| words.behind.contains(&self))
            })
    }

    /// The lines with a constant value that would send the header at this level, if it had none itself.
    pub fn outer_hsts_copies(self) -> Vec<Self> {
        let is_sent = |line: &Self| line.arg(1).is_some_and(|value| !value.is_empty() && !is_symbolic(value));
        let is_it = |line: &Self| line.arg(0).is_some_and(|name| name.eq_ignore_ascii_case(HSTS));
        self.inherited("add_header").into_iter().filter(|line| is_it(line) && is_sent(line)).collect()
    }
}

/// The word without what is left over from quotes and separators.
fn trim(word: &str) -> &str {
    word.trim_matches(['"', '\'', ',', ';', ' '])
}

fn is_known_word(word: &str) -> bool {
    let name = trim(word).split('=').next().unwrap_or_default();
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The directives of a value: each as it is written, its name in lower case, and what stands behind `=`.
fn members(value: &str) -> impl Iterator<Item = (&str, String, Option<&str>)> {
    value.split(';').map(str::trim).filter(|member| !member.is_empty()).map(|member| match member.split_once('=') {
        Some((name, value)) => (member, name.trim().to_ascii_lowercase(), Some(value.trim())),
        None => (member, member.to_ascii_lowercase(), None),
    })
}

/// The number of seconds in a value, as it is written; none if there is none, or if it is not known.
pub fn max_age(value: &str) -> Option<&str> {
    let age = members(value).find(|(_, name, _)| name == "max-age").and_then(|(_, _, age)| age)?;
    let digits = age.strip_prefix('"').and_then(|age| age.strip_suffix('"')).unwrap_or(age);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Does a value have a directive of this name (in lower case)?
pub fn has_member(value: &str, name: &str) -> bool {
    members(value).any(|(_, own, _)| own == name)
}

/// Why browsers do not accept a value; none if they do.
pub fn defect(value: &str) -> Option<String> {
    let mut seen = Vec::new();
    for (member, name, setting) in members(value) {
        let first = name.split([',', ' ', '\t']).next().unwrap_or_default();
        if !is_known_word(first) {
            continue;
        }
        let parts = |separator: char| member.split(separator).skip(1).any(|part| is_known_word(part.trim()));
        match () {
            () if parts(',') => return Some("a comma stands for a semicolon".to_owned()),
            () if parts(' ') => return Some("a blank stands for a semicolon".to_owned()),
            () if first == "max-age" && setting.is_none() => return Some("max-age has no `=`".to_owned()),
            () if first == "max-age" && max_age(member).is_none() => {
                return Some("max-age is no whole number".to_owned());
            }
            () if seen.contains(&name) => return Some(format!("{name} stands in it twice")),
            () => seen.push(name),
        }
    }
    (!seen.iter().any(|name| name == "max-age")).then(|| "max-age is missing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{defect, has_member, max_age};

    #[test]
    fn what_browsers_accept() {
        for value in [
            "max-age=1",
            "Max-Age=1 ;includesubdomains;",
            "a=b; max-age=\"1\"; x",
            ";max-age = 1; Preload",
            "max-age=0",
        ] {
            assert_eq!(defect(value), None, "{value}");
        }
        for value in [
            "",
            "preload",
            "max-age",
            "max-age=",
            "max-age=1y",
            "max-age 1",
            "max-age=1,",
            "max-age=-1",
            "\"max-age=1\"",
        ] {
            assert!(defect(value).is_some(), "{value}");
        }
        for value in [
            "max-age=1, preload",
            "max-age=1 preload",
            "preload, max-age=1",
            "preload; Preload; max-age=1",
            "max-age=1; max-age=2",
        ] {
            assert!(defect(value).is_some(), "{value}");
        }
    }

    #[test]
    fn values_are_read_by_name() {
        assert_eq!(max_age("preload; MAX-AGE=\"10\";"), Some("10"));
        assert_eq!(max_age("max-age=${AGE}"), None);
        assert!(has_member("max-age=1; IncludeSubDomains", "includesubdomains"));
    }
}
