//! Endings of files that an expression names, and behind which it does not stop.

use super::anchors::{Hold, anchors};
use crate::pcre::ast::{GroupKind, Kind, Node, Pattern};

/// Endings that only files have.
const ENDINGS: &[&str] = &[
    "asp", "aspx", "bak", "cgi", "css", "gif", "htm", "html", "ico", "inc", "jpeg", "jpg", "js", "jsp", "json", "log",
    "mp4", "pdf", "php", "php5", "phtml", "pl", "png", "py", "sh", "sql", "svg", "txt", "webp", "woff", "woff2", "xml",
    "zip",
];

/// Does every match end with the ending of a file's name, and may more follow: `\.php`? The place of the endings.
pub fn open_extension(pattern: &Pattern) -> Option<(usize, usize)> {
    let [branch] = pattern.branches.as_slice() else { return None };
    let dot = branch.iter().rposition(|node| matches!(node.kind, Kind::Dot) || is_dot(node))?;
    let behind = branch.get(dot + 1..).filter(|behind| !behind.is_empty())?;
    // In front of a hidden file, the slash.
    let is_hidden = dot.checked_sub(1).is_some_and(|at| branch[at].kind == Kind::Literal(u32::from(b'/')));
    let is_named = match behind {
        [Node { kind: Kind::Group(GroupKind::Capture { .. } | GroupKind::Plain(_), branches), .. }] => {
            branches.iter().all(|branch| is_ending(branch))
        }
        _ => is_ending(behind),
    };
    let is_open = || anchors(pattern).end == Hold::Nothing;
    (is_named && !is_hidden && is_open()).then(|| (branch[dot].start, behind[behind.len() - 1].end))
}

fn is_dot(node: &Node) -> bool {
    node.kind == Kind::Literal(u32::from(b'.'))
}

fn is_ending(nodes: &[Node]) -> bool {
    let letter = |node: &Node| match node.kind {
        Kind::Literal(code) => char::from_u32(code),
        _ => None,
    };
    let text: Option<String> = nodes.iter().map(letter).collect();
    text.is_some_and(|text| ENDINGS.contains(&text.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcre::parse;

    #[test]
    fn what_may_be_followed_by_more() {
        let found = |text: &str| open_extension(&parse(text, false).expect(text));
        assert_eq!(found(r"\.php"), Some((0, 5)));
        assert_eq!(found(r"^/a.*\.(?:css|js)"), Some((5, 17)));
        assert_eq!(found(".php"), Some((0, 4)));
        for text in
            [r"\.php$", r"\.php(?:$|/)", r"\.php\z", r"/\.php", r"\.php.*", "php", r"\.d", r"\.(a|css)", r"\.php|x"]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
