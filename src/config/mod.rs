//! The effective configuration: the trees of all files as nginx sees them, in one piece.
//!
//! A [`Config`] is flat and in nginx's order. Includes are spliced in place: the `include` itself stays as a node, and what
//! it brings follows as its siblings. Rules walk it with [`Directive`] handles and ask it for what holds where.

pub mod acme;
mod acme_flow;
pub mod backend;
pub mod backend_tls;
pub mod body;
pub mod buffers;
mod build;
pub mod certificate;
pub mod charset;
pub mod cipher;
pub mod definition;
mod directive;
pub mod detour;
pub mod early_data;
pub mod ending;
pub mod entry;
pub mod evaluated;
pub mod files;
pub mod forwarded;
pub mod group;
pub mod hashed;
pub mod headers;
pub mod hsts;
pub mod incompatible;
pub mod http;
pub mod include;
mod inherit;
pub mod keepalive;
mod layout;
mod library;
pub mod local_path;
pub mod location;
mod modules;
pub mod named;
mod names;
pub mod pattern;
pub mod placeholder;
pub mod ports;
pub mod referenced;
pub mod regexes;
mod run_on;
pub mod requested;
pub mod samples;
pub mod service_host;
pub mod simulate;
pub mod sockets;
#[cfg(test)]
mod testing;
mod spacing;
pub mod table;
pub mod target;
pub mod terminator;
pub mod tls;
pub mod unknown_variable;
pub mod variable;
mod verdict;
pub mod websocket;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use build::{Entry, ProblemKind, build, load_includes};
pub use directive::Directive;
pub use library::{Files, Library, ReadError};

use crate::nginx::context::Context;
use crate::nginx::directives::{self, Definition};
use crate::source::{SourceId, Span};
use crate::syntax::{NodeId, SyntaxError};

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
    by_name: Vec<u32>,
    name_starts: Vec<u32>,
    by_parent: Vec<u32>,
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
    patterns: pattern::Patterns,
    origins: OnceLock<variable::Origins>,
    prefixes: OnceLock<location::Prefixes>,
    known_variables: OnceLock<placeholder::KnownVariables>,
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
}

/// One splice: the `include` directive, and the inclusion that this one stands in. Inclusion 0 is the entry itself.
#[derive(Debug, Clone, Copy)]
struct Inclusion {
    include: u32,
    outer: u32,
}

/// An include that could not be followed.
#[derive(Debug)]
struct Problem {
    include: u32,
    kind: ProblemKind,
}

#[derive(Debug, Default)]
struct Names {
    ids: HashMap<Box<str>, u32>,
    /// What nginx knows by each of the names; number 0 is no name.
    definitions: Vec<&'static [Definition]>,
}

impl Names {
    fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.id(name) {
            return id;
        }
        let id = self.ids.len() as u32 + 1;
        self.ids.insert(name.into(), id);
        self.definitions.resize(id as usize, &[]);
        self.definitions.push(directives::lookup(name));
        id
    }
}

impl Config {
    /// The level that the entry file's own directives stand in.
    pub fn root(&self) -> Directive<'_> {
        Directive::new(self, 0)
    }

    /// Every directive of this name, wherever it stands, in nginx's order.
    pub fn all<'c>(&'c self, name: &str) -> impl DoubleEndedIterator<Item = Directive<'c>> + Clone + use<'c> {
        let id = self.names.id(name).map_or(0, |id| id as usize);
        let range = match id {
            0 => 0..0,
            id => self.name_starts[id] as usize..self.name_starts[id + 1] as usize,
        };
        self.by_name[range].iter().map(|index| Directive::new(self, *index))
    }

    /// Every directive in nginx's order.
    pub fn directives(&self) -> impl Iterator<Item = Directive<'_>> {
        (1..self.nodes.len() as u32).map(|index| Directive::new(self, index))
    }

    /// The directives of this name that stand directly in `level`.
    fn own<'c>(&'c self, level: u32, name: &str) -> impl DoubleEndedIterator<Item = Directive<'c>> + Clone + use<'c> {
        let id = self.names.id(name).unwrap_or(u32::MAX);
        let key = |index: &u32| (self.nodes[*index as usize].parent, self.nodes[*index as usize].name);
        let start = self.by_parent.partition_point(|index| key(index) < (level, id));
        let length = self.by_parent[start..].partition_point(|index| key(index) == (level, id));
        self.by_parent[start..start + length].iter().map(|index| Directive::new(self, *index))
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

    /// The blocks that stand in too many others to be looked into, the first of each text.
    pub fn too_deep(&self) -> Vec<Directive<'_>> {
        let mut blocks: Vec<Directive<'_>> = self.too_deep.iter().map(|index| Directive::new(self, *index)).collect();
        blocks.sort_by_key(|block| block.in_file());
        blocks.dedup_by_key(|block| block.in_file());
        blocks
    }

    /// A regular expression of this configuration; each is compiled once.
    pub fn pattern(&self, text: &str, caseless: bool) -> Arc<pattern::Pattern> {
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
            let Inclusion { include, outer } = self.inclusions[inclusion as usize];
            chain.push(Directive::new(self, include).head());
            inclusion = outer;
        }
        chain.reverse();
        chain
    }
}
