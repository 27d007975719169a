//! Which regex locations take static files away from the prefix locations beside them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;

use crate::config::http::location::{Location, Locations, Modifier};
use crate::config::http::simulate::{BACKENDS, file_mapping, symbolic_file};
use crate::config::words::pattern::Pattern;
use crate::config::{Config, Directive};
use crate::template::is_symbolic;

/// Endings of files that are served as they are.
const STATIC_ENDINGS: &[&str] = &[
    "css",
    "js",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "ico",
    "webp",
    "avif",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "mjs",
    "json",
    "html",
    "htm",
    "txt",
    "xml",
    "pdf",
    "mp3",
    "mp4",
    "webm",
    "ogg",
    "wav",
    "zip",
    "gz",
    "swf",
    "bmp",
    "tif",
    "doc",
    "xls",
    "ppt",
    "rtf",
    "csv",
    "webmanifest",
    "map",
    "wasm",
];
/// An ending that no regex about static files names: a regex that takes it as well takes everything.
const OTHER_ENDING: &str = "qzjx";
/// The name of a file that no location is about.
const SAMPLE: &str = "nginspect-sample.";
/// A level with more regexes than this is not looked at.
const MAX_REGEXES: usize = 1_000;

/// A regex location that answers for files below a prefix location.
#[derive(Debug, Clone)]
pub struct Takeover<'c> {
    /// The regex, which wins.
    pub regex: Location<'c>,
    /// The prefix, which would have them.
    pub prefix: Location<'c>,
    /// The endings of the files, as examples; never empty.
    pub endings: Vec<&'static str>,
    /// Such a path.
    pub path: String,
}

/// What a location does with a file instead of serving it as another one would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere<'c> {
    /// This directive answers.
    Handler(Directive<'c>),
    /// It is looked up in this folder.
    Folder(String),
    /// It is looked up in the folder that was built into nginx.
    BuiltInFolder,
}

impl Config {
    /// The regexes that take static files away from prefix locations, in nginx's order: each with the locations that lose
    /// files, and where these end now.
    pub fn shadowing_regexes(&self) -> Vec<Vec<(Takeover<'_>, Elsewhere<'_>)>> {
        let levels: BTreeMap<u32, Directive<'_>> =
            self.all("location").filter_map(Directive::parent).map(|level| (level.order(), level)).collect();
        let (mut found, mut known) = (Vec::new(), Known::default());
        for level in levels.into_values() {
            let mut by_regex: BTreeMap<u32, Vec<_>> = BTreeMap::new();
            for takeover in takeovers(level, &mut known, serves_files) {
                if let Some(elsewhere) = takeover.elsewhere() {
                    by_regex.entry(takeover.regex.directive.order()).or_default().push((takeover, elsewhere));
                }
            }
            found.extend(by_regex.into_values());
        }
        found
    }
}

fn serves_files(location: &Location<'_>) -> bool {
    let level = location.directive;
    (level.has("alias") || level.has("root")) && !level.has("return") && !BACKENDS.iter().any(|name| level.has(name))
}

impl<'c> Takeover<'c> {
    /// Where the files end now; none if at the same place as before, if they are refused on purpose, or if that is not known.
    pub fn elsewhere(&self) -> Option<Elsewhere<'c>> {
        let level = self.regex.directive;
        let rewrites = |level: Directive<'c>| level.has("rewrite");
        if level.is_opaque() || rewrites(level) || level.own("if").any(rewrites) || refuses(level) {
            return None;
        }
        // Whoever gives some endings an answer of their own means to take them from the rest of the site.
        let is_rest = self.prefix.pattern == "/";
        if let Some(handler) = BACKENDS.iter().chain(&["return"]).find_map(|name| level.own(name).next()) {
            return (!is_rest).then_some(Elsewhere::Handler(handler));
        }
        let mapping = file_mapping(level);
        let outer = mapping.and_then(Directive::parent);
        if is_rest && outer == Some(level) {
            return None;
        }
        let mut between = std::iter::once(level).chain(level.ancestors()).take_while(|level| Some(*level) != outer);
        if between.any(Directive::is_opaque) {
            return None;
        }
        let before = symbolic_file(file_mapping(self.prefix.directive), &self.path)?;
        let after = symbolic_file(mapping, &self.path)?;
        match mapping {
            _ if after.replace("//", "/") == before.replace("//", "/") => None,
            None => Some(Elsewhere::BuiltInFolder),
            Some(_) if is_symbolic(&before) || is_symbolic(&after) => None,
            Some(_) => Some(Elsewhere::Folder(after[..after.rfind('/')? + 1].to_owned())),
        }
    }
}

/// Does every request here get an error, by `return` or by `deny all`?
fn refuses(level: Directive<'_>) -> bool {
    let is_error = |code: &str| code.starts_with(['4', '5']) && code.len() == 3;
    level.own("return").any(|answer| answer.arg(0).is_some_and(is_error))
        || (level.own("deny").any(|rule| rule.arg(0) == Some("all")) && !level.has("allow"))
}

/// Which regexes of `level` win over the plain prefixes beside them that `is_static` accepts, judged by sample names with
/// common endings. Regexes that take files of any ending are not meant. Ordered by prefix, then by regex.
fn takeovers<'c>(
    level: Directive<'c>,
    known: &mut Known,
    is_static: impl Fn(&Location<'c>) -> bool,
) -> Vec<Takeover<'c>> {
    let locations = Locations::of(level);
    let mut found = Vec::new();
    if locations.regexes().is_empty() || locations.regexes().len() > MAX_REGEXES {
        return found;
    }
    let patterns = || locations.regexes().iter().map(|(_, pattern)| pattern);
    let key = patterns().map(Arc::as_ptr).collect();
    let regexes = known.entry(key).or_insert_with(|| Regexes::new(patterns().cloned().collect()));
    for prefix in locations.plain_prefixes().into_iter().filter(is_static) {
        let slash = if prefix.pattern.ends_with('/') { "" } else { "/" };
        let base = format!("{}{slash}{SAMPLE}", prefix.pattern);
        if locations.longest(&base) == Some(prefix) {
            of_prefix(prefix, &base, &locations, &regexes.winners(&base), &mut found);
        }
    }
    found
}

fn of_prefix<'c>(
    prefix: Location<'c>,
    base: &str,
    locations: &Locations<'c>,
    winners: &Winners,
    found: &mut Vec<Takeover<'c>>,
) {
    let nested = prefix.directive.has("location").then(|| Locations::of(prefix.directive));
    let is_taken = |ending: &&str| nested.as_ref().is_none_or(|nested| !answers(nested, &format!("{base}{ending}")));
    for (regex, endings) in winners {
        let endings: Vec<&'static str> = endings.iter().copied().filter(is_taken).collect();
        if let Some(first) = endings.first() {
            let path = format!("{base}{first}");
            found.push(Takeover { regex: locations.regexes()[*regex].0, prefix, endings, path });
        }
    }
}

/// Does a location that is nested in the prefix keep the outer regexes from being tried? What is not known may.
fn answers(nested: &Locations<'_>, path: &str) -> bool {
    let is_final = |location: &Location<'_>| location.modifier == Modifier::Exact || location.directive.has("location");
    nested.longest(path).as_ref().is_some_and(is_final)
        || nested.regexes().iter().any(|(_, pattern)| pattern.matches(path) != Some(false))
}

/// The numbers of the regexes that win for some endings, in their order.
type Winners = Vec<(usize, Vec<&'static str>)>;

/// The regexes of levels by their patterns: the same few stand in all servers.
type Known = HashMap<Vec<*const Pattern>, Regexes>;

/// The regexes of a level.
struct Regexes {
    all: Vec<Arc<Pattern>>,
    /// Who wins where only those that look at nothing but the end of the path come into question.
    by_ending: Rc<Winners>,
    /// Who wins where others do, too.
    by_base: HashMap<String, Rc<Winners>>,
}

impl Regexes {
    fn new(all: Vec<Arc<Pattern>>) -> Self {
        let by_ending = Rc::new(winners(&all, &format!("/{SAMPLE}"), Pattern::is_about_endings));
        Self { all, by_ending, by_base: HashMap::default() }
    }

    /// Who wins for files whose paths begin with `base`.
    fn winners(&mut self, base: &str) -> Rc<Winners> {
        if let Some(known) = self.by_base.get(base) {
            return Rc::clone(known);
        }
        let is_out = |pattern: &Pattern| !pattern.is_about_endings() && pattern.is_ruled_out_below(base);
        if self.all.iter().all(|pattern| pattern.is_about_endings() || is_out(pattern)) {
            return Rc::clone(&self.by_ending);
        }
        let found = Rc::new(winners(&self.all, base, |pattern| !is_out(pattern)));
        self.by_base.insert(base.to_owned(), Rc::clone(&found));
        found
    }
}

/// The first regex that matches, for each ending; one that takes files of any ending does not count, and nobody wins behind
/// one that cannot be tried.
fn winners(all: &[Arc<Pattern>], base: &str, is_tried: impl Fn(&Pattern) -> bool) -> Winners {
    let tried: Vec<(usize, &Pattern)> =
        all.iter().enumerate().map(|(number, pattern)| (number, &**pattern)).filter(|(_, p)| is_tried(p)).collect();
    let first = |ending: &str| {
        let path = format!("{base}{ending}");
        let verdicts = tried.iter().map(|(number, pattern)| (*number, pattern.matches(&path)));
        verdicts.into_iter().find(|(_, verdict)| *verdict != Some(false)).filter(|(_, verdict)| verdict.is_some())
    };
    let takes_anything = first(OTHER_ENDING);
    let mut winners: Winners = Vec::new();
    for ending in STATIC_ENDINGS {
        let Some((winner, _)) = first(ending).filter(|winner| Some(*winner) != takes_anything) else { continue };
        match winners.iter_mut().find(|(regex, _)| *regex == winner) {
            Some((_, endings)) => endings.push(ending),
            None => winners.push((winner, vec![ending])),
        }
    }
    winners.sort_by_key(|(regex, _)| *regex);
    winners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::read;

    fn taken(text: &str) -> Vec<(String, String, Vec<&'static str>)> {
        let config = read(text);
        let server = config.servers().next().expect("there is a server").directive();
        let found = takeovers(server, &mut Known::default(), |_| true);
        found.into_iter().map(|t| (t.regex.pattern.to_owned(), t.prefix.pattern.to_owned(), t.endings)).collect()
    }

    #[test]
    fn the_first_regex_that_names_the_ending_wins() {
        let text = r"server { location /s/ {} location ^~ /t/ {} location = /u {}
            location ~ \.(css|js)$ {} location ~* \.(?:js|jpe?g|woff2?)$ {} }";
        let (s, first, second) = ("/s/".to_owned(), r"\.(css|js)$".to_owned(), r"\.(?:js|jpe?g|woff2?)$".to_owned());
        let wanted = vec![(first, s.clone(), vec!["css", "js"]), (second, s, vec!["jpg", "jpeg", "woff", "woff2"])];
        assert_eq!(taken(text), wanted);
    }

    #[test]
    fn regexes_of_other_paths_and_for_everything_do_not_count() {
        assert_eq!(taken(r"server { location /s/ {} location ~ ^/t/.*\.css$ {} }"), vec![]);
        assert_eq!(taken(r"server { location /s/ {} location ~ ^/s/ {} }"), vec![]);
        assert_eq!(taken(r"server { location /s/ {} location ~ \.php$ {} }"), vec![]);
        assert_eq!(taken(r"server { location /s {} location ~ ^/s/.*\.css$ {} }").len(), 1);
        assert_eq!(taken(r"server { location /s {} location /s/ {} location ~ \.css$ {} }").len(), 1);
        assert_eq!(taken(r"server { location /s/ { location ~ \.css$ {} } location ~ \.css$ {} }"), vec![]);
    }
}
