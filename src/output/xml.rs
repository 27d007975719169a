//! Text that may stand in an XML 1.0 document.

use super::sanitize;

/// The text as the value of an attribute or between tags: markup is escaped, and what XML forbids becomes visible.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize::line(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // The sanitiser leaves no control character; of the others, XML forbids these two.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_and_forbidden_characters_are_replaced() {
        assert_eq!(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&apos;");
        assert_eq!(escape("a\0b\u{1b}\n\u{ffff}\u{fffe}"), "a␀b␛␊\u{fffd}\u{fffd}");
    }

    proptest! {
        #[test]
        fn a_parser_reads_what_the_sanitiser_leaves(text in any::<String>()) {
            let document = format!("<a b=\"{0}\">{0}</a>", escape(&text));
            let parsed = roxmltree::Document::parse(&document).unwrap();
            let expected = sanitize::line(&text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
            prop_assert_eq!(parsed.root_element().attribute("b"), Some(expected.as_str()));
            prop_assert_eq!(parsed.root_element().text().unwrap_or_default(), expected);
        }
    }
}
