//! The bodies of `*_by_lua_block`, which lua-nginx-module cuts out with a scanner of its own: strings, comments and long
//! brackets hide braces, everything else is counted.

use super::error::ErrorKind;

/// Does a directive of this name have a body of Lua?
pub(super) fn opens_lua_block(name: &[u8]) -> bool {
    name.ends_with(b"_by_lua_block")
}

pub(super) struct Body {
    /// Bytes up to, and without, the closing brace (or the end of the text).
    pub(super) length: usize,
    /// What is wrong, and at which byte of the body.
    pub(super) error: Option<(ErrorKind, usize)>,
}

/// The module reads through a buffer of this size; a token, or a stretch without any, must fit into it.
const WINDOW: usize = 4096;

/// Measures the body that starts behind the opening brace.
pub(super) fn body(text: &[u8]) -> Body {
    let (mut at, mut depth, mut last_open) = (0, 1usize, None);
    let (mut stretch, mut error) = (0, None);
    while let Some(found) = text[at..].iter().position(|byte| matches!(byte, b'{' | b'}' | b'[' | b'-' | b'"' | b'\''))
    {
        at += found;
        let token = match text[at] {
            b'{' => {
                (depth, last_open) = (depth + 1, Some(at));
                Some(1)
            }
            b'}' => {
                depth -= 1;
                Some(1)
            }
            quote @ (b'"' | b'\'') => string(&text[at + 1..], quote).map(|length| length + 1),
            _ => match long_bracket(&text[at..]) {
                LongBracket::None => None,
                LongBracket::LineComment => Some(memchr::memchr(b'\n', &text[at..]).unwrap_or(text.len() - at)),
                LongBracket::Closed(length) if length <= WINDOW => Some(length),
                LongBracket::Closed(_) | LongBracket::Unclosed => {
                    return Body { length: text.len(), error: Some((ErrorKind::LuaLongBracket, at)) };
                }
            },
        };
        // What begins no token is a part of the stretch.
        if let Some(length) = token {
            let is_line_comment = text[at] == b'-';
            if at - stretch > WINDOW || (length > WINDOW && !is_line_comment) {
                error = error.or(Some((ErrorKind::LuaTooLong, stretch)));
            }
            if depth == 0 {
                let empty = (at == 0).then_some((ErrorKind::LuaEmpty, at));
                return Body { length: at, error: error.or(empty) };
            }
            stretch = at + length;
        }
        at += token.unwrap_or(1);
    }
    // nginx names the line of the last brace that it saw open; without one inside, that of the directive.
    Body { length: text.len(), error: Some((ErrorKind::LuaUnclosed, last_open.unwrap_or(0))) }
}

/// The length of a string behind its opening quote, the closing one included; none if its line ends first.
fn string(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        match *text.get(at)? {
            b'\n' => return None,
            b'\\' if text.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

enum LongBracket {
    None,
    LineComment,
    Closed(usize),
    Unclosed,
}

/// What a `[` or `-` begins.
fn long_bracket(text: &[u8]) -> LongBracket {
    let comment = text.starts_with(b"--");
    let open = if comment { 2 } else { 0 };
    let level = match text.get(open) {
        Some(b'[') => text[open + 1..].iter().take_while(|byte| **byte == b'=').count(),
        _ if comment => return LongBracket::LineComment,
        _ => return LongBracket::None,
    };
    let inside = open + level + 2;
    if text.get(inside - 1) != Some(&b'[') {
        return if comment { LongBracket::LineComment } else { LongBracket::None };
    }
    let mut close = vec![b'='; level + 2];
    (close[0], close[level + 1]) = (b']', b']');
    match memchr::memmem::find(&text[inside..], &close) {
        Some(found) => LongBracket::Closed(inside + found + close.len()),
        None => LongBracket::Unclosed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> usize {
        let body = body(text.as_bytes());
        assert!(body.error.is_none(), "{:?}", body.error);
        body.length
    }

    #[test]
    fn braces_in_strings_comments_and_long_brackets_do_not_count() {
        assert_eq!(length(" a = { '}' } }x"), 13);
        assert_eq!(length("-- }\n}"), 5);
        assert_eq!(length("--[[ } ]] }"), 10);
        assert_eq!(length("[==[ } ]] ]==] }"), 15);
        assert_eq!(length(" it's }"), 6);
    }

    #[test]
    fn what_is_not_closed_is_said() {
        assert_eq!(body(b" { ").error, Some((ErrorKind::LuaUnclosed, 1)));
        assert_eq!(body(b" [[ }").error, Some((ErrorKind::LuaLongBracket, 1)));
        assert_eq!(body(b"}").error, Some((ErrorKind::LuaEmpty, 0)));
        assert_eq!(body(&[&[b'x'; 5000][..], b"}"].concat()).error, Some((ErrorKind::LuaTooLong, 0)));
    }
}
