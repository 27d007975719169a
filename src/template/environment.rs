//! The values that are known for the placeholders of templates.

use std::collections::BTreeMap;

/// Values by name, each with the place that it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    values: BTreeMap<String, Value>,
}

/// A value and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub text: String,
    /// Where it comes from, in words: `.env:3`, `--define`.
    pub source: String,
}

impl Environment {
    /// Sets a value; the last one counts.
    pub fn insert(&mut self, name: &str, text: &str, source: &str) {
        self.values.insert(name.to_owned(), Value { text: text.to_owned(), source: source.to_owned() });
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Takes in the values of another one; these win.
    pub fn take_in(&mut self, other: &Self) {
        self.values.extend(other.values.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Is nothing known?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes in the lines of an `.env` file, which goes by `name`.
    pub fn read_file(&mut self, text: &str, name: &str) {
        for entry in env_file(text) {
            if let Some(value) = entry.value {
                self.insert(entry.name, &value, &format!("{name}:{}", entry.line));
            }
        }
    }
}

/// A variable in an `.env` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvEntry<'t> {
    /// The number of its line, from 1.
    pub line: usize,
    /// Where it stands in the text: from `export` or the name to the end of the line.
    pub place: (usize, usize),
    /// The name.
    pub name: &'t str,
    /// The value; none for a name alone, which means: as it is where the program is started.
    pub value: Option<String>,
}

/// The variables of an `.env` file as docker compose reads it: `export`, comments, three kinds of quotes. References to
/// other variables in values stay as they are written.
pub fn env_file(text: &str) -> Vec<EnvEntry<'_>> {
    let mut entries = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let (found, length) = statement(rest);
        let (before, whole) = (text.len() - rest.len(), &rest[..length]);
        let place = (before + whole.len() - whole.trim_start().len(), before + whole.trim_end().len());
        entries.extend(found.map(|(name, value)| EnvEntry { line, place, name, value }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    entries
}

/// The name and the value on the first line, and how long that is: a value in quotes may go on over lines. What stands
/// behind such a value on its last line is a comment at best.
fn statement(text: &str) -> (Option<(&str, Option<String>)>, usize) {
    let end_of_line = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at + 1);
    let line = &text[..end_of_line(0)];
    let declared = line.trim_start();
    let exported = declared.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
    let declared = exported.unwrap_or(declared).trim_start();
    let name = declared.split(|c: char| "=:#".contains(c) || c.is_whitespace()).next().unwrap_or_default();
    if name.is_empty() {
        return (None, line.len());
    }
    let Some(value) = declared[name.len()..].trim_start_matches([' ', '\t']).strip_prefix(['=', ':']) else {
        return (Some((name, None)), line.len());
    };
    let start = line.len() - value.trim_start_matches([' ', '\t']).len();
    let (value, length) = value_at(&text[start..]);
    (Some((name, Some(value))), end_of_line(start + length))
}

/// The value that begins here, and how long its text is.
fn value_at(text: &str) -> (String, usize) {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    if let Some(found) = quote.and_then(|quote| quoted(text, quote)) {
        return found;
    }
    let line = text.split('\n').next().unwrap_or_default();
    let comment = line.char_indices().find(|(at, c)| *c == '#' && (*at == 0 || line[..*at].ends_with([' ', '\t'])));
    let value = &line[..comment.map_or(line.len(), |(at, _)| at)];
    (value.trim_end().to_owned(), line.len())
}

fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            _ if c == quote => return Some((value, at + 1)),
            '\\' => match characters.next().map(|(_, next)| next) {
                Some(next) if next == quote => value.push(next),
                Some('n') if quote == '"' => value.push('\n'),
                Some('r') if quote == '"' => value.push('\r'),
                Some('t') if quote == '"' => value.push('\t'),
                Some('\\') if quote == '"' => value.push('\\'),
                Some(next) => value.extend(['\\', next]),
                None => return None,
            },
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_read_as_compose_reads_them() {
        let text = "# comment\nA=1\n export B = two words # comment\nC='a # $b'\nD=\"x\\ty\\\"\" # c\nE=a#b\nF=\nG\n\
                    H: yaml\r\nI='two\nlines'\nJ=\"${A}\"\nK='it\\'s'\nexport=x\n";
        let found: Vec<_> = env_file(text).into_iter().map(|entry| (entry.line, entry.name, entry.value)).collect();
        let expected = [
            (2, "A", Some("1")),
            (3, "B", Some("two words")),
            (4, "C", Some("a # $b")),
            (5, "D", Some("x\ty\"")),
            (6, "E", Some("a#b")),
            (7, "F", Some("")),
            (8, "G", None),
            (9, "H", Some("yaml")),
            (10, "I", Some("two\nlines")),
            (12, "J", Some("${A}")),
            (13, "K", Some("it's")),
            (14, "export", Some("x")),
        ];
        assert_eq!(found, expected.map(|(line, name, value)| (line, name, value.map(str::to_owned))));
    }

    #[test]
    fn a_value_knows_its_line() {
        let mut environment = Environment::default();
        environment.read_file("A=1\nB=2\nA=3\n", ".env");
        let value = environment.get("A").expect("A is set");
        assert_eq!((value.text.as_str(), value.source.as_str()), ("3", ".env:3"));
        assert_eq!(environment.names().collect::<Vec<_>>(), ["A", "B"]);
    }
}
