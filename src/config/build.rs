//! Splices the trees of an entry file and of all that it includes into one [`Config`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashSet};

use super::include::{Resolution, Resolver};
use super::library::{Files, Library};
use super::{Config, Inclusion, Index, Names, Node, Outer, Problem, mark_of, text::run_on};
use crate::nginx::context::Context;
use crate::project::Place;
use crate::source::SourceId;
use crate::syntax::{NodeId, Terminator};

/// More spliced directives than this, and further includes stay out: a fan-out, not a configuration.
const MAX_NODES: usize = 20_000_000;
/// More includes than this, likewise.
const MAX_INCLUSIONS: usize = 500_000;
/// Where a file includes two and each of those two more, the chains are long; such a tree is cut far earlier.
const MAX_INCLUSIONS_IN_LONG_CHAINS: usize = 10_000;
const LONG_CHAIN: usize = 12;
/// nginx keeps every file of a chain open; a chain of this length is out of descriptors.
const MAX_DEPTH: usize = 1_000;
/// Blocks in blocks beyond this are no configuration either; what they hold is left out.
const MAX_NESTING: u32 = 100;

/// What a configuration starts from.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The files that stand one after the other at the outermost level: the main file, or the fragments of one folder.
    pub paths: Vec<PathBuf>,
    /// The context that they are read in; none if it is not known.
    pub context: Option<Context>,
    /// What is known of the levels around them.
    pub outer: Outer,
    /// Where it is inside of a container, if the project tells.
    pub place: Option<Place>,
}

/// Why an include was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is not there, though its folder is.
    Missing,
    /// The file is one of those that led here.
    Cycle,
    /// Too much is included.
    Budget,
    /// Its content cannot be known; says why.
    Unknown(String),
}

/// Reads everything that the entries include, however deep, into the library. Files are parsed in parallel, level by level.
pub fn load_includes(library: &mut Library, files: &dyn Files, entry: &Entry) -> HashMap<String, Resolution> {
    let mut resolutions = HashMap::default();
    let Some(first) = entry.paths.first() else { return resolutions };
    let resolver = Resolver::new(files, first, entry.outer == Outer::Nothing, entry.place.as_ref());
    library.load(files, &entry.paths);
    let mut seen: HashSet<SourceId> = HashSet::default();
    let mut level: Vec<SourceId> = entry.paths.iter().filter_map(|path| library.find(&files.identity(path))).collect();
    while !level.is_empty() {
        level.retain(|source| seen.insert(*source));
        let arguments: Vec<String> = level.iter().flat_map(|source| include_arguments(library, *source)).collect();
        let mut next = Vec::new();
        for argument in arguments {
            if resolutions.contains_key(&argument) {
                continue;
            }
            let mut resolution = resolver.resolve(&argument);
            match &mut resolution {
                Resolution::Files(paths) => {
                    library.load(files, paths);
                    for path in paths.iter_mut() {
                        *path = files.identity(path);
                    }
                    let language = paths.iter().find_map(|path| unreadable_language(library, path));
                    match language {
                        Some(language) => resolution = Resolution::Unknown(format!("it is a template ({language})")),
                        None => next.extend(paths.iter().filter_map(|path| library.find(path))),
                    }
                }
                Resolution::Stock(text) => {
                    let identity = stock_identity(&argument);
                    let known = library.find(&identity);
                    // Such a file may include another one: `fastcgi-php.conf` does.
                    next.push(
                        known.unwrap_or_else(|| library.add(identity.clone(), identity, text.as_bytes().to_vec())),
                    );
                }
                Resolution::Missing | Resolution::Unknown(_) => {}
            }
            resolutions.insert(argument, resolution);
        }
        level = next;
    }
    resolutions
}

/// The template language of a file that cannot be read at all.
fn unreadable_language(library: &Library, path: &Path) -> Option<&'static str> {
    let language = library.language(library.find(path)?)?;
    (!language.has_tags()).then(|| language.name())
}

/// The arguments of all includes in a tree, those in `types` and `map` among them.
fn include_arguments(library: &Library, source: SourceId) -> impl Iterator<Item = String> {
    let (tree, text) = (library.tree(source), library.text_of(source));
    (0..tree.nodes().len() as NodeId)
        .filter(|id| tree.node(*id).word_count == 2 && tree.value(text, *id, 0) == Some("include"))
        .filter_map(|id| tree.value(text, id, 1).map(str::to_owned))
        .collect::<Vec<_>>()
        .into_iter()
}

impl Config {
    /// Is it a file that a distribution brings, of which distributions have versions of their own?
    pub fn is_stock(&self, source: SourceId) -> bool {
        self.library.sources().get(source).path().starts_with("<stock>")
    }
}

/// Under which name a stock file is in the library, and is shown.
fn stock_identity(argument: &str) -> PathBuf {
    let name = Path::new(argument).file_name().unwrap_or_default().to_string_lossy().replace('*', "all");
    PathBuf::from(format!("<stock>/{name}"))
}

/// Puts the configuration together; everything it includes is in the library.
pub fn build(library: Arc<Library>, files: &dyn Files, entry: &Entry, found: &HashMap<String, Resolution>) -> Config {
    let entries: Vec<SourceId> = entry.paths.iter().filter_map(|path| library.find(&files.identity(path))).collect();
    let root = Node {
        source: entries.first().copied().unwrap_or_default(),
        node: 0,
        parent: 0,
        subtree_end: 1,
        name: 0,
        inclusion: 0,
        inside: entry.context,
        is_directive: false,
        is_block: true,
        twin: 0,
        marks: 0,
    };
    let mut splicer = Splicer {
        library: &library,
        found,
        nodes: vec![root],
        names: Names::default(),
        inclusions: vec![Inclusion { include: 0, outer: 0, source: root.source }],
        problems: Vec::new(),
        opaque: Vec::new(),
        too_deep: Vec::new(),
        run_ons: Vec::new(),
        sources: entries.iter().map(|source| (*source, 0)).collect(),
        seen: entries.iter().copied().collect(),
        work: Vec::new(),
        wordings: HashMap::default(),
    };
    for source in entries.iter().rev() {
        splicer.enter(*source, 0, 0, 0);
    }
    splicer.run();
    let Splicer { nodes, names, inclusions, problems, mut opaque, too_deep, run_ons, sources, .. } = splicer;
    let (sources, entered) = sources.into_iter().unzip();
    opaque.sort_unstable();
    opaque.dedup();
    let index = Index::of(&nodes, &names);
    let http = OnceLock::new();
    let outer = entry.outer;
    Config {
        library,
        nodes,
        names,
        index,
        inclusions,
        problems,
        opaque,
        too_deep,
        run_ons,
        sources,
        entered,
        outer,
        http,
        patterns: Default::default(),
        origins: OnceLock::new(),
        prefixes: OnceLock::new(),
        known_variables: OnceLock::new(),
        served: OnceLock::new(),
        regexes: OnceLock::new(),
        header_uses: Default::default(),
    }
}

/// A stretch of sibling nodes of one tree that is still to be copied; or, with `at == end`, a block to be closed.
struct Work {
    source: SourceId,
    at: NodeId,
    end: NodeId,
    parent: u32,
    /// How many blocks it stands in.
    nesting: u32,
    inclusion: u32,
    closes: Option<u32>,
}

struct Splicer<'l> {
    library: &'l Library,
    found: &'l HashMap<String, Resolution>,
    nodes: Vec<Node>,
    names: Names,
    inclusions: Vec<Inclusion>,
    problems: Vec<Problem>,
    opaque: Vec<u32>,
    too_deep: Vec<u32>,
    run_ons: Vec<(u32, usize)>,
    /// Every text that was entered, and by which inclusion first.
    sources: Vec<(SourceId, u32)>,
    seen: HashSet<SourceId>,
    work: Vec<Work>,
    /// The first node of each wording.
    wordings: HashMap<Wording<'l>, u32>,
}

/// All that a directive says by itself.
#[derive(PartialEq, Eq, Hash)]
struct Wording<'l> {
    head: &'l [u8],
    context: Option<Context>,
    is_block: bool,
    is_ended: bool,
}

impl<'l> Splicer<'l> {
    /// Plans to copy a whole file into `parent`.
    fn enter(&mut self, source: SourceId, parent: u32, nesting: u32, inclusion: u32) {
        let end = self.library.tree(source).nodes().len() as NodeId;
        if self.seen.insert(source) {
            self.sources.push((source, inclusion));
        }
        self.work.push(Work { source, at: 0, end, parent, nesting, inclusion, closes: None });
    }

    fn run(&mut self) {
        while let Some(mut work) = self.work.pop() {
            if work.at == work.end {
                if let Some(block) = work.closes {
                    self.nodes[block as usize].subtree_end = self.nodes.len() as u32;
                }
                continue;
            }
            let (id, node) = (work.at, *self.library.tree(work.source).node(work.at));
            let index = self.copy(&work, id);
            work.at = node.subtree_end;
            let Work { source, parent, nesting, inclusion, .. } = work;
            self.work.push(work);
            let is_block = matches!(node.terminator, Terminator::Block { .. });
            if is_block && nesting == MAX_NESTING {
                self.opaque.push(index);
                self.too_deep.push(index);
            } else if is_block {
                self.work.push(Work {
                    source,
                    at: id + 1,
                    end: node.subtree_end,
                    parent: index,
                    nesting: nesting + 1,
                    inclusion,
                    closes: Some(index),
                });
            } else if node.word_count == 2 && self.value(source, id, 0) == "include" {
                self.include(index, parent, nesting, inclusion);
            }
        }
        self.nodes[0].subtree_end = self.nodes.len() as u32;
    }

    fn value(&self, source: SourceId, id: NodeId, index: usize) -> &str {
        let text = self.library.text_of(source);
        self.library.tree(source).value(text, id, index).unwrap_or_default()
    }

    fn copy(&mut self, work: &Work, id: NodeId) -> u32 {
        let index = self.nodes.len() as u32;
        let around = self.nodes[work.parent as usize].inside;
        let tree = self.library.tree(work.source);
        let text = self.library.text_of(work.source);
        let name = tree.value(text, id, 0).unwrap_or_default();
        // The entries of maps and their like are data, not directives.
        let is_data = around.is_some_and(Context::holds_entries);
        let terminator = tree.node(id).terminator;
        let is_block = matches!(terminator, Terminator::Block { .. });
        let is_uncertain = tree.is_uncertain();
        if is_uncertain {
            self.opaque.push(work.parent);
        }
        let inside = if is_block && !is_data && !is_uncertain { context_inside(around, name) } else { None };
        if !is_data && let Some(word) = run_on::second_name(self.library, work.source, id, around) {
            // What the other directive would have set is not known.
            self.run_ons.push((index, word));
            self.opaque.push(work.parent);
        }
        let (is_condition, name) = (name.starts_with("if("), if is_data { 0 } else { self.names.intern(name) });
        if terminator == Terminator::Placeholder || (self.names.get(name).is_symbolic && !is_condition) {
            self.opaque.push(work.parent);
        }
        let (source, parent, inclusion) = (work.source, work.parent, work.inclusion);
        let is_open = self.names.get(name).is_open[usize::from(self.library.is_template(source))];
        let is_directive =
            !is_data && !is_open && terminator != Terminator::Placeholder && tree.node(id).word_count > 0;
        let twin = if is_directive { self.twin(index, source, id, around) } else { index };
        let subtree_end = index + 1;
        if name != 0 {
            self.nodes[parent as usize].marks |= mark_of(&self.names.get(name).text);
        }
        self.nodes.push(Node {
            source,
            node: id,
            parent,
            subtree_end,
            name,
            inclusion,
            inside,
            is_directive,
            is_block,
            twin,
            marks: 0,
        });
        index
    }

    /// The first node that reads like this one. What a renderer fills in may be something else in each place.
    fn twin(&mut self, index: u32, source: SourceId, id: NodeId, context: Option<Context>) -> u32 {
        let tree = self.library.tree(source);
        let (node, words) = (tree.node(id), tree.words(id));
        let (Some(last), false) = (words.last(), self.library.may_be_filled_in(source)) else { return index };
        let wording = Wording {
            head: self.library.sources().get(source).slice(node.start, last.end),
            context,
            is_block: matches!(node.terminator, Terminator::Block { .. }),
            is_ended: node.terminator != Terminator::Missing,
        };
        *self.wordings.entry(wording).or_insert(index)
    }

    /// Plans to copy what an include stands for behind it.
    fn include(&mut self, index: u32, parent: u32, nesting: u32, inclusion: u32) {
        let Node { source, node, .. } = self.nodes[index as usize];
        let argument = self.value(source, node, 1).to_owned();
        let paths = match self.found.get(&argument) {
            Some(Resolution::Files(paths)) => paths.clone(),
            Some(Resolution::Stock(_)) => vec![stock_identity(&argument)],
            Some(Resolution::Missing) => return self.problem(index, ProblemKind::Missing),
            Some(Resolution::Unknown(why)) => return self.problem(index, ProblemKind::Unknown(why.clone())),
            None => return self.problem(index, ProblemKind::Budget),
        };
        let sources: Vec<SourceId> = paths.iter().filter_map(|path| self.library.find(path)).collect();
        let chain = self.chain(inclusion, source);
        if sources.iter().any(|source| chain.contains(source)) {
            return self.problem(index, ProblemKind::Cycle);
        }
        let most = if chain.len() > LONG_CHAIN { MAX_INCLUSIONS_IN_LONG_CHAINS } else { MAX_INCLUSIONS };
        let full = self.inclusions.len() > most || self.nodes.len() > MAX_NODES;
        if full || chain.len() > MAX_DEPTH {
            return self.problem(index, ProblemKind::Budget);
        }
        for source in sources.into_iter().rev() {
            self.inclusions.push(Inclusion { include: index, outer: inclusion, source });
            self.enter(source, parent, nesting, self.inclusions.len() as u32 - 1);
        }
    }

    /// The texts that lead to an inclusion, from `source` (which includes) outwards.
    fn chain(&self, mut inclusion: u32, source: SourceId) -> Vec<SourceId> {
        let mut chain = vec![source];
        while inclusion != 0 && chain.len() <= MAX_DEPTH {
            let Inclusion { include, outer, .. } = self.inclusions[inclusion as usize];
            chain.push(self.nodes[include as usize].source);
            inclusion = outer;
        }
        chain
    }

    fn problem(&mut self, include: u32, kind: ProblemKind) {
        self.opaque.push(self.nodes[include as usize].parent);
        self.problems.push(Problem { include, kind });
    }
}

/// The context inside of a block. Where the context around it is not known, the block's name often tells.
fn context_inside(around: Option<Context>, name: &str) -> Option<Context> {
    match (around, name) {
        (Some(around), _) => Context::of_body(around, name),
        (None, "location") => Some(Context::Location),
        (None, "map") => Some(Context::MapBody),
        (None, "geo") => Some(Context::GeoBody),
        (None, "types") => Some(Context::TypesBody),
        (None, _) => None,
    }
}
