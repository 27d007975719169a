//! Placeholders that a script of the project replaces: `${a.b}`, `__NAME__`, `%NAME%`, `@NAME@`. Where one is a part of a
//! word, or a word among others, nginx's own reader takes it for text; only those that stand for whole lines matter.

use super::tags::{Role, Tag};

/// The placeholders that are alone on their lines, and the dotted ones in front of lines, which switch these on and off.
pub(super) fn scan(text: &[u8]) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let blanks = line.len() - line.trim_ascii_start().len();
        scan_line(line.trim_ascii(), start + blanks, &mut tags);
        start += line.len();
    }
    tags
}

fn scan_line(line: &[u8], start: usize, tags: &mut Vec<Tag>) {
    let first_word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let behind = line[first_word.len()..].trim_ascii_start();
    let is_alone = behind.is_empty() || behind.starts_with(b"#");
    if is_alone && std::str::from_utf8(first_word).is_ok_and(is_own_placeholder) {
        return tags.push(Tag { start, end: start + first_word.len(), role: Role::Value });
    }
    let mut at = 0;
    while let Some(length) = prefix(&line[at..]) {
        let rest = &line[at + length..];
        let goes_on = match rest.first() {
            None | Some(b'#' | b'}' | b'$') => true,
            Some(byte) => byte.is_ascii_alphabetic(),
        };
        if !goes_on {
            break;
        }
        let role = if rest.starts_with(b"#") || rest.is_empty() { Role::Comment } else { Role::Line };
        tags.push(Tag { start: start + at, end: start + at + length, role });
        at += length;
    }
}

/// The length of a dotted placeholder that begins here, and of the blanks behind it.
fn prefix(text: &[u8]) -> Option<usize> {
    let inner = text.strip_prefix(b"${")?;
    let length = inner.iter().position(|byte| *byte == b'}')?;
    let name = std::str::from_utf8(&inner[..length]).ok().filter(|name| is_dotted(name))?;
    let end = 2 + name.len() + 1;
    let blanks = text[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    // `${a.b} off;` may well be a name and its argument.
    (blanks != 1 || text[end + blanks..].starts_with(b"#")).then_some(end + blanks)
}

/// `${a.b}`, `__NAME__`, `%NAME%`, `@NAME@` as a whole word: what only a script of the project can fill in.
pub(super) fn is_own_placeholder(word: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-'))
    };
    let inside = |open: &str, close: &str| word.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inside("${", "}").is_some_and(|inside| name(inside) && is_dotted(inside))
        || ["__", "%", "@", "%%", "@@"].iter().any(|mark| inside(mark, mark).is_some_and(name))
}

/// `a.b`, as in `${a.b}`: no shell has such names, and neither has nginx.
pub(super) fn is_dotted(name: &str) -> bool {
    let mut parts = name.split('.');
    name.contains('.') && parts.all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lines_and_switches_in_front_of_them() {
        let scanned = |text: &str| {
            scan(text.as_bytes()).iter().map(|tag| (&text[tag.start..tag.end], tag.role)).collect::<Vec<_>>().len()
        };
        let roles = |text: &str| scan(text.as_bytes()).iter().map(|tag| tag.role).collect::<Vec<_>>();
        assert_eq!(roles("  __SERVERS__\n%A% # b\nlisten %PORT%;\n"), [Role::Value, Role::Value]);
        assert_eq!(
            roles("${a.b}listen 80;\n${a.b}# no\n${a.b}    # no\n${a.:b}\n"),
            [Role::Line, Role::Comment, Role::Value, Role::Value]
        );
        assert_eq!(roles("${a.b}${a.c}server {\n${a.b}}\n"), [Role::Line, Role::Line, Role::Line]);
        assert_eq!(scanned("${a.b} off;\n${a}x;\n"), 0);
    }
}
