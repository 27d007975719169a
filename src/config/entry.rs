//! Which configurations there are among many files: main files, and fragments that nobody includes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};

use super::build::{Entry, load_includes};
use super::include::Resolution;
use super::library::{Files, Library};
use super::{Outer, include};
use crate::nginx::context::Context;
use crate::nginx::directives::{self, Kind};
use crate::project::Place;
use crate::source::SourceId;
use crate::syntax::{NodeId, Terminator, Text, Tree};
use crate::template;

/// Folders whose files a main file includes all together.
const LOADED_TOGETHER: &[&str] = &["conf.d", "sites-enabled", "http.d", "vhosts.d"];

/// What a file is, judged by its content and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A main file: it has `http`, `events` or the like at its outermost level.
    Main,
    /// A part of a configuration that stands in this context; none if that is not known.
    Fragment(Option<Context>),
    /// No nginx configuration at all.
    Foreign,
}

/// A configuration to look at, with its includes found.
#[derive(Debug)]
pub struct FoundEntry {
    /// Where it starts.
    pub entry: Entry,
    /// What its includes stand for.
    pub includes: HashMap<String, Resolution>,
}

impl Entry {
    /// An entry of these files in a context that is told or guessed.
    pub fn new(paths: Vec<PathBuf>, kind: FileKind) -> Self {
        let (context, outer) = match kind {
            FileKind::Main => (Some(Context::Main), Outer::Nothing),
            FileKind::Fragment(Some(context @ (Context::Http | Context::Stream))) => (Some(context), Outer::Stock),
            FileKind::Fragment(context) => (context, Outer::Unknown),
            FileKind::Foreign => (None, Outer::Unknown),
        };
        Self { paths, context, outer, place: None }
    }

    /// The same entry inside of a container.
    pub fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
    }
}

/// Reads `http,server` or `location` as the context that a file stands in, with the levels around it left out or not.
pub fn parse_context(words: &str) -> Option<FileKind> {
    let mut context = Context::Main;
    for word in words.split(',').map(str::trim) {
        let steps: &[&str] = match (context, word) {
            (Context::Main, "main") => &[],
            (Context::Main, "server" | "upstream") => &["http", word],
            (Context::Main, "location") => &["http", "server", "location"],
            _ => &[word],
        };
        for step in steps {
            context = Context::of_body(context, step)?;
        }
    }
    Some(if context == Context::Main { FileKind::Main } else { FileKind::Fragment(Some(context)) })
}

/// What a file is. A comment `# nginspect: context=http,server` has the first word.
pub fn classify(library: &Library, source: SourceId) -> FileKind {
    let (tree, text) = (library.tree(source), library.text_of(source));
    if let Some(kind) = told_by_comment(tree, library.sources().get(source).bytes()) {
        return kind;
    }
    let top: Vec<(&str, bool, NodeId)> = top_level(tree, text).collect();
    let is_named_main = library.identity(source).file_name().is_some_and(|name| name == "nginx.conf");
    let is_block = |wanted: &[&str]| top.iter().any(|(name, block, _)| *block && wanted.contains(name));
    let is_bare_main = is_named_main && top.len() < 2;
    if !is_bare_main && !looks_like_nginx(tree, text, &top) {
        return FileKind::Foreign;
    }
    if is_block(&["http", "events", "stream", "mail", "rtmp"]) {
        return FileKind::Main;
    }
    let known: Vec<_> = top.iter().filter(|(name, _, _)| directives::is_known(name)).collect();
    if is_block(&["location"]) {
        return FileKind::Fragment(Some(Context::Server));
    }
    if let Some((_, _, id)) = top.iter().find(|(name, block, _)| *block && *name == "server") {
        return FileKind::Fragment(Some(family_of_server(tree, text, *id)));
    }
    match by_names(&known).or_else(|| by_place(library.identity(source))) {
        None if is_named_main => FileKind::Main,
        context => FileKind::Fragment(context),
    }
}

fn top_level<'t>(tree: &'t Tree, text: Text<'t>) -> impl Iterator<Item = (&'t str, bool, NodeId)> {
    let existing = |id: NodeId| Some(id).filter(|id| (*id as usize) < tree.nodes().len());
    let ids = std::iter::successors(existing(0), move |id| existing(tree.node(*id).subtree_end));
    ids.map(move |id| {
        let block = matches!(tree.node(id).terminator, Terminator::Block { .. });
        (tree.value(text, id, 0).unwrap_or_default(), block, id)
    })
}

/// Is this a text that nobody would take for nginx's: full of errors, hardly a name that nginx knows, and not called so?
pub fn is_plainly_foreign(library: &Library, source: SourceId) -> bool {
    let tree = library.tree(source);
    if tree.errors().is_empty() || library.sources().get(source).display_path().contains("nginx") {
        return false;
    }
    let (known, unknown) = count_names(tree, library.text_of(source));
    known < unknown && classify(library, source) == FileKind::Foreign
}

/// Many programs have files that end in `.conf`. One of nginx has a block that only nginx has, or it is free of errors; and
/// most of its names are nginx's.
fn looks_like_nginx(tree: &Tree, text: Text<'_>, top: &[(&str, bool, NodeId)]) -> bool {
    let arguments = |id: NodeId| tree.node(id).word_count.saturating_sub(1);
    let is_nginx_block = |(name, block, id): &(&str, bool, NodeId)| {
        *block
            && match *name {
                "http" | "events" | "stream" | "mail" | "rtmp" | "server" | "types" => arguments(*id) == 0,
                "location" | "map" | "geo" | "split_clients" => (1..=2).contains(&arguments(*id)),
                "upstream" => arguments(*id) == 1,
                _ => false,
            }
    };
    let has_block = top.iter().any(is_nginx_block);
    let (known, unknown) = count_names(tree, text);
    known > 0 && known >= unknown && (has_block || tree.errors().is_empty())
}

/// How many directives nginx knows by name, and how many it does not; placeholders and the entries of tables count for
/// neither.
fn count_names(tree: &Tree, text: Text<'_>) -> (usize, usize) {
    let (mut known, mut unknown) = (0, 0);
    // There are many directives, and few names.
    let mut judged: HashMap<&str, Option<bool>> = HashMap::default();
    let mut id = 0;
    while let Some(node) = tree.nodes().get(id as usize) {
        let name = tree.value(text, id, 0).unwrap_or_default();
        let judge = || (!template::is_symbolic(name)).then(|| directives::is_known(name));
        if node.terminator != Terminator::Placeholder {
            match judged.entry(name).or_insert_with(judge) {
                Some(true) => known += 1,
                Some(false) => unknown += 1,
                None => {}
            }
        }
        let is_table = matches!(name, "map" | "geo" | "types" | "split_clients" | "charset_map");
        id = if is_table { node.subtree_end } else { id + 1 };
    }
    (known, unknown)
}

fn told_by_comment(tree: &Tree, text: &[u8]) -> Option<FileKind> {
    tree.comments().iter().take(20).find_map(|(start, end)| {
        let comment = std::str::from_utf8(&text[*start as usize..*end as usize]).ok()?;
        let told =
            comment.trim_start_matches('#').trim().strip_prefix("nginspect:")?.trim().strip_prefix("context=")?;
        parse_context(told.split_whitespace().next()?)
    })
}

/// A server of `mail` names its protocol. One of `stream` passes bytes on: it has a `proxy_pass` without a scheme, and nothing
/// that speaks HTTP. All others belong to `http`.
fn family_of_server(tree: &Tree, text: Text<'_>, server: NodeId) -> Context {
    let mut passes_bytes = false;
    for id in server + 1..tree.node(server).subtree_end {
        match tree.value(text, id, 0).unwrap_or_default() {
            "location" | "root" | "return" | "rewrite" => return Context::Http,
            "protocol" => return Context::Mail,
            "ssl_preread" => return Context::Stream,
            "proxy_pass" => passes_bytes = !tree.value(text, id, 1).unwrap_or_default().contains("://"),
            _ => {}
        }
    }
    if passes_bytes { Context::Stream } else { Context::Http }
}

/// The one context that every directive at the outermost level allows, if there is just one.
fn by_names(known: &[&(&str, bool, NodeId)]) -> Option<Context> {
    const LEVELS: [Context; 8] = [
        Context::Main,
        Context::Http,
        Context::Server,
        Context::Location,
        Context::Upstream,
        Context::Stream,
        Context::StreamServer,
        Context::Events,
    ];
    let allows = |context: Context| {
        known.iter().filter(|(name, _, _)| *name != "include").all(|(name, block, _)| {
            let definitions = directives::lookup(name).iter();
            let mut fitting = definitions.filter(|definition| *block == (definition.kind != Kind::Simple));
            fitting.any(|definition| definition.contexts.contains(context))
        })
    };
    let possible: Vec<Context> = LEVELS.into_iter().filter(|context| allows(*context)).collect();
    match possible[..] {
        [context] => Some(context),
        // `upstream`, `map`, `listen` and their like exist twice; http is what is meant.
        [Context::Http, Context::Stream] => Some(Context::Http),
        [Context::Server, Context::StreamServer] => Some(Context::Server),
        _ => None,
    }
}

fn by_place(path: &Path) -> Option<Context> {
    let folder = path.parent()?.file_name()?.to_str()?;
    LOADED_TOGETHER.contains(&folder).then_some(Context::Http)
}

/// Sorts files into configurations: each main file, then the fragments that nothing else includes. Fragments of a folder that
/// is loaded as a whole make one configuration. `kind_of` tells what a file is, `place_of` where it is in a container.
pub fn find_entries(
    library: &mut Library,
    files: &dyn Files,
    candidates: &[PathBuf],
    kind_of: &dyn Fn(&Library, SourceId) -> FileKind,
    place_of: &dyn Fn(&Path) -> Option<Place>,
) -> Vec<FoundEntry> {
    let entry = |paths: Vec<PathBuf>, kind: FileKind| {
        let place = paths.first().and_then(|path| place_of(path));
        Entry::new(paths, kind).at(place)
    };
    let mut kinds: Vec<(PathBuf, SourceId, FileKind)> = Vec::new();
    let mut seen = HashSet::default();
    for path in candidates {
        if let Some(source) = library.find(&files.identity(path)).filter(|source| seen.insert(*source)) {
            kinds.push((path.clone(), source, kind_of(library, source)));
        }
    }
    let mut included: HashSet<SourceId> = HashSet::default();
    let (mains, fragments): (Vec<_>, Vec<_>) = kinds
        .into_iter()
        .filter(|(_, _, kind)| *kind != FileKind::Foreign)
        .partition(|(_, _, kind)| *kind == FileKind::Main);
    let mut entries: Vec<FoundEntry> = Vec::new();
    for (path, _, kind) in mains {
        entries.push(found(library, files, entry(vec![path], kind), &mut included));
    }
    let mut loose = Vec::new();
    for (path, source, kind) in fragments.into_iter().filter(|(_, source, _)| !included.contains(source)) {
        let mut brings = HashSet::default();
        found(library, files, entry(vec![path.clone()], kind), &mut brings);
        loose.push((path, source, kind, brings));
    }
    let by_others: HashSet<SourceId> = loose
        .iter()
        .flat_map(|(_, source, _, brings)| brings.iter().copied().filter(move |brought| brought != source))
        .collect();
    loose.retain(|(_, source, _, _)| !included.contains(source) && !by_others.contains(source));
    for (paths, kind) in grouped(library, files, loose.into_iter().map(|(path, source, kind, _)| (path, source, kind)))
    {
        entries.push(found(library, files, entry(paths, kind), &mut HashSet::default()));
    }
    entries
}

/// Loads what an entry includes and adds it to `included`.
fn found(library: &mut Library, files: &dyn Files, entry: Entry, included: &mut HashSet<SourceId>) -> FoundEntry {
    let includes = load_includes(library, files, &entry);
    let paths = includes.values().filter_map(|resolution| match resolution {
        Resolution::Files(paths) => Some(paths),
        _ => None,
    });
    included.extend(paths.flatten().filter_map(|path| library.find(path)));
    FoundEntry { entry, includes }
}

fn grouped(
    library: &Library,
    files: &dyn Files,
    fragments: impl Iterator<Item = (PathBuf, SourceId, FileKind)>,
) -> Vec<(Vec<PathBuf>, FileKind)> {
    let mut groups: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut alone = Vec::new();
    for (path, source, kind) in fragments {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let identity = files.identity(&path);
        let name = identity.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let is_plain = !library.is_template(source);
        if kind == FileKind::Fragment(Some(Context::Http)) && is_plain && LOADED_TOGETHER.contains(&name.as_str()) {
            groups.entry(folder).or_default().push(path);
        } else {
            alone.push((vec![path], kind));
        }
    }
    let together = groups.into_values().map(|mut paths| {
        paths.sort();
        (paths, FileKind::Fragment(Some(Context::Http)))
    });
    together.chain(alone).collect()
}

/// The main files that may include a fragment: `nginx.conf` beside it and in the two folders above.
pub fn possible_mains(fragment: &Path) -> Vec<PathBuf> {
    let own = fragment.parent().unwrap_or(Path::new("")).to_path_buf();
    let folders = std::iter::successors(Some(own), |folder| Some(include::above(folder))).take(3);
    let mut mains: Vec<PathBuf> = folders.map(|folder| folder.join("nginx.conf")).collect();
    mains.retain(|main| main != fragment);
    mains
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> FileKind {
        let mut library = Library::default();
        let source = library.add(PathBuf::from("x"), PathBuf::from("x"), text.as_bytes().to_vec());
        classify(&library, source)
    }

    #[test]
    fn content_tells_the_context() {
        let fragment = |context| FileKind::Fragment(Some(context));
        assert_eq!(kind("events {} http {}"), FileKind::Main);
        assert_eq!(kind("server { listen 80; }"), fragment(Context::Http));
        assert_eq!(kind("map $a $b { x y; }"), fragment(Context::Http));
        assert_eq!(kind("server { listen 53; proxy_pass dns:53; }"), fragment(Context::Stream));
        assert_eq!(kind("server { listen 143; protocol imap; }"), fragment(Context::Mail));
        assert_eq!(kind("location / { root /x; }"), fragment(Context::Server));
        assert_eq!(kind("server_name a.test; listen 80;"), fragment(Context::Server));
        assert_eq!(kind("server app:8000;"), fragment(Context::Upstream));
        assert_eq!(kind("proxy_set_header Host $host;"), FileKind::Fragment(None));
        assert_eq!(kind("[program:web]\ncommand=x\n"), FileKind::Foreign);
        assert_eq!(kind("# nginspect: context=http,server\nadd_header A b;"), fragment(Context::Server));
    }

    #[test]
    fn contexts_are_paths_of_blocks() {
        assert_eq!(parse_context("main"), Some(FileKind::Main));
        assert_eq!(parse_context("http,server,location"), parse_context("location"));
        assert_eq!(parse_context("stream,server"), Some(FileKind::Fragment(Some(Context::StreamServer))));
        assert_eq!(parse_context("nothing"), None);
    }
}
