//! The names in the words of a configuration that `envsubst` may replace, and what nginx makes of those that stay.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use crate::config::{Config, Directive};
use crate::nginx::directives::Origin;
use crate::nginx::evaluated;
use crate::nginx::family::Family;
use crate::nginx::value_check;
use crate::nginx::variables;
use crate::nginx::version::Version;
use crate::source::{SourceId, Span};
use crate::template::envsubst;

/// `$NAME` or `${NAME}` in a word of a directive.
#[derive(Debug, Clone, Copy)]
pub struct Placeholder<'c> {
    /// The name.
    pub name: &'c str,
    /// Is it written in braces?
    pub is_braced: bool,
    /// Where it stands, dollar and braces included.
    pub span: Span,
    /// The directive.
    pub directive: Directive<'c>,
    /// The number of the argument; none in the directive's own name.
    pub argument: Option<usize>,
    /// Is it the whole word?
    pub is_whole: bool,
}

/// The variables that nginx may know in a configuration.
#[derive(Debug, Default)]
pub struct KnownVariables {
    own: HashSet<String>,
}

impl KnownVariables {
    /// Is this a variable of nginx, or one that the configuration defines, in whatever letter case?
    pub fn contains(&self, name: &str) -> bool {
        self.defines(name) || variable_of_nginx(name).is_some()
    }

    /// Does the configuration define it?
    pub fn defines(&self, name: &str) -> bool {
        self.own.contains(&name.to_ascii_lowercase())
    }

    /// Is this nginx's name for one of its variables, letter by letter, and not just one of a family like `http_…`?
    pub fn is_exact(&self, name: &str) -> bool {
        let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
        is_lower && (self.defines(name) || variable_of_nginx(name).is_some_and(|is_family| !is_family))
    }
}

/// Is it a variable of nginx? If so, is it known by the beginning of its name only?
fn variable_of_nginx(name: &str) -> Option<bool> {
    [Family::Http, Family::Stream].iter().find_map(|family| variables::lookup(name, *family)).map(|known| known.prefix)
}

impl Config {
    /// The names in the words of each text, in order; comments and Lua code have none. Of the words of texts that
    /// `is_rendered` says no to, those alone that have a name in capital letters.
    pub fn placeholders(&self, is_rendered: impl Fn(SourceId) -> bool) -> HashMap<SourceId, Vec<Placeholder<'_>>> {
        let mut found: HashMap<SourceId, Vec<Placeholder<'_>>> = HashMap::default();
        let may_be_meant = |line: &Directive<'_>| is_rendered(line.in_file()) || line.may_have_capitals();
        for directive in self.directives_worded(Directive::has_dollar).filter(may_be_meant) {
            found.entry(directive.in_file()).or_default().extend(directive.placeholders());
        }
        for placeholders in found.values_mut() {
            // What is included twice is spliced in twice; the first place counts.
            placeholders.sort_by_key(|placeholder| placeholder.span.start);
            placeholders.dedup_by_key(|placeholder| placeholder.span.start);
        }
        found
    }

    /// The places of `${NAME:-default}` and its like in one text, the outermost of nested ones; comments have none.
    pub fn expansions(&self, source: SourceId) -> Vec<Span> {
        let bytes = self.library().sources().get(source).bytes();
        let comments = self.library().tree(source).comments();
        let is_comment = |at: u32| {
            let before = comments.partition_point(|(start, _)| *start <= at);
            before > 0 && at < comments[before - 1].1
        };
        let mut spans: Vec<Span> = Vec::new();
        for found in envsubst::expansions(bytes) {
            let span = Span::new(source, found.start as u32, found.end as u32);
            let is_inner = spans.last().is_some_and(|last| span.start < last.end);
            if !is_inner && !is_comment(span.start) {
                spans.push(span);
            }
        }
        spans
    }

    /// The variables that nginx knows, and those that something in the configuration defines or may define.
    pub fn known_variables(&self) -> &KnownVariables {
        self.known_variables.get_or_init(|| self.find_known_variables())
    }

    fn find_known_variables(&self) -> KnownVariables {
        let mut own = HashSet::default();
        for directive in self.wordings() {
            let words = || std::iter::once(directive.name()).chain(directive.args());
            own.extend(
                words().flat_map(crate::config::words::unknown_variable::group_names).map(str::to_ascii_lowercase),
            );
            let target = evaluated::target(directive.name(), directive.args().len());
            // As it is written: a value may have been read in its place.
            let written =
                target.and_then(|target| directive.arg_text_span(target)).map(|span| self.library().text(span));
            own.extend(written.as_deref().and_then(own_name).map(str::to_ascii_lowercase));
            // What an add-on names alone in a word, it may define.
            let namesakes = directive.namesakes();
            let is_own = namesakes.iter().any(|known| known.origin == Origin::Oss);
            let is_entry = directive.context().is_some_and(|context| context.holds_entries());
            if !is_own && !is_entry && !directive.name().contains('$') {
                own.extend(directive.args().filter_map(own_name).map(str::to_ascii_lowercase));
            }
        }
        KnownVariables { own }
    }
}

/// The name of a variable of nginx that a word stands for; names in braces are the environment's.
fn own_name(word: &str) -> Option<&str> {
    word.strip_prefix('$').filter(|name| !name.starts_with('{'))
}

impl<'c> Directive<'c> {
    /// Does a name begin in its words as one in capital letters does?
    fn may_have_capitals(self) -> bool {
        let head = self.head();
        let text = self.config().library().sources().get(head.source).slice(head.start, head.end);
        memchr::memchr_iter(b'$', text).any(|at| {
            let name = text[at + 1..].strip_prefix(b"{").unwrap_or(&text[at + 1..]);
            name.first().is_some_and(|first| first.is_ascii_uppercase() || *first == b'_')
        })
    }

    /// The names in its words.
    fn placeholders(self) -> impl Iterator<Item = Placeholder<'c>> {
        let text = self.config().library().sources().get(self.in_file());
        let words = (0..=self.args().len()).map(|word| word.checked_sub(1));
        words.flat_map(move |argument| {
            let span = argument.map_or(Some(self.name_text_span()), |argument| self.arg_text_span(argument));
            let span = span.unwrap_or_default();
            let bytes = text.slice(span.start, span.end);
            envsubst::placeholders(bytes).map(move |found| Placeholder {
                name: found.name,
                is_braced: found.braced,
                span: Span::new(span.source, span.start + found.start as u32, span.start + found.end as u32),
                directive: self,
                argument,
                is_whole: (found.start, found.end) == (0, bytes.len()),
            })
        })
    }
}

impl<'c> Placeholder<'c> {
    /// Is its name written like that of an environment variable: `DOMAIN`, `APP_HOST_2`?
    pub fn is_capital(&self) -> bool {
        let has = |is: fn(&u8) -> bool| self.name.as_bytes().iter().any(is);
        has(u8::is_ascii_uppercase) && !has(u8::is_ascii_lowercase)
    }

    /// It, as it is written.
    pub fn shown(&self) -> String {
        if self.is_braced { format!("${{{}}}", self.name) } else { format!("${}", self.name) }
    }

    /// May nginx look for a variable of this name here? Ports, names of servers and the like it takes as they are.
    pub fn may_be_variable(&self) -> bool {
        let is_entry = self.directive.context().is_some_and(|context| context.holds_entries());
        let namesakes = self.directive.namesakes();
        let is_of_nginx = namesakes.iter().any(|known| known.origin == Origin::Oss);
        let mut asked = namesakes.iter().filter(|known| !is_of_nginx || known.origin == Origin::Oss);
        let mut is_open = || namesakes.is_empty() || asked.any(|known| known.variables != Some(false));
        self.argument.is_some() && (is_entry || is_open())
    }

    /// Does nginx refuse the line if the text stays as it is and no variable has this name?
    pub fn stops_nginx(&self, release: Version) -> bool {
        let Some(argument) = self.argument else { return true };
        let directive = self.directive;
        let uses = |text: &crate::config::words::evaluated::Evaluated<'_>| {
            text.argument == argument && text.script.uses.iter().any(|found| found.name == self.name)
        };
        let is_address =
            directive.is("listen") || directive.is("resolver") || (directive.is("server") && !directive.is_block());
        let args: Vec<&str> = directive.args().collect();
        let definitions = directive.definitions(release);
        let is_refused = |args: &[&str]| {
            let mut problems = definitions.iter().map(|definition| value_check::problem(definition, args, release));
            problems.all(|problem| problem.is_some_and(|problem| problem.argument == argument))
        };
        is_address
            || directive.evaluated(release).iter().any(uses)
            || (!definitions.is_empty() && !args.is_empty() && is_refused(&args))
    }
}

/// The first placeholder of each name, and how many more there are of it.
pub fn by_name<'c>(found: impl Iterator<Item = Placeholder<'c>>) -> Vec<(Placeholder<'c>, usize)> {
    let mut first: Vec<(Placeholder<'c>, usize)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for placeholder in found {
        match places.get(placeholder.name) {
            Some(at) => first[*at].1 += 1,
            None => {
                places.insert(placeholder.name, first.len());
                first.push((placeholder, 0));
            }
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::read;

    #[test]
    fn names_stand_in_words() {
        let config = read("server { # ${NO}\n listen ${PORT}; add_header A \"x$host ${A}\" always; $B ${C:-${D}}; }");
        let source = config.sources()[0];
        let found = config.placeholders(|_| true).remove(&source).unwrap_or_default();
        let shown: Vec<_> = found.iter().map(|found| (found.shown(), found.argument, found.is_whole)).collect();
        let expected = [
            ("${PORT}", Some(0), true),
            ("$host", Some(1), false),
            ("${A}", Some(1), false),
            ("$B", None, true),
            ("${D}", Some(0), false),
        ];
        assert_eq!(shown, expected.map(|(text, argument, whole)| (text.to_owned(), argument, whole)));
        assert_eq!(found.iter().map(Placeholder::is_capital).collect::<Vec<_>>(), [true, false, true, true, true]);
        let texts = config.expansions(source).into_iter().map(|span| config.library().text(span));
        assert_eq!(texts.collect::<Vec<_>>(), ["${C:-${D}}"]);
    }

    #[test]
    fn what_nginx_may_know() {
        let config = read(
            "map $uri $POOL { default 1; } server { location ~ ^/(?<Part>.*) { set $x 1; js_set $J a.b; own $OWN; return 200 $NO; } }",
        );
        let known = config.known_variables();
        for name in ["POOL", "part", "x", "j", "own", "HOST", "http_x", "1"] {
            assert_eq!(known.contains(name), name != "1" || known.contains("1"), "{name}");
        }
        assert!(!known.contains("NO") && !known.contains("DOMAIN"));
        assert!(known.is_exact("host") && known.is_exact("x") && !known.is_exact("http_x") && !known.is_exact("HOST"));
    }

    #[test]
    fn what_nginx_refuses() {
        let stops = |line: &str| {
            let config = read(&format!("upstream u {{ server a.test; }} server {{ {line} }}"));
            let found = &config.placeholders(|_| true)[&config.sources()[0]];
            (found[0].stops_nginx(Version::NEWEST), found[0].may_be_variable())
        };
        assert_eq!(stops("listen ${A};"), (true, false));
        assert_eq!(stops("server_name ${A};"), (false, false));
        assert_eq!(stops("root /srv/${A};"), (true, true));
        assert_eq!(stops("client_max_body_size ${A};"), (true, false));
        assert_eq!(stops("location /${A} { }"), (false, false));
        assert_eq!(stops("location / { proxy_pass http://${A}; }"), (true, true));
    }
}
