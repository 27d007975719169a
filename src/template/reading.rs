//! Reads a text as what it is: a configuration, a template of envsubst, or one of another language.

use std::path::Path;

use super::arms::Arms;
use super::detect::{language_of, tags_of};
use super::envsubst::{self, Placeholder, Selection};
use super::language::Language;
use super::recipe::Recipe;
use super::tags::{Role, Tag};
use crate::syntax::{self, Dialect, SyntaxError, TagKind, Terminator, Tree};

/// A rendered text that would be longer than this is not made.
const MAX_RENDERED: usize = 256 << 20;

/// A text that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// Its tree.
    pub tree: Tree,
    /// The template language that it is written in, if it is another one than envsubst's.
    pub language: Option<Language>,
    /// Its branches.
    pub arms: Arms,
    /// How it was read.
    pub recipe: Recipe,
    /// The placeholders that were read as their values, in order.
    pub filled: Vec<Filled>,
}

/// A placeholder that was read as its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Offset of the placeholder.
    pub start: u32,
    /// Offset behind it.
    pub end: u32,
    /// Its name.
    pub name: String,
}

/// Reads a text of at most 4 GiB, whose name counts, too. In a template of envsubst, placeholders whose values are known are
/// read as these; all places are the template's nevertheless.
pub fn read(path: &Path, text: &[u8], recipe: Recipe) -> Reading {
    let filled = Some(&recipe).filter(|recipe| recipe.is_template).and_then(|recipe| read_filled(text, recipe));
    let reading = filled.unwrap_or_else(|| read_as_it_is(path, text, recipe.is_template));
    Reading { recipe, ..reading }
}

/// Reads what comes of a template of envsubst; none if nothing in it is known, or if it is another language's as well.
fn read_filled(text: &[u8], recipe: &Recipe) -> Option<Reading> {
    let values = &recipe.values;
    let selected = |placeholder: &Placeholder<'_>| recipe.selection.contains(placeholder.name);
    let names: Vec<&str> = envsubst::placeholders(text).filter(selected).map(|placeholder| placeholder.name).collect();
    let lengths: Vec<usize> = names.iter().filter_map(|name| values.get(name)).map(|value| value.text.len()).collect();
    if lengths.is_empty() || text.len() + lengths.iter().sum::<usize>() > MAX_RENDERED {
        return None;
    }
    // What has no value that is known stays a placeholder, even where envsubst would erase it.
    let known = names.into_iter().filter(|name| values.get(name).is_some()).map(str::to_owned);
    let known = Selection::Listed(known.collect());
    let rendered = envsubst::render(text, &known, |name| values.get(name).map(|value| value.text.clone()));
    let mut tree = syntax::parse(&rendered.text, Dialect { placeholders: true, tags: &[] });
    // The ending is envsubst's already.
    if language_of(Path::new(""), &rendered.text, !tree.errors().is_empty()).is_some() {
        return None;
    }
    tree.translate(&rendered.text, text, |start, end| {
        let (start, end) = rendered.map.origin_of_range(start as usize, end as usize);
        (start as u32, end as u32)
    });
    let filled = rendered.map.substitutions().iter().map(|substitution| {
        let Placeholder { start, end, name, .. } = substitution.placeholder;
        Filled { start: start as u32, end: end as u32, name: name.to_owned() }
    });
    Some(Reading { tree, filled: filled.collect(), ..Reading::default() })
}

fn read_as_it_is(path: &Path, text: &[u8], is_template: bool) -> Reading {
    let tree = syntax::parse(text, Dialect { placeholders: is_template, tags: &[] });
    let language = language_of(path, text, !tree.errors().is_empty());
    let tags = language.map(|language| tags_of(text, language)).unwrap_or_default();
    if tags.is_empty() {
        return Reading { tree, language, ..Reading::default() };
    }
    let arms = Arms::new(text, &tags);
    let tree = read_with_tags(text, &tags, &arms, is_template);
    Reading { tree, language, arms, ..Reading::default() }
}

fn read_with_tags(text: &[u8], tags: &[Tag], arms: &Arms, placeholders: bool) -> Tree {
    let parse = |tags: &[syntax::Tag]| syntax::parse(text, Dialect { placeholders, tags });
    let all = to_syntax(tags);
    let mut tree = parse(&all);
    if tree.errors().is_empty() {
        return tree;
    }
    // Each branch may open its own block, and one brace behind them closes it: then only the first branch is read.
    let others = arms.others();
    if !others.is_empty() {
        let first = parse(&without(&all, &others));
        if first.errors().is_empty() {
            return first;
        }
    }
    let has_statements = tags.iter().any(|tag| !matches!(tag.role, Role::Value | Role::Comment));
    let has_lines = tree.nodes().iter().any(|node| node.terminator == Terminator::Placeholder);
    let is_near = |error: &SyntaxError| {
        let start = error.cause.map_or(error.start, |(start, _)| start.min(error.start)) as usize;
        let line = text[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = text[error.end as usize..].iter().position(|byte| *byte == b'\n');
        let end = end.map_or(text.len(), |at| error.end as usize + at);
        tags.iter().any(|tag| tag.start < end && line < tag.end)
    };
    tree.retain_errors(|error| !has_statements && !has_lines && !is_near(error));
    tree
}

fn to_syntax(tags: &[Tag]) -> Vec<syntax::Tag> {
    // Which of the blocks that are open are definitions.
    let mut open: Vec<bool> = Vec::new();
    let kind = |tag: &Tag| match tag.role {
        Role::Value => TagKind::Value,
        Role::Comment => TagKind::Nothing,
        Role::Define => {
            open.push(true);
            TagKind::Open
        }
        Role::Close if open.pop() == Some(true) => TagKind::Close,
        Role::Open => {
            open.push(false);
            TagKind::Statement
        }
        Role::Else | Role::Close | Role::Other | Role::Line => TagKind::Statement,
    };
    let kinds: Vec<TagKind> = tags.iter().map(kind).collect();
    let convert = |(tag, kind): (&Tag, TagKind)| syntax::Tag { start: tag.start as u32, end: tag.end as u32, kind };
    tags.iter().zip(kinds).map(convert).collect()
}

/// The tags with these stretches of text as further ones; being statements, they are opaque.
fn without(tags: &[syntax::Tag], stretches: &[(usize, usize)]) -> Vec<syntax::Tag> {
    let left_out = stretches.iter().map(|(start, end)| syntax::Tag {
        start: *start as u32,
        end: *end as u32,
        kind: TagKind::Statement,
    });
    let left_out: Vec<syntax::Tag> = left_out.collect();
    let is_kept = |tag: &&syntax::Tag| {
        let before = left_out.partition_point(|stretch| stretch.start <= tag.start);
        before == 0 || left_out[before - 1].end <= tag.start
    };
    let mut all: Vec<syntax::Tag> = tags.iter().filter(is_kept).chain(&left_out).copied().collect();
    all.sort_by_key(|tag| tag.start);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Environment;

    fn shown(text: &str) -> (Vec<String>, usize) {
        let reading = read(Path::new("a.conf.j2"), text.as_bytes(), Recipe::default());
        let tree = &reading.tree;
        let names = (0..tree.nodes().len() as u32).map(|id| {
            let words: Vec<_> = (0..9).filter_map(|index| tree.value(text.as_bytes(), id, index)).collect();
            words.join("|")
        });
        (names.collect(), tree.errors().len())
    }

    #[test]
    fn tags_are_parts_of_words_or_stand_alone() {
        for (text, expected) in [
            ("listen {{ port }} ssl;", &["listen|{{ port }}|ssl"][..]),
            ("listen {{ ip }}:80;", &["listen|{{ ip }}:80"]),
            ("return 200 \"{{ x[\"a\"] }}\";", &["return|200|{{ x[\"a\"] }}"]),
            ("a \"b\"{{ c }};", &["a|b|{{ c }}"]),
            ("{{ lines }}\nlisten 80;", &["{{ lines }}", "listen|80"]),
            ("{% if a %}listen 80;{% endif %}", &["{% if a %}", "listen|80", "{% endif %}"]),
            ("listen 80{% if a %} ssl{% endif %};", &["listen|80{% if a %}|ssl{% endif %}"]),
            ("{# no; #}listen 80;", &["listen|80"]),
            ("server { {{ x }} }", &["server", "{{ x }}"]),
            ("{{ name }} {{ value }};", &["{{ name }}|{{ value }}"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(shown(text), (expected, 0), "{text}");
        }
    }

    #[test]
    fn branches_that_open_blocks_differently_are_no_errors() {
        let text = "{% if a %}\nserver { listen 1;\n{% else %}\nserver { listen 2;\n{% endif %}\nroot /a; }\n";
        let (names, errors) = shown(text);
        assert_eq!(errors, 0);
        assert_eq!(names.iter().filter(|name| *name == "server").count(), 1, "{names:?}");
        let (_, errors) = shown("{% if a %}\nserver {\n{% endif %}\nroot /a;\n{% if b %}}{% endif %}}\n");
        assert_eq!(errors, 0);
    }

    #[test]
    fn errors_away_from_tags_stay() {
        let (_, errors) = shown("server {\n    listen {{ port }};\n    root /a\n}\n");
        assert_eq!(errors, 1);
        let (_, errors) = shown("server {\n    root {{ folder }}\n}\n");
        assert_eq!(errors, 0);
    }

    #[test]
    fn known_values_are_read_in_their_places() {
        let text = "listen ${PORT};\n${MORE}\nserver_name a$NAME.test \"${Q}\" ${NONE};\n";
        let mut values = Environment::default();
        for (name, value) in [("PORT", "80 ssl"), ("MORE", "root /a;\nindex b;"), ("NAME", "bc"), ("Q", "d\\\"e")] {
            values.insert(name, value, "test");
        }
        let Reading { tree, filled, .. } =
            read(Path::new("a.template"), text.as_bytes(), Recipe::of_name(Path::new("a.template"), &values));
        let words = |id: u32| (0..6).filter_map(|index| tree.value(text.as_bytes(), id, index)).collect::<Vec<_>>();
        assert_eq!(words(0), ["listen", "80", "ssl"]);
        assert_eq!(words(1), ["root", "/a"]);
        assert_eq!(words(2), ["index", "b"]);
        assert_eq!(words(3), ["server_name", "abc.test", "d\"e", "${NONE}"]);
        let place = |id: u32, word: usize| {
            let word = tree.words(id)[word];
            &text[word.start as usize..word.end as usize]
        };
        assert_eq!((place(0, 1), place(0, 2), place(3, 1)), ("${PORT}", "", "a$NAME.test"));
        assert_eq!(filled.len(), 4);
        assert!(tree.errors().is_empty());
    }
}
