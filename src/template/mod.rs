//! Templates: texts that become a configuration only after a program has filled them in.

pub mod envsubst;
mod environment;
pub mod image;

use std::path::Path;

pub use environment::{EnvEntry, Environment, Value, env_file};

use crate::syntax::{Lexer, TokenKind};

/// Endings of files that `envsubst` (or the nginx image's entrypoint) is run on.
const ENVSUBST_ENDINGS: &[&str] = &["tpl", "template", "tmpl", "envsubst", "stream-template"];

/// Template languages other than envsubst: the ending that gives them away, and the name to show.
const OTHER_ENDINGS: &[(&str, &str)] = &[
    ("j2", "Jinja2"),
    ("jinja", "Jinja2"),
    ("jinja2", "Jinja2"),
    ("erb", "ERB"),
    ("mustache", "Mustache"),
    ("hbs", "Handlebars"),
    ("liquid", "Liquid"),
    ("gotmpl", "Go template"),
    ("gtpl", "Go template"),
    ("m4", "m4"),
    ("tt", "Template Toolkit"),
    ("sigil", "Sigil"),
    ("stpl", "Go template"),
    ("sme", "Mustache"),
];

/// Marks in the text of template languages other than envsubst, and the name to show.
const OTHER_MARKS: &[(&str, &str)] =
    &[("{%", "Jinja2"), ("<%", "ERB"), ("{{", "Jinja2, Go or Mustache template"), ("[%", "Template Toolkit")];

/// Is this, by its name, a template for envsubst (or for something alike)?
pub fn is_template_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENVSUBST_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The template language of a text that only becomes nginx's language when its tags are filled in; none for plain
/// configurations and for envsubst. `broken`: does the text, as it stands, have syntax errors? Tags in strings and in
/// Lua code are no reason to call a sound configuration a template.
pub fn other_language(path: &Path, text: &[u8], broken: bool) -> Option<&'static str> {
    let by_ending =
        OTHER_ENDINGS.iter().find(|(known, _)| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(known)));
    if let Some((_, language)) = by_ending {
        return Some(language);
    }
    if !broken {
        return None;
    }
    let code = code(text);
    let by_mark = OTHER_MARKS.iter().find(|(mark, _)| memchr::memmem::find(&code, mark.as_bytes()).is_some());
    by_mark.map(|(_, language)| *language).or_else(|| {
        let code = String::from_utf8_lossy(&code);
        code.split_whitespace().any(is_foreign_placeholder).then_some("placeholders of its own")
    })
}

/// The text without comments, quoted words and Lua code: marks in those are no tags that matter.
fn code(text: &[u8]) -> Vec<u8> {
    let is_code = |kind| !matches!(kind, TokenKind::Comment | TokenKind::Quoted | TokenKind::RawBody);
    let tokens = Lexer::new(text).filter(|token| is_code(token.kind));
    tokens.flat_map(|token| text[token.start as usize..token.end as usize].iter().copied()).collect()
}

/// `${a.b}`, `__NAME__`, `%NAME%`, `@NAME@` as a whole word: what only a script of the project can fill in.
fn is_foreign_placeholder(word: &str) -> bool {
    let name =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let inside = |open: &str, close: &str| word.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inside("${", "}").is_some_and(|inside| name(inside) && inside.contains('.'))
        || ["__", "%", "@", "%%", "@@"].iter().any(|mark| inside(mark, mark).is_some_and(name))
}

/// Does a value hold something that only a run or a renderer fills in (`$variable`, `${PLACEHOLDER}`, `{{ tag }}`)?
pub fn is_symbolic(value: &str) -> bool {
    value.contains('$')
        || value.contains("{{")
        || value.contains("<%")
        || is_delimited(value, "__")
        || is_delimited(value, "%")
        || is_delimited(value, "@")
}

/// May a renderer still make something else of a value? In a template every `$name` may go; elsewhere only what looks like
/// a placeholder, because nginx's own variables are written in lower case.
pub fn is_open(value: &str, in_template: bool) -> bool {
    let mut after_dollar = value.split('$').skip(1);
    let is_placeholder = |rest: &str| rest.trim_start_matches('{').starts_with(|c: char| c.is_ascii_uppercase());
    if after_dollar.clone().next().is_none() {
        is_symbolic(value)
    } else {
        in_template || after_dollar.any(is_placeholder)
    }
}

/// The last character that a value has whatever is filled in; none where a variable or a placeholder ends it.
pub fn certain_end(value: &str) -> Option<char> {
    let last = value.chars().next_back()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_variable = || value.trim_end_matches(is_name).ends_with('$');
    let is_tag = || match last {
        '}' | '>' | '%' | '@' => is_symbolic(value),
        '_' => value.ends_with("__") && is_symbolic(value),
        _ => is_name(last) && is_variable(),
    };
    (!is_tag()).then_some(last)
}

/// `__NAME__`, `%NAME%`: placeholders of sed scripts.
fn is_delimited(value: &str, mark: &str) -> bool {
    let mut parts = value.split(mark);
    parts.next();
    parts.next().is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::{certain_end, is_open};

    #[test]
    fn what_a_renderer_may_change() {
        for (value, in_template, expected) in [
            ("8080", true, false),
            ("$port", true, true),
            ("$port", false, false),
            ("${PORT}", false, true),
            ("a$PORT", false, true),
            ("{{ port }}", false, true),
            ("__PORT__", false, true),
        ] {
            assert_eq!(is_open(value, in_template), expected, "{value}");
        }
    }

    #[test]
    fn only_the_end_of_the_text_itself_is_certain() {
        for (value, end) in [
            ("/srv/a", Some('a')),
            ("${DIR}/", Some('/')),
            ("$dir/a", Some('a')),
            ("/srv/$1", None),
            ("/srv/$dir", None),
            ("/srv/${DIR}", None),
            ("{{ dir }}", None),
            ("__DIR__", None),
            ("%DIR%", None),
            ("/srv/a_", Some('_')),
            ("", None),
        ] {
            assert_eq!(certain_end(value), end, "{value}");
        }
    }
}
