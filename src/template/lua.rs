//! Templates in Lua, as Kong has them: lines that begin with `>` are statements, `$(…)` and `${{…}}` are values.

use super::tags::{Role, Tag};

/// Does a text have statements? Only lines that can be nothing else count.
pub(super) fn has_statements(text: &[u8]) -> bool {
    let starts = memchr::memmem::find_iter(text, b"\n>").map(|at| at + 1);
    let statements = starts.chain((text.first() == Some(&b'>')).then_some(0));
    statements.map(|start| role(line_at(text, start))).any(|role| role != Role::Other && role != Role::Comment)
}

/// The statements and values of a text, in order.
pub(super) fn scan(text: &[u8]) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let line = line_at(text, start);
        if line.starts_with(b">") {
            tags.push(Tag { start, end: start + line.len(), role: role(line) });
        } else {
            tags.extend(values(line).map(|(from, to)| Tag { start: start + from, end: start + to, role: Role::Value }));
        }
        start += line.len() + 1;
    }
    tags
}

fn line_at(text: &[u8], start: usize) -> &[u8] {
    let rest = &text[start..];
    &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
}

fn role(line: &[u8]) -> Role {
    let code = String::from_utf8_lossy(line.strip_prefix(b">").unwrap_or(line));
    let code = code.split("--").next().unwrap_or_default().trim();
    let first = code.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let has_end = code.ends_with(" end");
    match first {
        "" if code.is_empty() => Role::Comment,
        "if" if !has_end && code.ends_with("then") => Role::Open,
        "for" | "while" if !has_end && code.ends_with("do") => Role::Open,
        "else" | "elseif" => Role::Else,
        "end" => Role::Close,
        _ => Role::Other,
    }
}

/// Where the values of a line are.
fn values(line: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut behind = 0;
    memchr::memchr_iter(b'$', line).filter_map(move |start| {
        let rest = &line[start + 1..];
        let length = match rest.first() {
            Some(b'(') => length_of_parentheses(rest)?,
            Some(b'{') if rest.starts_with(b"{{") => memchr::memmem::find(rest, b"}}")? + 2,
            _ => return None,
        };
        let is_new = start >= behind;
        behind = behind.max(start + 1 + length);
        is_new.then_some((start, start + 1 + length))
    })
}

fn length_of_parentheses(text: &[u8]) -> Option<usize> {
    const FAR: usize = 1_000;
    let mut depth = 0;
    for (at, byte) in text.iter().take(FAR).enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_statements_and_dollars_values() {
        let text =
            "> if a then -- b\nuser $(a .. f(b));\n> else\n> end\nlisten ${{ PORT }} $host;\n> local a = 1\n>-- no\n";
        let scanned: Vec<_> = scan(text.as_bytes()).iter().map(|tag| (&text[tag.range()], tag.role)).collect();
        let expected = [
            ("> if a then -- b", Role::Open),
            ("$(a .. f(b))", Role::Value),
            ("> else", Role::Else),
            ("> end", Role::Close),
            ("${{ PORT }}", Role::Value),
            ("> local a = 1", Role::Other),
            (">-- no", Role::Comment),
        ];
        assert_eq!(scanned, expected);
        assert!(has_statements(text.as_bytes()));
        assert!(!has_statements(b"a\n>-- b\n> c\n"));
    }
}
