//! Every directive of nginx, NGINX Plus and the better known add-ons, removed ones included.
//!
//! The facts are in `directives.tsv`; one line is one definition of a directive in one module.

pub use super::arity::Arity;
use super::context::{Context, ContextSet};
pub use super::value_type::{Value, Word};
use super::version::Version;

include!(concat!(env!("OUT_DIR"), "/directives.rs"));

/// One definition of a directive. Several modules may define the same name (`server` stands in http, upstream,
/// stream and mail).
#[derive(Debug)]
pub struct Definition {
    /// The name, compared byte by byte.
    pub name: &'static str,
    /// The module that defines it, as documented.
    pub module: &'static str,
    /// Who makes that module.
    pub origin: Origin,
    /// Whether it opens a block.
    pub kind: Kind,
    /// Where it is allowed, in the newest version; see [`Definition::contexts_in`].
    pub contexts: ContextSet,
    /// How many arguments it takes, in the newest version; see [`Definition::arity_in`].
    pub arity: Arity,
    /// What was different in older versions, since 1.0.0; the oldest change first.
    changes: &'static [Change],
    /// The shape of its value.
    pub value: Value,
    /// The words that an enumeration or a bit mask knows; none if they are not known.
    pub words: &'static [Word],
    /// The documented default, empty if it has none or if it is not known.
    pub default: &'static str,
    /// Whether it may stand twice in one block; `None` if not known.
    pub repeatable: Option<bool>,
    /// What a second occurrence in one block does.
    pub repeat: Repeat,
    /// How nested levels get its value.
    pub inheritance: Inheritance,
    /// The first version with it, see [`Origin::has_nginx_versions`]; `None` if not known.
    pub since: Option<Version>,
    /// The first version that warns about it or whose documentation advises against it.
    pub deprecated: Option<Version>,
    /// The first version without it.
    pub removed: Option<Version>,
    /// What to use instead: another directive, or a few words ("listen so_keepalive="); empty if nothing is known.
    pub replacement: &'static str,
    /// Whether its arguments can hold variables, in the newest version; `None` if not known.
    pub variables: Option<bool>,
}

/// One change between versions, told by what was before it.
#[derive(Debug)]
struct Change {
    version: Version,
    before: Before,
}

#[derive(Debug)]
enum Before {
    /// It was still allowed there.
    With(ContextSet),
    /// It took so many arguments.
    Arity(Arity),
    /// Its arguments could not hold variables.
    NoVariables,
}

/// Who makes a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// nginx itself.
    Oss,
    /// NGINX Plus.
    Plus,
    /// The add-on or the derivative of this name ("lua", "headers-more", "tengine").
    ThirdParty(&'static str),
}

/// Whether a directive opens a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It ends with a semicolon.
    Simple,
    /// It has a body in the syntax of nginx.
    Block,
    /// It has a body in another language (Lua).
    RawBlock,
}

/// What a second occurrence of a directive in one block does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// nginx refuses to start.
    Error,
    /// It adds to the first.
    List,
    /// It adds to the first; a repeated word is a warning.
    ListWarnDup,
    /// It replaces the first.
    LastWins,
    /// It replaces the first, with a warning.
    LastWinsWarn,
    /// It adds to the first, unless it has the same name, zone or address again.
    ByKey,
    /// Both are executed, in order.
    Sequence,
    /// It changes nothing.
    Idempotent,
    /// The directive does nothing at all any more.
    Ignored,
    /// Not known.
    Unknown,
}

/// How nested levels get the value of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inheritance {
    /// A nested level has the outer value unless it sets its own.
    Value,
    /// A nested level has the outer list, but one entry of its own drops that list entirely.
    ArrayReplace,
    /// The value never reaches nested levels.
    None,
    /// The directive exists on one level only.
    NotApplicable,
    /// Not known.
    Unknown,
}

impl Origin {
    /// Whether `since`, `deprecated` and `removed` are versions of nginx (for NGINX Plus: of the release that it is
    /// based on). Those of an add-on are its own, and comparing them with a version of nginx means nothing.
    pub const fn has_nginx_versions(self) -> bool {
        matches!(self, Self::Oss | Self::Plus)
    }
}

impl Definition {
    /// Whether nginx of this version has it, as far as the version decides that: an add-on can always be there.
    pub fn is_known_to(&self, version: Version) -> bool {
        !self.origin.has_nginx_versions()
            || self.since.is_none_or(|since| since <= version) && self.removed.is_none_or(|removed| version < removed)
    }

    /// What was different in this version, the newest change first.
    fn undone_for(&self, version: Version) -> impl Iterator<Item = &'static Before> {
        self.changes.iter().rev().filter(move |change| version < change.version).map(|change| &change.before)
    }

    /// Where it is allowed in a version.
    pub fn contexts_in(&self, version: Version) -> ContextSet {
        self.undone_for(version).fold(self.contexts, |contexts, before| match before {
            Before::With(removed) => contexts.union(*removed),
            Before::Arity(_) | Before::NoVariables => contexts,
        })
    }

    /// How many arguments it takes in a version.
    pub fn arity_in(&self, version: Version) -> Arity {
        let arity = |before: &Before| if let Before::Arity(arity) = before { Some(*arity) } else { None };
        self.undone_for(version).filter_map(arity).last().unwrap_or(self.arity)
    }

    /// Whether its arguments can hold variables in a version; `None` if not known.
    pub fn variables_in(&self, version: Version) -> Option<bool> {
        let had_none = self.undone_for(version).any(|before| matches!(before, Before::NoVariables));
        if had_none { Some(false) } else { self.variables }
    }
}

/// All definitions of all directives, sorted by name.
pub fn all() -> &'static [Definition] {
    &DIRECTIVES
}

/// All definitions of a directive, the main one first; empty if the name is unknown.
pub fn lookup(name: &str) -> &'static [Definition] {
    let from_name = &DIRECTIVES[DIRECTIVES.partition_point(|directive| directive.name < name)..];
    &from_name[..from_name.partition_point(|directive| directive.name == name)]
}

/// Whether any module, of any version, defines a directive of this name.
pub fn is_known(name: &str) -> bool {
    !lookup(name).is_empty()
}

/// How nested levels get the value of a directive. Where modules differ, nginx's own http modules count most.
pub fn inheritance(name: &str) -> Inheritance {
    lookup(name)
        .iter()
        .min_by_key(|directive| {
            let outside_http = directive.contexts.intersection(ContextSet::HTTP).is_empty();
            (directive.origin != Origin::Oss, directive.removed.is_some(), outside_http)
        })
        .map_or(Inheritance::Unknown, |directive| directive.inheritance)
}

/// The largest body that any definition of this name has, `None` if the name is unknown.
/// (`server` is a block, although the one in an upstream is not.)
pub fn block_kind(name: &str) -> Option<Kind> {
    lookup(name).iter().map(|directive| directive.kind).max_by_key(|kind| *kind as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_file_are_sorted() {
        assert!(all().is_sorted_by_key(|directive| directive.name));
        let file = include_str!("directives.tsv").lines().skip(1);
        assert!(file.filter_map(|line| line.split('\t').next()).is_sorted(), "sort directives.tsv by name");
    }

    #[test]
    fn the_facts_are_consistent() {
        for directive in all() {
            let name = directive.name;
            assert!(!name.is_empty() && !directive.module.is_empty() && !directive.contexts.is_empty(), "{name}");
            if directive.repeat != Repeat::Unknown {
                assert_eq!(directive.repeatable, Some(directive.repeat != Repeat::Error), "{name}");
            }
            assert!(directive.changes.is_sorted_by_key(|change| change.version), "{name}");
            let versions = [directive.since, directive.deprecated, directive.removed];
            assert!(versions.iter().flatten().is_sorted(), "{name} {versions:?}");
        }
    }

    #[test]
    fn a_replacement_of_one_word_is_a_directive() {
        let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        for directive in all().iter().filter(|directive| word(directive.replacement)) {
            let replacement = directive.replacement;
            assert!(replacement.is_empty() || is_known(replacement), "{} -> {replacement}", directive.name);
        }
    }

    #[test]
    fn every_block_of_nginx_has_a_known_body() {
        for directive in all().iter().filter(|directive| directive.kind == Kind::Block) {
            for parent in directive.contexts.iter().filter(|_| directive.origin == Origin::Oss) {
                assert!(Context::of_body(parent, directive.name).is_some(), "{} in {}", directive.name, parent.name());
            }
        }
    }

    #[test]
    fn finds_all_definitions() {
        let servers = lookup("server");
        assert!(servers.len() >= 5 && servers.iter().all(|directive| directive.name == "server"));
        assert_eq!(servers[0].module, "ngx_http_core_module");
        assert_eq!(lookup("proxy_pass").len(), 2);
        for name in ["", "nope", "~", "zzz", "Server", "serve", "server_"] {
            assert!(!is_known(name), "{name}");
        }
        for name in ["BasicRule", "listen", "more_set_headers", "server_name", "zstd"] {
            assert!(is_known(name), "{name}");
        }
        let first_and_last = [all().first(), all().last()].into_iter().flatten();
        assert!(first_and_last.map(|directive| directive.name).all(is_known));
    }

    #[test]
    fn how_values_are_inherited() {
        let expected = [
            ("add_header", Inheritance::ArrayReplace),
            ("proxy_set_header", Inheritance::ArrayReplace),
            ("fastcgi_param", Inheritance::ArrayReplace),
            ("error_page", Inheritance::ArrayReplace),
            ("access_log", Inheritance::ArrayReplace),
            ("error_log", Inheritance::ArrayReplace),
            ("client_max_body_size", Inheritance::Value),
            ("root", Inheritance::Value),
            ("alias", Inheritance::Value),
            ("resolver", Inheritance::Value),
            ("keepalive_timeout", Inheritance::Value),
            ("proxy_pass", Inheritance::None),
            ("try_files", Inheritance::None),
            ("return", Inheritance::None),
            ("server_name", Inheritance::NotApplicable),
            ("nope", Inheritance::Unknown),
        ];
        for (name, inheritance) in expected {
            assert_eq!(super::inheritance(name), inheritance, "{name}");
        }
    }

    #[test]
    fn which_names_open_a_block() {
        assert_eq!(block_kind("server"), Some(Kind::Block));
        assert_eq!(block_kind("listen"), Some(Kind::Simple));
        assert_eq!(block_kind("content_by_lua_block"), Some(Kind::RawBlock));
        assert_eq!(block_kind("nope"), None);
    }

    #[test]
    fn older_versions_are_told_by_the_history() {
        let keepalive = &lookup("keepalive")[0];
        let counts = |version| (0..=3).filter(|count| keepalive.arity_in(version).takes(*count)).collect::<Vec<_>>();
        assert_eq!(counts(Version::NEWEST), [1, 2]);
        assert_eq!(counts(Version::new(1, 22, 1)), [1]);
        assert_eq!(counts(Version::new(1, 6, 0)), [1, 2]);
        let in_upstream = |directive: &&Definition| directive.contexts.contains(Context::Upstream);
        let resolver = lookup("resolver").iter().find(in_upstream);
        assert!(resolver.is_some_and(|resolver| !resolver.is_known_to(Version::new(1, 22, 1))));
        let rate = &lookup("proxy_limit_rate")[0];
        assert_eq!(rate.variables_in(Version::new(1, 22, 1)), Some(false));
        assert_eq!(rate.variables_in(Version::NEWEST), Some(true));
    }

    #[test]
    fn values_are_typed() {
        let of = |name: &str| lookup(name)[0].value;
        assert_eq!(of("sendfile"), Value::Flag);
        assert_eq!(of("client_max_body_size"), Value::Offset);
        assert_eq!(of("gzip_comp_level"), Value::Number { least: 1, most: 9 });
        let knows = |word: &str| lookup("gzip_proxied")[0].words.iter().any(|known| known.text == word);
        assert!(knows("any") && !knows("must-revalidate"));
        for directive in all().iter().filter(|directive| !directive.words.is_empty()) {
            assert!(matches!(directive.value, Value::Enum | Value::Bitmask | Value::Other), "{}", directive.name);
        }
    }

    #[test]
    fn versions_decide_what_is_known() {
        let http2 = &lookup("http2")[0];
        assert!(http2.is_known_to(Version::NEWEST) && !http2.is_known_to(Version::new(1, 24, 0)));
        let ssl = &lookup("ssl")[0];
        assert!(!ssl.is_known_to(Version::new(1, 25, 1)) && ssl.is_known_to(Version::new(1, 25, 0)));
        assert!(lookup("js_include").iter().all(|directive| directive.is_known_to(Version::NEWEST)));
    }
}
