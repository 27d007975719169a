//! Files of environment variables, and the variables that compose fills into its own texts.

use std::collections::BTreeMap;

use crate::template::{EnvEntry, env_file};

/// A line `NAME=value`; without `=`, the value comes from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name.
    pub(crate) name: String,
    /// The value without its quotes; none if it is taken from outside.
    pub(crate) value: Option<String>,
    /// Where name and value stand.
    pub(crate) place: (u32, u32),
}

/// Reads `.env` and files for `env_file`. What is no assignment is left out.
pub(crate) fn read(text: &str) -> Vec<Entry> {
    let entries = env_file(text).into_iter().filter(|entry| is_name(entry.name));
    let entry = |EnvEntry { place: (start, end), name, value, .. }: EnvEntry<'_>| Entry {
        name: name.to_owned(),
        value,
        place: (start as u32, end as u32),
    };
    entries.map(entry).collect()
}

/// Can this be the name of a variable?
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text does not grow beyond this by its variables.
const MAX_LENGTH: usize = 64 * 1024;

/// A text after compose has filled in its variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interpolated {
    /// The text; a variable that is not known is nothing in it, as compose has it.
    pub(crate) text: String,
    /// The variables that were filled in, known or not.
    pub(crate) names: Vec<String>,
    /// Is a variable among them whose value is not known here?
    pub(crate) is_open: bool,
}

/// Fills in `${NAME}`, `$NAME`, `${NAME:-default}` and their like; `$$` is a dollar.
pub(crate) fn interpolate(text: &str, values: &BTreeMap<String, String>) -> Interpolated {
    let mut result = Interpolated::default();
    let (mut rest, mut has_unclosed) = (text, false);
    while let Some(at) = rest.find('$').filter(|_| result.text.len() < MAX_LENGTH) {
        result.text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            result.text.push('$');
            rest = behind;
            continue;
        }
        let inner = rest.strip_prefix('{').filter(|_| !has_unclosed);
        let end = inner.and_then(closing);
        has_unclosed |= inner.is_some() && end.is_none();
        let (inner, behind) = match (inner, end) {
            (Some(inner), Some(end)) => (&inner[..end], &inner[end + 1..]),
            _ => rest.split_at(name_length(rest)),
        };
        let (name, operator) = inner.split_at(name_length(inner));
        if name.is_empty() {
            result.text.push('$');
            continue;
        }
        rest = behind;
        result.names.push(name.to_owned());
        let known = values.get(name).filter(|value| !(operator.starts_with(':') && value.is_empty()));
        let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
        match (known, default) {
            (Some(value), _) if value.len() < MAX_LENGTH => result.text.push_str(value),
            (None, Some(default)) => result.text.push_str(default),
            _ => result.is_open = true,
        }
    }
    result.text.push_str(rest);
    result
}

fn name_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { 0 } else { length }
}

/// The brace that closes a variable whose default may have variables, too.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_environment_files() {
        let text = "# no\nA=1\nexport B = \"x y\"\nC='$Z' # no\nD=a b # no\nE\n1=x\n\nF=\n";
        let read = read(text);
        let found: Vec<_> = read.iter().map(|entry| (entry.name.as_str(), entry.value.as_deref())).collect();
        let expected =
            [("A", Some("1")), ("B", Some("x y")), ("C", Some("$Z")), ("D", Some("a b")), ("E", None), ("F", Some(""))];
        assert_eq!(found, expected);
        let (start, end) = read[1].place;
        assert_eq!(&text[start as usize..end as usize], "export B = \"x y\"");
    }

    #[test]
    fn compose_fills_in_its_variables() {
        let values = [("A".to_owned(), "1".to_owned()), ("E".to_owned(), String::new())].into();
        let text = |text: &str| interpolate(text, &values).text;
        assert_eq!(text("$A ${A} $$A $${A} ${A}x"), "1 1 $A ${A} 1x");
        assert_eq!(text("${B:-x} ${B-y} ${E:-z} ${E-z} ${B} $B!"), "x y z   !");
        assert_eq!(text("a$ b$1 ${"), "a$ b$1 ${");
        let open = interpolate("${A}${B}", &values);
        assert_eq!((open.names, open.is_open), (vec!["A".to_owned(), "B".to_owned()], true));
    }
}
