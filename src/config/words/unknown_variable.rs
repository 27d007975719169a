//! Variables that are used and that nobody defines.

use foldhash::{HashMap, HashSet};

use crate::config::verdict::definition::Standing;
use crate::config::verdict::modules::{OTHER_MODULES, module_name};
use crate::config::{Config, Directive, Outer};
use crate::nginx::directives::{self, Origin};
use crate::nginx::family::Family;
use crate::nginx::script;
use crate::nginx::variables::{self, Variable};
use crate::nginx::version::Version;
use crate::source::Span;

/// For so many of the names that nobody defines, similar ones are looked for.
const MAX_GUESSES: usize = 50;

/// The variable that `memcached_pass` looks at without naming it.
const MEMCACHED_KEY: &str = "memcached_key";

/// Add-ons whose variables are all in the tables, or that have none of their own.
const WELL_KNOWN: &[&str] = &[
    "auth-jwt-kjdev",
    "auth-pam",
    "brotli",
    "cache-purge",
    "dav-ext",
    "echo",
    "fancyindex",
    "geoip2",
    "headers-more",
    "keyval-kjdev",
    "lua",
    "njs",
    "set-misc",
    "stream-lua",
    "subs-filter",
    "vts",
    "zstd",
];
/// A variable that nobody defines, where it is used first.
#[derive(Debug)]
pub struct UnknownVariable<'c> {
    /// Its name, as written.
    pub name: &'c str,
    /// Whose variable it would be.
    pub family: Family,
    /// The first directive that uses it.
    pub by: Directive<'c>,
    /// The place in it.
    pub span: Span,
    /// How many further places use it.
    pub more: usize,
    /// What is known of it: it belongs to other releases.
    pub known: Option<&'static Variable>,
    /// The name that was probably meant.
    pub meant: Option<String>,
}

/// The variables that one `http` or `stream` defines.
#[derive(Default)]
struct Defined {
    names: HashSet<String>,
    /// What the names of directives that nobody knows begin with: their module may have variables of this name.
    strangers: HashSet<String>,
}

impl Config {
    /// The variables that nothing in a whole configuration defines, in this release. None where something is not known that
    /// could define them.
    pub fn unknown_variables(&self, release: Version) -> Vec<UnknownVariable<'_>> {
        if self.outer() != Outer::Nothing || self.all("load_module").any(is_unknown_module) {
            return Vec::new();
        }
        let blocks = [(Family::Http, "http"), (Family::Stream, "stream")];
        let mut found = Vec::new();
        for (family, name) in blocks {
            for block in self.root().own(name).filter(|block| block.is_block()) {
                if let Some(defined) = definitions(block, release) {
                    found.extend(unknown_in(block, family, &defined, release));
                    found.extend(missing_key(block, &defined));
                }
            }
        }
        found
    }
}

/// All that a block defines; none if something in it may define what cannot be seen.
fn definitions(block: Directive<'_>, release: Version) -> Option<Defined> {
    let mut defined = Defined::default();
    for directive in std::iter::once(block).chain(block.descendants()) {
        if directive.is_opaque() && !directive.is("geoip2") {
            return None;
        }
        if directive.twin() != directive && block.contains(directive.twin()) {
            continue;
        }
        if let Some(name) = directive.defined_variable().and_then(|target| target.name()) {
            defined.names.insert(name.to_ascii_lowercase());
        }
        let words = || std::iter::once(directive.name()).chain(directive.args());
        defined.names.extend(words().flat_map(group_names).map(str::to_ascii_lowercase));
        match directive.standing(release) {
            Some(Standing::Known(known)) if known.iter().any(|known| known.origin == Origin::Oss) => continue,
            Some(Standing::Known(known)) => {
                let may_define = |origin| matches!(origin, Origin::ThirdParty(name) if !WELL_KNOWN.contains(&name));
                if known.iter().any(|known| may_define(known.origin)) {
                    return None;
                }
            }
            Some(Standing::Unknown) => {
                let first = directive.name().split('_').next().unwrap_or_default();
                defined.strangers.insert(first.to_ascii_lowercase());
            }
            Some(_) => {}
            None if directive.context().is_some() && !directive.name().starts_with('$') => continue,
            None => {}
        }
        // Whatever it is, it may define the variables that it names.
        let names = words().filter_map(|word| word.strip_prefix('$'));
        defined.names.extend(names.map(|name| name.trim_matches(['{', '}']).to_ascii_lowercase()));
    }
    Some(defined)
}

fn unknown_in<'c>(
    block: Directive<'c>,
    family: Family,
    defined: &Defined,
    release: Version,
) -> Vec<UnknownVariable<'c>> {
    let mut found: Vec<UnknownVariable<'c>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::default();
    // The first of those that read the same and use nothing that is not there.
    let mut clean: HashSet<u32> = HashSet::default();
    for directive in block.descendants() {
        let twin = directive.twin().order();
        if clean.contains(&twin) {
            continue;
        }
        let mut is_clean = true;
        for (name, argument, start, end) in uses(directive, release) {
            let lower = name.to_ascii_lowercase();
            if let Some(place) = places.get(&lower) {
                found[*place].more += 1;
                is_clean = false;
                continue;
            }
            let known = known_variable(&lower, family);
            let is_stranger = || lower.split('_').next().is_some_and(|first| defined.strangers.contains(first));
            let is_there = known.is_some_and(|known| known.is_known_to(release));
            if is_there || defined.names.contains(&lower) || is_stranger() {
                continue;
            }
            is_clean = false;
            let Some(span) = directive.arg_part_span(argument, start, end) else { continue };
            let may_guess = known.is_none() && found.len() < MAX_GUESSES;
            let meant = if may_guess { meant(&lower, family, defined) } else { None };
            places.insert(lower, found.len());
            found.push(UnknownVariable { name, family, by: directive, span, more: 0, known, meant });
        }
        if is_clean {
            clean.insert(twin);
        }
    }
    found
}

/// `memcached_pass` asks for what `$memcached_key` says, which has to be set somewhere.
fn missing_key<'c>(block: Directive<'c>, defined: &Defined) -> Option<UnknownVariable<'c>> {
    let is_there = defined.names.contains(MEMCACHED_KEY) || defined.strangers.contains("memcached");
    let mut asking = block.config().all("memcached_pass").filter(|pass| block.contains(*pass) && !is_there);
    let by = asking.next()?;
    let (span, more) = (by.name_span(), asking.count());
    Some(UnknownVariable { name: MEMCACHED_KEY, family: Family::Http, by, span, more, known: None, meant: None })
}

/// The variables that a directive uses: name, argument, place in it. Left out is what a renderer may fill in, and names that
/// only `if` can ask for.
fn uses<'c>(directive: Directive<'c>, release: Version) -> Vec<(&'c str, usize, usize, usize)> {
    let in_template = directive.is_in_template();
    let is_open = |name: &str| in_template || name.starts_with(|c: char| c.is_ascii_uppercase());
    let mut uses = Vec::new();
    for text in directive.evaluated(release) {
        let value = directive.arg(text.argument).unwrap_or_default();
        if value.contains("{{") || value.contains("<%") {
            continue;
        }
        let named = text.script.uses.iter().filter(|found| !found.is_capture && !is_open(found.name));
        uses.extend(named.map(|found| (found.name, text.argument, text.start + found.start, text.start + found.end)));
    }
    // What is no name for a text, or a digit, is a mistake of its own in an `if`.
    let is_plain = |name: &str| !directive.is("if") || (script::is_name(name) && !is_digit(name));
    if let Some(operand) = directive.operand(release)
        && let Some(name) = operand.name().filter(|name| !is_open(name) && is_plain(name))
    {
        let end = operand.start + operand.text.len();
        uses.push((name, operand.argument, operand.start, end));
    }
    uses
}

/// The variable of nginx of this name; a digit is none.
fn known_variable(name: &str, family: Family) -> Option<&'static Variable> {
    if is_digit(name) { None } else { variables::lookup(name, family) }
}

fn is_digit(name: &str) -> bool {
    matches!(name.as_bytes(), [b'0'..=b'9'])
}

/// The names of the groups of a regular expression: `(?<name>`, `(?P<name>`, `(?'name'`.
pub(in crate::config) fn group_names(text: &str) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'(', text.as_bytes()).filter_map(|at| {
        let rest = text[at + 1..].strip_prefix('?')?;
        let rest = rest.strip_prefix('P').unwrap_or(rest);
        let inside = rest.strip_prefix(['<', '\''])?;
        let name = &inside[..inside.find(['>', '\''])?];
        script::is_name(name).then_some(name)
    })
}

/// A known name with a slip of the pen, or a known name that ran together with the text behind it.
fn meant(name: &str, family: Family, defined: &Defined) -> Option<String> {
    let built_in = variables::all().iter().filter(|known| {
        known.family == family && !known.prefix && known.origin == Origin::Oss && known.removed.is_none()
    });
    let names: Vec<&str> = built_in.map(|known| known.name).chain(defined.names.iter().map(String::as_str)).collect();
    let allowed = if name.len() < 5 { 1 } else { 2 };
    let near = names.iter().filter(|known| known.len().abs_diff(name.len()) <= allowed).filter_map(|known| {
        let distance = strsim::damerau_levenshtein(known, name);
        (distance <= allowed && distance * 2 < name.len()).then_some((distance, *known))
    });
    if let Some((_, known)) = near.min() {
        return Some(format!("${known}"));
    }
    let is_start = |known: &&&str| name.strip_prefix(**known).is_some_and(|rest| rest.starts_with('_'));
    let start = names.iter().filter(is_start).max_by_key(|known| known.len())?;
    Some(format!("${{{start}}}{}", &name[start.len()..]))
}

fn is_unknown_module(load: Directive<'_>) -> bool {
    let module = module_name(load.arg(0).unwrap_or_default());
    let is_harmless = |origin| match origin {
        Origin::ThirdParty(name) => WELL_KNOWN.contains(&name),
        Origin::Oss | Origin::Plus => true,
    };
    let is_known = || directives::all().iter().any(|known| known.module == module && is_harmless(known.origin));
    !OTHER_MODULES.contains(&module) && !is_known()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::{read, read_main};

    fn unknown_in(config: &Config) -> Vec<String> {
        let found = config.unknown_variables(Version::NEWEST);
        found.iter().map(|found| format!("{} {} {:?}", found.name, found.more, found.meant)).collect()
    }

    fn unknown(http: &str) -> Vec<String> {
        unknown_in(&read_main(&format!("events {{ }} http {{ {http} }}")))
    }

    #[test]
    fn what_nothing_defines_is_found_with_what_was_meant() {
        let server = |line: &str| unknown(&format!("server {{ {line} }}"));
        assert_eq!(server("return 200 \"$zz $ZZ\"; add_header a $zz;"), ["zz 1 None"]);
        assert_eq!(server("return 200 $remote_adr;"), [r#"remote_adr 0 Some("$remote_addr")"#]);
        assert_eq!(server("set $tenant a; return 200 $tenant_id;"), [r#"tenant_id 0 Some("${tenant}_id")"#]);
        assert_eq!(server("return 200 $0;"), ["0 0 None"]);
        assert_eq!(server("if($host) { return 204; } charset ${zz};"), ["{zz} 0 None"]);
        assert_eq!(server("set ${x} 1; return 200 $x;"), [r#"x 0 None"#]);
        assert_eq!(unknown("log_format a $1; upstream u { hash $no; server a.test; }"), ["1 0 None", "no 0 None"]);
        assert_eq!(unknown_in(&read_main("stream { server { return $uri; } }")), ["uri 0 None"]);
    }

    #[test]
    fn what_may_be_defined_is_not_reported() {
        for http in [
            "server { return 200 $zz; } server { set $ZZ 1; }",
            "map $uri $y { ~(?<zz>a) $zz; }",
            "geo $zz { default 1; } server { return 200 $zz; }",
            "geoip2 a.mmdb { $zz country iso_code; } server { return 200 $zz; }",
            "js_set $zz a.b; server { return 200 $zz; }",
            "server { location / { set_by_lua $zz 'return 1'; return 200 $zz; } }",
            "server { some_directive $zz; return 200 $zz; }",
            "server { zz_directive on; return 200 $zz_a; }",
            "nchan_max_reserved_memory 1m; server { return 200 $zz; }",
            "include a/*.conf; server { return 200 $zz; }",
            "server { include a.conf; return 200 $zz; }",
            "server { return 200 $ZZ; }",
            "server { return 200 \"{{ $zz }}\"; }",
            "server { if ($zz=a) { return 204; } if (${zz}) { return 204; } }",
            "add_header A $zz$; proxy_set_header A $zz;",
        ] {
            let expected: &[&str] = if http.starts_with("add_header") { &["zz 0 None"] } else { &[] };
            assert_eq!(unknown(http), expected, "{http}");
        }
        assert!(unknown_in(&read("server { return 200 $zz; }")).is_empty());
        let loads = |module: &str| format!("load_module {module}; http {{ server {{ return 200 $zz; }} }}");
        assert!(unknown_in(&read_main(&loads("modules/own_module.so"))).is_empty());
        assert_eq!(unknown_in(&read_main(&loads("modules/ngx_stream_module.so"))).len(), 1);
    }

    #[test]
    fn groups_are_found_by_their_names() {
        let names = |text| group_names(text).collect::<Vec<_>>();
        assert_eq!(names(r"~^(?<a>x)(?P<b_1>y)(?'c'z)(?:d)(?=e)(?<=f>g)(?<!h>i)"), ["a", "b_1", "c"]);
    }
}
