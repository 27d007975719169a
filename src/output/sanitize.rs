//! Makes text safe to print: what would steer a terminal, or hide or reorder text, becomes visible.
//!
//! Source text, file names and whatever messages quote from them are the words of somebody else. Formats for people
//! and for CI logs pass all of it through here.

use std::borrow::Cow;

/// Ranges of characters that take no room or change the order of others: bidi controls, zero-width characters,
/// fillers, line and paragraph separators, variation selectors, tags.
const INVISIBLE: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// What the runners of pipelines take for a command, wherever it stands in a line of the log.
const LOG_COMMANDS: &[&str] = &["##[", "##vso["];

/// What to show in the place of a character that must not be printed; `None` for one that may be.
///
/// Line feed and tab count as unprintable too: a caller that lays out lines and tabs looks for them first.
pub fn replacement(c: char) -> Option<String> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).map(String::from),
        '\x7f' => Some('\u{2421}'.to_string()),
        '\u{80}'..='\u{9f}' => Some(code_point(c)),
        _ if is_invisible(c) => Some(code_point(c)),
        _ => None,
    }
}

/// A text on one line, with everything that must not be printed made visible.
pub fn line(text: &str) -> Cow<'_, str> {
    let is_printable = |c: char| !c.is_control() && !is_invisible(c);
    let commands = || LOG_COMMANDS.iter().filter(|command| text.contains(**command));
    if text.chars().all(is_printable) && commands().next().is_none() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match replacement(c) {
            Some(visible) => shown.push_str(&visible),
            None => shown.push(c),
        }
    }
    for command in commands() {
        shown = shown.replace(command, &command.replace('[', &code_point('[')));
    }
    Cow::Owned(shown)
}

fn is_invisible(c: char) -> bool {
    c >= '\u{ad}' && INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

fn code_point(c: char) -> String {
    format!("<U+{:04X}>", c as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_become_pictures_and_the_rest_code_points() {
        assert_eq!(line("a\x1b[31m\nb\t\x7f"), "a␛[31m␊b␉␡");
        assert_eq!(line("x\u{9b}y\u{202e}z\u{200b}\u{feff}"), "x<U+009B>y<U+202E>z<U+200B><U+FEFF>");
    }

    #[test]
    fn commands_to_the_runner_of_a_pipeline_become_text() {
        assert_eq!(line("a ##[add-mask]b ##vso[x]c #[d]"), "a ##<U+005B>add-mask]b ##vso<U+005B>x]c #[d]");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(line("grün, 日本, naïve"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_unprintable_is_left(text in any::<String>()) {
            let shown = line(&text);
            prop_assert!(shown.chars().all(|c| !c.is_control() && replacement(c).is_none()));
            prop_assert!(LOG_COMMANDS.iter().all(|command| !shown.contains(command)));
        }
    }
}
