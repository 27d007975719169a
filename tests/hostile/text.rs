//! Single texts: tokens, trees, settings, templates.

use std::path::Path;

use nginspect::cli::mistakes_in_settings;
use nginspect::syntax::{self, Dialect, Lexer, Tree};
use nginspect::template::envsubst::{self, Origin, Selection};
use nginspect::template::{self, Environment, Recipe};

/// Tokens tile the text, and reading a token's own text gives the same bytes again.
pub(super) fn lex(text: &[u8]) {
    let mut end = 0;
    for token in Lexer::new(text) {
        assert_eq!(token.start, end, "a gap before {token:?}");
        assert!(token.end > token.start, "nothing in {token:?}");
        end = token.end;
    }
    assert_eq!(end as usize, text.len());
    let mut lexer = Lexer::new(text);
    lexer.by_ref().for_each(drop);
    for error in lexer.into_errors() {
        assert!(error.start <= error.end && error.end as usize <= text.len(), "{error:?}");
    }
}

/// A tree comes of every text, as a configuration, as a template of envsubst, and as one of each other language.
pub(super) fn parse(text: &[u8]) {
    let tree = syntax::parse(text, Dialect::default());
    assert_tree(&tree, text, false);
    assert_tree(&syntax::parse(text, Dialect { placeholders: true, tags: &[] }), text, false);
    for name in ["a.conf", "a.conf.j2", "a.conf.erb", "a.conf.tmpl", "a.conf.gotmpl", "a.conf.template"] {
        let path = Path::new(name);
        let recipe = Recipe::of_name(path, &Environment::default());
        assert_tree(&template::read(path, text, recipe).tree, text, false);
    }
}

fn assert_tree(tree: &Tree, text: &[u8], is_rendered: bool) {
    for (id, node) in (0..).zip(tree.nodes()) {
        assert!(node.start <= node.end && node.end as usize <= text.len(), "{node:?}");
        assert!(node.subtree_end > id && node.subtree_end as usize <= tree.nodes().len(), "{node:?}");
        if let Some(parent) = node.parent {
            let outer = tree.node(parent);
            assert!(parent < id && node.subtree_end <= outer.subtree_end, "{node:?} in {outer:?}");
            assert!(outer.start <= node.start && node.end <= outer.end, "{node:?} in {outer:?}");
        }
        for (index, word) in tree.words(id).iter().enumerate() {
            assert!(word.start <= word.end && word.end as usize <= text.len(), "{word:?}");
            assert!(tree.value(text, id, index).is_some(), "no value of {word:?}");
        }
    }
    for error in tree.errors() {
        assert!(error.start <= error.end && error.end as usize <= text.len(), "{error:?}");
    }
    for (start, end) in tree.comments() {
        // A comment that comes of the value of a placeholder is at the placeholder.
        let first = text.get(*start as usize);
        assert!(first == Some(&b'#') || (is_rendered && first == Some(&b'$')), "a comment at {start}");
        assert!(start < end && *end as usize <= text.len());
    }
}

/// What is wrong in a settings file is told, with its place.
pub(super) fn settings(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    for (place, message) in mistakes_in_settings(&text) {
        assert!(!message.is_empty());
        if let Some(place) = place {
            assert!(place.start <= place.end && place.end <= text.len(), "{place:?}: {message}");
        }
    }
}

/// A template is rendered with the values that stand above it as an `.env` file, and every byte leads back to the template.
pub(super) fn template(input: &[u8]) {
    let mark = b"# file: a.template\n";
    let at = input.windows(mark.len()).position(|window| window == mark);
    let (values, text) = at.map_or((&b""[..], input), |at| (&input[..at], &input[at + mark.len()..]));
    let mut environment = Environment::default();
    environment.read_file(&String::from_utf8_lossy(values), ".env");
    assert_scanned(text);
    for selection in [Selection::All, Selection::of_list(values)] {
        let lookup = |name: &str| environment.get(name).map(|value| value.text.clone());
        let rendered = envsubst::render(text, &selection, lookup);
        let mut last = 0;
        for (offset, byte) in rendered.text.iter().enumerate() {
            let (start, end) = rendered.map.origin_of_range(offset, offset + 1);
            assert!(last <= start && start < end && end <= text.len(), "offset {offset}: {start}..{end}");
            last = start;
            if let Origin::Template(origin) = rendered.map.origin(offset) {
                assert_eq!(text[origin], *byte, "offset {offset}");
            }
        }
    }
    let path = Path::new("a.template");
    let recipe = Recipe::of_name(path, &environment);
    let reading = template::read(path, text, recipe);
    assert_tree(&reading.tree, text, !reading.filled.is_empty());
    for filled in &reading.filled {
        assert_eq!(text.get(filled.start as usize), Some(&b'$'), "{filled:?}");
        assert!(filled.end as usize <= text.len(), "{filled:?}");
    }
}

fn assert_scanned(text: &[u8]) {
    let mut end = 0;
    for placeholder in envsubst::placeholders(text) {
        assert!(placeholder.start >= end && text[placeholder.start] == b'$', "{placeholder:?}");
        end = placeholder.end;
    }
    for expansion in envsubst::expansions(text) {
        assert_eq!(text[..expansion.end].last(), Some(&b'}'), "{expansion:?}");
    }
}
