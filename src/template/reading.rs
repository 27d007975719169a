//! Reads a text as what it is: a configuration, a template of envsubst, or one of another language.

use std::path::Path;

use super::arms::Arms;
use super::detect::{language_of, tags_of};
use super::language::Language;
use super::tags::{Role, Tag};
use crate::syntax::{self, Dialect, SyntaxError, TagKind, Terminator, Tree};

/// A text that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// Its tree.
    pub tree: Tree,
    /// The template language that it is written in, if it is another one than envsubst's.
    pub language: Option<Language>,
    /// Its branches.
    pub arms: Arms,
}

/// Reads a text of at most 4 GiB, whose name counts, too.
pub fn read(path: &Path, text: &[u8]) -> Reading {
    let dialect = Dialect { placeholders: super::is_template_name(path), tags: &[] };
    let tree = syntax::parse(text, dialect);
    let language = language_of(path, text, !tree.errors().is_empty());
    let tags = language.map(|language| tags_of(text, language)).unwrap_or_default();
    if tags.is_empty() {
        return Reading { tree, language, arms: Arms::default() };
    }
    let arms = Arms::new(text, &tags);
    let tree = read_with_tags(text, &tags, &arms, dialect.placeholders);
    Reading { tree, language, arms }
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

    fn shown(text: &str) -> (Vec<String>, usize) {
        let reading = read(Path::new("a.conf.j2"), text.as_bytes());
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
}
