//! Templates: texts that become a configuration only after a program has filled them in.

pub mod arms;
pub mod envsubst;
mod detect;
mod environment;
pub mod image;
mod language;
mod lua;
mod mode;
mod own;
mod reading;
mod recipe;
mod tags;

use std::path::Path;

pub use environment::{EnvEntry, Environment, Value, env_file};
pub use language::Language;
pub use mode::Mode;
pub use reading::{Filled, Reading, read};
pub use recipe::Recipe;

/// Endings of files that `envsubst` (or the nginx image's entrypoint) is run on.
const ENVSUBST_ENDINGS: &[&str] = &["tpl", "template", "tmpl", "envsubst", "stream-template"];

/// Is this, by its name, a template for envsubst (or for something alike)?
pub fn is_template_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENVSUBST_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Does a value hold something that only a run or a renderer fills in (`$variable`, `${PLACEHOLDER}`, `{{ tag }}`)?
pub fn is_symbolic(value: &str) -> bool {
    value.contains('$') || has_tag(value)
}

/// The bytes without which there is no tag.
const MAY_BEGIN_TAG: [bool; 256] = {
    let (mut table, bytes, mut at) = ([false; 256], b"{<([_%@", 0);
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Does a value hold something that a renderer of another language than envsubst's fills in?
fn has_tag(value: &str) -> bool {
    // Asked about every word of a configuration, and nearly all of them have none of these.
    if !value.bytes().any(|byte| MAY_BEGIN_TAG[usize::from(byte)]) {
        return false;
    }
    let mut is_perhaps_delimited = false;
    for pair in value.as_bytes().windows(2) {
        match pair {
            b"{{" | b"{%" | b"{#" | b"<%" | b"$(" => return true,
            b"__" | [b'%' | b'@', _] => is_perhaps_delimited = true,
            _ => {}
        }
    }
    is_perhaps_delimited
        && ((value.contains("[%") && value.contains("%]"))
            || ["__", "%", "@", "%%", "@@"].iter().any(|mark| is_delimited(value, mark)))
}

/// May a renderer still make something else of a value? In a template every `$name` may go; elsewhere only what looks like
/// a placeholder, because nginx's own variables are written in lower case.
pub fn is_open(value: &str, in_template: bool) -> bool {
    let mut after_dollar = value.split('$').skip(1);
    let is_placeholder = |rest: &str| {
        let name = rest.strip_prefix('{').unwrap_or(rest);
        let is_dotted = || rest.starts_with('{') && name.split('}').next().is_some_and(own::is_dotted);
        name.starts_with(|c: char| c.is_ascii_uppercase()) || is_dotted()
    };
    has_tag(value) || (in_template && value.contains('$')) || after_dollar.any(is_placeholder)
}

/// The last character that a value has whatever is filled in; none where a variable or a placeholder ends it.
pub fn certain_end(value: &str) -> Option<char> {
    let last = value.chars().next_back()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_variable = || value.trim_end_matches(is_name).ends_with('$');
    let is_tag = || match last {
        '}' | ']' | '>' | '%' | '@' => is_symbolic(value),
        '_' => value.ends_with("__") && is_symbolic(value),
        _ => is_name(last) && is_variable(),
    };
    (!is_tag()).then_some(last)
}

/// `__NAME__`, `%NAME%`: placeholders of sed scripts.
fn is_delimited(value: &str, mark: &str) -> bool {
    let Some((_, rest)) = value.split_once(mark) else { return false };
    let mut parts = rest.split(mark);
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
            ("${web.port}", false, true),
            ("${host}.x", false, false),
            ("$host{{ port }}", false, true),
            ("a{% if b %}c{% endif %}", false, true),
            ("[% port %]", false, true),
            ("@@PORT@@", false, true),
            ("[%20]", false, false),
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
