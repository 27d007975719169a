//! YAML with the places of its values. A text that is no YAML is nothing.

use foldhash::{HashMap, HashSet};
use saphyr_parser::{Event, Parser, Span as Marks};

/// Merge keys and aliases are followed so far.
const MAX_MERGES: usize = 8;

/// The first document of a text; anchors and aliases share their nodes.
#[derive(Debug, Default)]
pub(crate) struct Document {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    start: u32,
    end: u32,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Scalar(String),
    Sequence(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
}

/// A value of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yaml<'d> {
    document: &'d Document,
    index: usize,
}

/// What is being put together: a node, and the children that it has so far.
struct Open {
    node: usize,
    children: Vec<usize>,
    is_mapping: bool,
}

impl Document {
    /// Reads the first document; none if the text is malformed or empty.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let offsets = Offsets::new(text);
        let (mut document, mut anchors) = (Self::default(), HashMap::default());
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, marks) = event.ok()?;
            let done = match event {
                Event::Scalar(value, _, anchor, _) => {
                    let node = document.add(&offsets, marks, Kind::Scalar(value.into_owned()));
                    anchors.insert(anchor, node);
                    node
                }
                Event::Alias(anchor) => *anchors.get(&anchor)?,
                Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                    let is_mapping = matches!(event, Event::MappingStart(..));
                    let node = document.add(&offsets, marks, Kind::Sequence(Vec::new()));
                    anchors.insert(anchor, node);
                    open.push(Open { node, children: Vec::new(), is_mapping });
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let closed = open.pop()?;
                    document.close(&closed, offsets.byte(marks.end.index()));
                    closed.node
                }
                Event::DocumentEnd => break,
                _ => continue,
            };
            if let Some(around) = open.last_mut() {
                around.children.push(done);
            }
        }
        (!document.nodes.is_empty()).then_some(document)
    }

    fn add(&mut self, offsets: &Offsets, marks: Marks, kind: Kind) -> usize {
        let (start, end) = (offsets.byte(marks.start.index()), offsets.byte(marks.end.index()));
        self.nodes.push(Node { start, end: end.max(start), kind });
        self.nodes.len() - 1
    }

    fn close(&mut self, closed: &Open, end: u32) {
        let children = &closed.children;
        let pairs = || children.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let kind = if closed.is_mapping { Kind::Mapping(pairs()) } else { Kind::Sequence(children.clone()) };
        let node = &mut self.nodes[closed.node];
        (node.end, node.kind) = (end.max(node.start), kind);
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Yaml<'_> {
        Yaml { document: self, index: 0 }
    }

    /// Every value, in the order of the text.
    pub(crate) fn values(&self) -> impl Iterator<Item = Yaml<'_>> {
        (0..self.nodes.len()).map(|index| Yaml { document: self, index })
    }
}

impl<'d> Yaml<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.index]
    }

    fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// Where it stands: first byte and the byte behind the last.
    pub(crate) fn place(self) -> (u32, u32) {
        (self.node().start, self.node().end)
    }

    /// The text of a scalar; numbers and truth values are texts, too.
    pub(crate) fn text(self) -> Option<&'d str> {
        match &self.node().kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; nothing for other values.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let items: &[usize] = match &self.node().kind {
            Kind::Sequence(items) => items,
            _ => &[],
        };
        items.iter().map(move |index| self.at(*index))
    }

    /// Is it a list?
    pub(crate) fn is_list(self) -> bool {
        matches!(self.node().kind, Kind::Sequence(_))
    }

    /// Is it a mapping?
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.node().kind, Kind::Mapping(_))
    }

    /// Keys and values of a mapping; those that `<<` brings in come last, unless the mapping has them itself.
    pub(crate) fn entries(self) -> Vec<(Self, Self)> {
        let (mut found, mut budget) = (Vec::new(), MAX_MERGES);
        self.collect(&mut found, &mut budget);
        let mut seen = HashSet::default();
        found.retain(|(key, _)| seen.insert(key.text()));
        found
    }

    fn collect(self, found: &mut Vec<(Self, Self)>, budget: &mut usize) {
        let Kind::Mapping(pairs) = &self.node().kind else { return };
        let pairs = || pairs.iter().map(|(key, value)| (self.at(*key), self.at(*value)));
        let is_merge = |key: Self| key.text() == Some("<<");
        found.extend(pairs().filter(|(key, _)| !is_merge(*key)));
        for (_, merged) in pairs().filter(|(key, _)| is_merge(*key)) {
            let many: Vec<Self> = if merged.is_list() { merged.items().collect() } else { vec![merged] };
            for one in many {
                if *budget > 0 {
                    *budget -= 1;
                    one.collect(found, budget);
                }
            }
        }
    }

    /// The value of a key of a mapping.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.entries().into_iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }

    /// The text of a key of a mapping.
    pub(crate) fn text_of(self, name: &str) -> Option<&'d str> {
        self.get(name)?.text()
    }

    /// The texts of a list, or the one text that stands for a list of one.
    pub(crate) fn texts(self) -> Vec<Self> {
        if self.text().is_some() { vec![self] } else { self.items().filter(|item| item.text().is_some()).collect() }
    }
}

/// From numbers of characters to offsets of bytes.
struct Offsets {
    /// Offset of every character and of the end; nothing for a text of ASCII, where they are the same.
    bytes: Vec<u32>,
    length: u32,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at as u32).collect() };
        Self { bytes, length: text.len() as u32 }
    }

    fn byte(&self, character: usize) -> u32 {
        if self.bytes.is_empty() {
            return (character as u32).min(self.length);
        }
        self.bytes.get(character).copied().unwrap_or(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places() {
        let text = "# \u{e9}\nservices:\n  web:\n    image: \"nginx:1\"\n    ports: [a, 'b']\n";
        let document = Document::read(text).expect("it is YAML");
        let web = document.root().get("services").and_then(|services| services.get("web")).expect("it is there");
        let image = web.get("image").expect("it has one");
        let (start, end) = image.place();
        assert_eq!((&text[start as usize..end as usize], image.text()), ("\"nginx:1\"", Some("nginx:1")));
        let ports: Vec<_> = web.get("ports").expect("there are").items().filter_map(Yaml::text).collect();
        assert_eq!(ports, ["a", "b"]);
    }

    #[test]
    fn anchors_and_merge_keys() {
        let text = "x: &x {a: 1, b: 2}\ny: &y {c: 3}\nz:\n  <<: [*x, *y]\n  a: 4\nw: *y\n";
        let document = Document::read(text).expect("it is YAML");
        let z = document.root().get("z").expect("it is there");
        assert_eq!(["a", "b", "c", "d"].map(|name| z.text_of(name)), [Some("4"), Some("2"), Some("3"), None]);
        assert_eq!(document.root().get("w").and_then(|w| w.text_of("c")), Some("3"));
    }

    #[test]
    fn what_is_no_yaml_is_nothing() {
        assert!(Document::read("a: [b").is_none() && Document::read("").is_none());
        let circle = Document::read("a: &a\n  <<: *a\n  b: *a\n");
        assert!(circle.is_none_or(|circle| circle.root().get("a").is_some_and(|a| a.entries().len() < 3)));
    }
}
