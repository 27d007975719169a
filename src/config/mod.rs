//! The effective configuration: the trees of all files as nginx sees them, in one piece.
//!
//! A [`Config`] is flat and in nginx's order. Includes are spliced in place: the `include` itself stays as a node, and what
//! it brings follows as its siblings. Rules walk it with [`Directive`] handles and ask it for what holds where.

pub mod backend;
mod build;
mod directive;
pub mod entry;
pub mod http;
pub mod include;
mod inherit;
mod library;
pub mod machine;
#[cfg(test)]
mod testing;
pub mod text;
pub mod tls;
pub mod verdict;
pub mod words;

use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashSet};

pub use build::{Entry, ProblemKind, build, load_includes};
pub use directive::Directive;
pub use library::{Files, Library, ReadError};

use crate::nginx::context::Context;
use crate::nginx::directives::{self, Definition, Inheritance};
use crate::source::{SourceId, Span};
use crate::syntax::{NodeId, SyntaxError};
use crate::template;

/// How much of the configuration around an entry file is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outer {
    /// The entry is a main file: there is nothing around it.
    Nothing,
    /// A fragment of `http` (or `stream`): the main file around it is taken to be the distribution's.
    Stock,
    /// A fragment from further inside: what the levels around it set is not known.
    Unknown,
}

/// One configuration with all that it includes.
#[derive(Debug)]
pub struct Config {
    library: Arc<Library>,
    nodes: Vec<Node>,
    names: Names,
    index: Index,
    inclusions: Vec<Inclusion>,
    problems: Vec<Problem>,
    /// The blocks with something unknown directly inside, sorted.
    opaque: Vec<u32>,
    /// The blocks that stand in too many others to be looked into.
    too_deep: Vec<u32>,
    /// The directives without a semicolon at the end of their line, and the word that begins another directive.
    run_ons: Vec<(u32, usize)>,
    sources: Vec<SourceId>,
    /// The inclusion that brought in each of the sources first.
    entered: Vec<u32>,
    outer: Outer,
    http: OnceLock<http::Http>,
    patterns: words::pattern::Patterns,
    origins: OnceLock<words::variable::Origins>,
    prefixes: OnceLock<http::location::Prefixes>,
    known_variables: OnceLock<words::placeholder::KnownVariables>,
    served: OnceLock<Vec<machine::exposed::Served>>,
    regexes: OnceLock<Vec<words::regexes::Place>>,
    header_uses: backend::KnownUses,
}

/// A node of the tree that it was spliced from, and its place in the whole. Node 0 is the level around the entry file.
#[derive(Debug, Clone, Copy)]
struct Node {
    source: SourceId,
    node: NodeId,
    parent: u32,
    subtree_end: u32,
    name: u32,
    inclusion: u32,
    /// The context that its body is read in, if it has one and if it is known.
    inside: Option<Context>,
    /// Is it read as a directive: not an entry of a map, not a placeholder that may be anything?
    is_directive: bool,
    /// Does it have a body?
    is_block: bool,
    /// The first node that reads the same in the same context; itself if no other comes before it.
    twin: u32,
    /// The [`mark_of`] of every name that stands directly in its body.
    marks: u32,
}

/// One bit of a number, which names share that are alike in length and a few letters. A look at them tells that a name is
/// not there; most questions are about such names.
fn mark_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 1 };
    let letters = [bytes.len() as u8, *first, bytes[bytes.len() / 2], *last];
    // The highest bits of the product depend on all letters.
    1 << (u32::from_le_bytes(letters).wrapping_mul(0x9e37_79b1) >> (32 - u32::BITS.ilog2()))
}

/// One splice: the `include` directive, and the inclusion that this one stands in. Inclusion 0 is the entry itself.
#[derive(Debug, Clone, Copy)]
struct Inclusion {
    include: u32,
    outer: u32,
    /// The text that it brings in; of the entry, the first.
    source: SourceId,
}

/// An include that could not be followed.
#[derive(Debug)]
struct Problem {
    include: u32,
    kind: ProblemKind,
}

/// The names of directives by number; number 0 is no name.
#[derive(Debug)]
struct Names {
    ids: HashMap<Box<str>, u32>,
    known: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    text: Box<str>,
    /// What nginx knows by it.
    definitions: &'static [Definition],
    /// Can nested levels have it from those around?
    is_inherited: bool,
    is_symbolic: bool,
    /// Could a renderer make something else of it, outside of templates and inside?
    is_open: [bool; 2],
}

impl Name {
    fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            definitions: directives::lookup(text),
            is_inherited: directives::inheritance(text) != Inheritance::None,
            is_symbolic: template::is_symbolic(text),
            is_open: [false, true].map(|in_template| template::is_open(text, in_template)),
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        Self { ids: HashMap::default(), known: vec![Name::new("")] }
    }
}

impl Names {
    fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.id(name) {
            return id;
        }
        let id = self.known.len() as u32;
        self.ids.insert(name.into(), id);
        self.known.push(Name::new(name));
        id
    }

    fn get(&self, id: u32) -> &Name {
        &self.known[id as usize]
    }
}

/// Which directives there are of a name, and which stand where.
#[derive(Debug)]
struct Index {
    /// All nodes but the root by name, and where each name starts in there.
    by_name: Vec<u32>,
    name_starts: Vec<u32>,
    /// Name and number of all nodes but the root by parent and name, and where each parent starts in there.
    by_parent: Vec<(u32, u32)>,
    parent_starts: Vec<u32>,
}

impl Index {
    fn of(nodes: &[Node], names: &Names) -> Self {
        let (name_starts, by_name) = bucket(nodes, names.known.len(), |node| node.name);
        let (parent_starts, by_parent) = bucket(nodes, nodes.len(), |node| node.parent);
        let mut by_parent: Vec<(u32, u32)> =
            by_parent.into_iter().map(|index| (nodes[index as usize].name, index)).collect();
        for range in parent_starts.windows(2) {
            by_parent[range[0] as usize..range[1] as usize].sort_unstable();
        }
        Self { by_name, name_starts, by_parent, parent_starts }
    }

    fn all(&self, name: u32) -> &[u32] {
        let (start, end) = (self.name_starts[name as usize], self.name_starts[name as usize + 1]);
        &self.by_name[start as usize..end as usize]
    }

    fn own(&self, parent: u32, name: u32) -> &[(u32, u32)] {
        let (start, end) = (self.parent_starts[parent as usize], self.parent_starts[parent as usize + 1]);
        let children = &self.by_parent[start as usize..end as usize];
        let start = children.partition_point(|(found, _)| *found < name);
        // Most questions are about what is not there.
        if children.get(start).is_none_or(|(found, _)| *found != name) {
            return &[];
        }
        let length = children[start..].partition_point(|(found, _)| *found == name);
        &children[start..start + length]
    }
}

/// All nodes but the root in the order of a number that each of them has, below `numbers`; and where each number starts.
fn bucket(nodes: &[Node], numbers: usize, number: impl Fn(&Node) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; numbers + 1];
    for node in &nodes[1..] {
        starts[number(node) as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0u32; nodes.len() - 1];
    for (index, node) in nodes.iter().enumerate().skip(1) {
        let slot = &mut next[number(node) as usize];
        sorted[*slot as usize] = index as u32;
        *slot += 1;
    }
    (starts, sorted)
}

impl Config {
    /// The level that the entry file's own directives stand in.
    pub fn root(&self) -> Directive<'_> {
        Directive::new(self, 0)
    }

    /// Every directive of this name, wherever it stands, in nginx's order.
    pub fn all<'c>(&'c self, name: &str) -> impl DoubleEndedIterator<Item = Directive<'c>> + Clone + use<'c> {
        let found = self.names.id(name).map_or(&[][..], |id| self.index.all(id));
        found.iter().map(|index| Directive::new(self, *index))
    }

    /// Every directive in nginx's order.
    pub fn directives(&self) -> impl Iterator<Item = Directive<'_>> {
        (1..self.nodes.len() as u32).map(|index| Directive::new(self, index))
    }

    /// The directives that `is` says yes to, in nginx's order. It is asked once about all that read the same, word for word
    /// in the same context, and so must not look at anything else; most lines of a large configuration are written often.
    pub fn directives_worded<'c>(
        &'c self,
        mut is: impl FnMut(Directive<'c>) -> bool,
    ) -> impl Iterator<Item = Directive<'c>> {
        let mut verdicts = vec![false; self.nodes.len()];
        self.directives().filter(move |directive| {
            let twin = directive.twin().order();
            if twin == directive.order() {
                verdicts[twin as usize] = is(*directive);
            }
            verdicts[twin as usize]
        })
    }

    /// Every directive but those that read the same as one before, word for word in the same context.
    pub fn wordings(&self) -> impl Iterator<Item = Directive<'_>> {
        self.directives().filter(|directive| directive.twin() == *directive)
    }

    /// The directives of this name that stand directly in `level`.
    fn own<'c>(&'c self, level: u32, name: &str) -> impl DoubleEndedIterator<Item = Directive<'c>> + Clone + use<'c> {
        let may_be_there = self.nodes[level as usize].marks & mark_of(name) != 0;
        let id = if may_be_there { self.names.id(name) } else { None };
        let found = id.map_or(&[][..], |id| self.index.own(level, id));
        found.iter().map(|(_, index)| Directive::new(self, *index))
    }

    /// The texts and trees behind this configuration.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// The texts that this configuration consists of, the entry first, each once.
    pub fn sources(&self) -> &[SourceId] {
        &self.sources
    }

    /// What is wrong with the texts as such, each text once.
    pub fn syntax_errors(&self) -> impl Iterator<Item = (SourceId, &SyntaxError)> {
        self.sources
            .iter()
            .flat_map(|source| self.library.tree(*source).errors().iter().map(move |error| (*source, error)))
    }

    /// Can two places be in one configuration? Only the branches of a template exclude each other.
    pub fn go_together(&self, one: Span, other: Span) -> bool {
        self.library.go_together(one, other)
    }

    /// What is known of the levels around the entry file.
    pub fn outer(&self) -> Outer {
        self.outer
    }

    /// The context that the entry file is read in; none if it is not known.
    pub fn context(&self) -> Option<Context> {
        self.nodes[0].inside
    }

    /// The includes that were not followed, with the reason.
    pub fn problems(&self) -> impl Iterator<Item = (Directive<'_>, &ProblemKind)> {
        self.problems.iter().map(|problem| (Directive::new(self, problem.include), &problem.kind))
    }

    /// Which `include` directive brings in which text, in nginx's order, each pair once.
    pub fn inclusions(&self) -> impl Iterator<Item = (Directive<'_>, SourceId)> {
        let mut seen = HashSet::default();
        let mut inclusions: Vec<&Inclusion> = self.inclusions[1..].iter().collect();
        // Of a pattern, the file that comes last was planned first.
        inclusions.reverse();
        inclusions.sort_by_key(|inclusion| inclusion.include);
        let pairs = inclusions.into_iter().map(|inclusion| (Directive::new(self, inclusion.include), inclusion.source));
        pairs.filter(move |(include, source)| seen.insert((include.head(), *source)))
    }

    /// The texts that it starts from: the main file, or the fragments of one folder.
    pub fn entries(&self) -> impl Iterator<Item = SourceId> {
        self.sources.iter().zip(&self.entered).filter(|(_, inclusion)| **inclusion == 0).map(|(source, _)| *source)
    }

    /// The blocks that stand in too many others to be looked into, the first of each text.
    pub fn too_deep(&self) -> Vec<Directive<'_>> {
        let mut blocks: Vec<Directive<'_>> = self.too_deep.iter().map(|index| Directive::new(self, *index)).collect();
        blocks.sort_by_key(|block| block.in_file());
        blocks.dedup_by_key(|block| block.in_file());
        blocks
    }

    /// A regular expression of this configuration; each is compiled once.
    pub fn pattern(&self, text: &str, caseless: bool) -> Arc<words::pattern::Pattern> {
        self.patterns.get(text, caseless)
    }

    /// Servers and sockets.
    pub fn http(&self) -> &http::Http {
        self.http.get_or_init(|| http::Http::new(self))
    }

    /// The include directives that lead to a text, outermost first, where it is included first.
    pub fn include_chain_of(&self, source: SourceId) -> Vec<Span> {
        let entered = self.sources.iter().position(|entered| *entered == source);
        entered.map(|entered| self.chain(self.entered[entered])).unwrap_or_default()
    }

    /// The include directives that lead to a node, outermost first.
    fn include_chain(&self, node: u32) -> Vec<Span> {
        self.chain(self.nodes[node as usize].inclusion)
    }

    fn chain(&self, mut inclusion: u32) -> Vec<Span> {
        let mut chain = Vec::new();
        while inclusion != 0 {
            let Inclusion { include, outer, .. } = self.inclusions[inclusion as usize];
            chain.push(Directive::new(self, include).head());
            inclusion = outer;
        }
        chain.reverse();
        chain
    }
}
