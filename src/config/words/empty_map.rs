//! Maps that give nothing for what they do not list.

use foldhash::HashMap;

use crate::config::words::variable::variables;
use crate::config::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::family::Family;
use crate::nginx::variables;

/// A map of more entries than this is not looked through.
const MAX_ENTRIES: usize = 10_000;
/// Nor is one with more regexes.
const MAX_REGEXES: usize = 100;
/// Texts of which a map that fits them all most probably fits everything.
const SAMPLES: &[&str] = &["", "0", "a", "GET", "/b/c.d?e=1", "x.example"];
/// Variables that can have a few values only, or that servers decide on.
const CLOSED: &[&str] = &[
    "host",
    "http_host",
    "https",
    "request_method",
    "scheme",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
];

/// A map without `default`.
#[derive(Debug)]
pub struct OpenMap<'c> {
    /// The block.
    pub map: Directive<'c>,
    /// Its variable, as it is written.
    pub variable: &'c str,
    /// A line that needs a value and gets none for what the map does not list; none if that is not certain.
    pub needed_by: Option<Directive<'c>>,
}

impl Config {
    /// The maps without `default` whose keys leave values out.
    pub fn open_maps(&self) -> Vec<OpenMap<'_>> {
        let needs = self.needs();
        let is_map = |map: &Directive<'_>| matches!(map.inside(), Some(Context::MapBody | Context::StreamMapBody));
        let maps = self.all("map").filter(|map| is_map(map) && !map.is_opaque() && !covers_everything(*map));
        let open = maps.filter_map(|map| {
            let (source, variable) = (map.arg(0)?, map.arg(1)?);
            let is_of_it = |from: Directive<'_>| from == map || from.parent() == Some(map);
            let values = self.possible_values(variable)?;
            let is_only = values.iter().all(|value| value.from.is_some_and(is_of_it));
            let needed_by = needs.get(name_of(variable)?.to_ascii_lowercase().as_str()).copied();
            let needed_by = needed_by.filter(|_| is_only && is_open_source(source) && !map.is_in_template());
            Some(OpenMap { map, variable, needed_by })
        });
        open.collect()
    }

    /// The lines that cannot do without the value of a variable, by its name in lower case.
    fn needs(&self) -> HashMap<String, Directive<'_>> {
        let mut needs = HashMap::default();
        let lines = ["proxy_pass", "root", "alias", "proxy_set_header"].iter().flat_map(|name| self.all(name));
        for line in lines {
            let name = match line.name() {
                "proxy_pass" => line.arg(0).and_then(host_variable),
                "proxy_set_header" if line.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("host")) => {
                    line.arg(1).and_then(name_of)
                }
                "proxy_set_header" => None,
                _ => line.arg(0).and_then(name_of),
            };
            if let Some(name) = name.filter(|name| !is_tested(line, name)) {
                needs.entry(name.to_ascii_lowercase()).or_insert(line);
            }
        }
        needs
    }
}

/// The variable that is the whole host of a target: `http://$backend`, `$backend`, `http://$backend:8080/x`.
fn host_variable(target: &str) -> Option<&str> {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let (at, name) = variables(rest).next()?;
    let behind = rest.split_once(name).map_or("", |(_, behind)| behind).trim_start_matches('}');
    (at == 0 && (behind.is_empty() || behind.starts_with([':', '/', '$']))).then_some(name)
}

/// The name of the variable that a text is.
fn name_of(text: &str) -> Option<&str> {
    let (at, name) = variables(text).next()?;
    let whole = [format!("${name}"), format!("${{{name}}}")];
    (at == 0 && whole.iter().any(|whole| whole == text)).then_some(name)
}

/// Does an `if` around a line look at the variable?
fn is_tested(line: Directive<'_>, name: &str) -> bool {
    let is_it = |word: &str| variables(word).any(|(_, tested)| tested.eq_ignore_ascii_case(name));
    line.ancestors().any(|level| level.own("if").any(|block| block.args().any(is_it)))
}

/// Is the source one of nginx's own variables that can have any value?
fn is_open_source(source: &str) -> bool {
    let known = |name: &str| variables::lookup(name, Family::Http).is_some_and(|_| !CLOSED.contains(&name));
    name_of(source)
        .is_some_and(|name| known(&name.to_ascii_lowercase()) && !name.starts_with(|c: char| c.is_ascii_digit()))
}

/// Is there a `default`, or does every sample fit a key? What is not known fits.
fn covers_everything(map: Directive<'_>) -> bool {
    let config = map.config();
    let mut regexes = map.children().filter(|entry| entry.name().starts_with('~'));
    if map.children().nth(MAX_ENTRIES).is_some() || regexes.nth(MAX_REGEXES).is_some() {
        return true;
    }
    let fits = |entry: Directive<'_>, sample: &str| {
        let key = entry.name();
        match key.strip_prefix('~') {
            Some(regex) => {
                let (regex, caseless) = regex.strip_prefix('*').map_or((regex, false), |regex| (regex, true));
                config.pattern(regex, caseless).matches(sample) != Some(false)
            }
            None => key == sample,
        }
    };
    let may_cover = |entry: &Directive<'_>| {
        matches!(entry.name(), "default" | "*" | "include") || entry.name_is_open() || entry.args().len() != 1
    };
    let flags = ["hostnames", "volatile"];
    let mut entries = map.children().filter(|entry| !flags.contains(&entry.name()));
    entries.clone().any(|entry| may_cover(&entry))
        || SAMPLES.iter().all(|sample| entries.clone().any(|entry| fits(entry, sample)))
        || entries.next().is_none()
}
