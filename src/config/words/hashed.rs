//! Words that become keys of nginx's hash tables, and the room that these have.

use crate::config::{Config, Directive};
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::directives::{self, Value};
use crate::nginx::hash::bucket;
use crate::nginx::measure::size;
use crate::nginx::server_name::{Key, keys};
use crate::template::is_symbolic;

/// The size of a bucket without a directive.
const DEFAULT_BUCKET: usize = 64;

/// One of nginx's hash tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Names of servers on one socket.
    ServerNames,
    /// Keys of a `map`.
    Map,
    /// Endings of files in `types`.
    Types,
    /// Names of variables.
    Variables,
    /// Lists of MIME types such as `gzip_types`.
    MimeTypes,
    /// Names of headers of `proxy_pass`.
    ProxyHeaders,
}

impl Table {
    /// One key of it, for messages.
    pub fn what(self) -> &'static str {
        match self {
            Self::ServerNames => "a server name",
            Self::Map => "a key",
            Self::Types => "an ending",
            Self::Variables => "a variable",
            Self::MimeTypes => "a type",
            Self::ProxyHeaders => "a header",
        }
    }

    /// The directive that says how large its buckets are.
    pub fn size_directive(self) -> &'static str {
        match self {
            Self::ServerNames => "server_names_hash_bucket_size",
            Self::Map => "map_hash_bucket_size",
            Self::Types => "types_hash_bucket_size",
            Self::Variables => "variables_hash_bucket_size",
            Self::MimeTypes => "",
            Self::ProxyHeaders => "proxy_headers_hash_bucket_size",
        }
    }

    /// Where that directive has to stand.
    pub fn place(self) -> &'static str {
        if self == Self::Map { " above the map" } else { "" }
    }
}

/// A word that is a key.
#[derive(Debug, Clone, Copy)]
pub struct Hashed<'c> {
    /// Where it stands.
    pub line: Directive<'c>,
    /// The number of the argument; none if it is the first word of an entry.
    pub index: Option<usize>,
    /// The word as written.
    pub word: &'c str,
    /// The table.
    pub table: Table,
    /// How many bytes of it are one key.
    pub length: usize,
    /// The bytes of a bucket.
    pub bucket: usize,
    /// The directive that says so.
    pub size: Option<Directive<'c>>,
}

/// Directives whose argument with this number is the name of a new variable.
const DEFINITIONS: &[(&str, usize)] =
    &[("set", 0), ("auth_request_set", 0), ("map", 1), ("geo", 0), ("geo", 1), ("split_clients", 1)];

impl Config {
    /// Words that are long enough to matter; those for whose tables an unknown file may set the size are left out.
    pub fn hashed_words(&self) -> Vec<Hashed<'_>> {
        let mut words = Vec::new();
        self.add_server_names(&mut words);
        self.add_entries(&mut words);
        self.add_variables(&mut words);
        self.add_lists(&mut words);
        words.retain(|hashed| hashed.length + 2 > DEFAULT_BUCKET / 2);
        words
    }

    fn add_server_names<'c>(&'c self, words: &mut Vec<Hashed<'c>>) {
        for (_, servers) in self.sockets_with_names() {
            let lines = servers.iter().flat_map(|server| server.own("server_name"));
            for (line, index, word) in lines.flat_map(|line| args(line)).filter(|(.., word)| !word.starts_with('~')) {
                let length = keys(word).unwrap_or_default().iter().map(Key::longest_part).max();
                let block = line.parent().and_then(Directive::parent);
                add(words, line, Some(index), word, Table::ServerNames, length, block);
            }
        }
    }

    fn add_entries<'c>(&'c self, words: &mut Vec<Hashed<'c>>) {
        for map in self.all("map").filter(|map| map.is_block()) {
            // Of an entry, only what stands above it counts.
            let mut by_name = false;
            let is_key = |word: &&str| {
                !word.starts_with('~') && !matches!(*word, "default" | "include" | "hostnames" | "volatile")
            };
            for entry in map.children() {
                by_name |= entry.name() == "hostnames";
                let Some(word) = Some(entry.name()).filter(is_key).filter(|word| entry.is_literal(word)) else {
                    continue;
                };
                let key = word.strip_prefix('\\').unwrap_or(word);
                let length = if by_name {
                    keys(key).unwrap_or_default().iter().map(Key::longest_part).max()
                } else {
                    Some(key.len())
                };
                let known = map.parent().filter(|block| !block.is_opaque());
                let before =
                    known.filter(|block| block.own(Table::Map.size_directive()).all(|size| size.order() < map.order()));
                add(words, entry, None, word, Table::Map, length, before);
            }
        }
        for types in self.all("types").filter(|types| types.inside() == Some(Context::TypesBody)) {
            for (entry, index, word) in
                types.children().filter(|entry| !entry.is("include")).flat_map(|entry| args(entry))
            {
                add(words, entry, Some(index), word, Table::Types, Some(word.len()), types.parent());
            }
        }
    }

    fn add_variables<'c>(&'c self, words: &mut Vec<Hashed<'c>>) {
        for (name, index) in DEFINITIONS {
            for line in self.all(name).filter(|line| line.context().is_some()) {
                // Only the last argument of a geo is its variable.
                let is_other = *name == "geo" && line.args().len() != index + 1;
                let Some(word) = line.arg(*index).filter(|word| word.starts_with('$') && !is_other) else { continue };
                if line.is_literal(word) {
                    let block = line.enclosing("http").or_else(|| line.enclosing("stream"));
                    add(words, line, Some(*index), word, Table::Variables, Some(word.len() - 1), block);
                }
            }
        }
    }

    fn add_lists<'c>(&'c self, words: &mut Vec<Hashed<'c>>) {
        // In http, nginx builds these for its servers.
        let has_server = self.all("server").any(|server| server.inside() == Some(Context::Server));
        let is_built = |line: &Directive<'_>| {
            let in_http = line.context() == Some(Context::Http);
            line.context().is_some_and(|context| ContextSet::HTTP.contains(context)) && (!in_http || has_server)
        };
        let is_list = |definition: &&directives::Definition| definition.value == Value::MimeList;
        let mut names: Vec<&str> = directives::all().iter().filter(is_list).map(|definition| definition.name).collect();
        names.dedup();
        for (line, index, word) in
            names.iter().flat_map(|name| self.all(name)).filter(is_built).flat_map(|line| args(line))
        {
            words.push(Hashed {
                line,
                index: Some(index),
                word,
                table: Table::MimeTypes,
                length: word.len(),
                bucket: DEFAULT_BUCKET,
                size: None,
            });
        }
        for line in ["proxy_set_header", "proxy_hide_header"].iter().flat_map(|name| self.all(name)).filter(is_built) {
            let Some(word) = line.arg(0).filter(|word| !is_symbolic(word)) else { continue };
            add(words, line, Some(0), word, Table::ProxyHeaders, Some(word.len()), line.parent());
        }
    }
}

/// The arguments that are the same whatever is filled in.
fn args<'c>(line: Directive<'c>) -> impl Iterator<Item = (Directive<'c>, usize, &'c str)> {
    line.args().enumerate().filter(|(_, word)| !is_symbolic(word)).map(move |(index, word)| (line, index, word))
}

/// Adds a word, unless something unknown may set the size of its table at this level.
fn add<'c>(
    words: &mut Vec<Hashed<'c>>,
    line: Directive<'c>,
    index: Option<usize>,
    word: &'c str,
    table: Table,
    length: Option<usize>,
    level: Option<Directive<'c>>,
) {
    let (Some(length), Some(level)) = (length, level) else { return };
    // What is short fits anyway, and most words are.
    if length < DEFAULT_BUCKET / 2 {
        return;
    }
    let config = line.config();
    let Some(size_line) = level.certain_value(table.size_directive()) else { return };
    if size_line.is_none() && config.outer() != crate::config::Outer::Nothing {
        return;
    }
    let configured = match size_line {
        None => Some(DEFAULT_BUCKET),
        Some(line) => line.arg(0).and_then(size).and_then(|bytes| usize::try_from(bytes).ok()),
    };
    if let Some(configured) = configured {
        words.push(Hashed { line, index, word, table, length, bucket: bucket(configured), size: size_line });
    }
}
