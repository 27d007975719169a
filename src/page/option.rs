//! The options of rules, as their pages declare them: names, what may be written, and what counts otherwise.

use crate::diagnostic::Severity;
use crate::nginx::measure;

/// One item of the list under `## Options`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOption {
    /// Its name: `min-age`.
    pub name: &'static str,
    /// What may be written.
    pub kind: OptionKind,
    /// What counts if nothing is written; may be empty.
    pub default: &'static str,
    /// What it is for.
    pub about: String,
}

/// What the value of an option may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionKind {
    /// `true` or `false`.
    Flag,
    /// A whole number, not negative.
    Number,
    /// A size as nginx writes it: `10m`.
    Size,
    /// A severity.
    Severity,
    /// Any words, with commas or spaces between them.
    Words,
    /// One of these words.
    OneOf(Vec<&'static str>),
}

impl RuleOption {
    /// Reads an item: "- `NAME` (KIND; default `VALUE`): what it is for", and the further lines of it.
    ///
    /// # Errors
    /// Says what of it is not understood.
    pub(super) fn parse(item: &'static str) -> Result<Self, String> {
        let wrong = || format!("the option is not written as `NAME` (KIND; default `VALUE`): …: {item}");
        let (name, rest) = item.strip_prefix("- `").and_then(|rest| rest.split_once("` (")).ok_or_else(wrong)?;
        let (facts, about) = rest.split_once("):").ok_or_else(wrong)?;
        let (kind, default) = facts.split_once("; default ").ok_or_else(wrong)?;
        let default = if default == "empty" { "" } else { default.trim_matches('`') };
        let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { name, kind: OptionKind::parse(kind).ok_or_else(wrong)?, default, about })
    }
}

impl OptionKind {
    /// `number`, or the words that are possible: "`a`, `b` or `c`".
    fn parse(text: &'static str) -> Option<Self> {
        match text {
            "true or false" => Some(Self::Flag),
            "number" => Some(Self::Number),
            "size" => Some(Self::Size),
            "severity" => Some(Self::Severity),
            "words" => Some(Self::Words),
            _ => Some(Self::OneOf(text.split('`').skip(1).step_by(2).collect())).filter(|_| text.contains('`')),
        }
    }

    /// What may be written, in words.
    pub fn expected(&self) -> String {
        match self {
            Self::Flag => "true or false".to_owned(),
            Self::Number => "a whole number".to_owned(),
            Self::Size => "a size such as 10m".to_owned(),
            Self::Severity => "error, warning or info".to_owned(),
            Self::Words => "words, or a list of them".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }

    /// May this text be written?
    pub fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Flag => text.parse::<bool>().is_ok(),
            Self::Number => text.parse::<u64>().is_ok(),
            Self::Size => measure::offset(text).is_some(),
            Self::Severity => Severity::from_word(text).is_some(),
            Self::Words => true,
            Self::OneOf(words) => words.contains(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_says_name_kind_default_and_purpose() {
        let option =
            RuleOption::parse("- `flow` (`auto`, `dns` or `none`; default `auto`): how it\n  is done").unwrap();
        let expected = RuleOption {
            name: "flow",
            kind: OptionKind::OneOf(vec!["auto", "dns", "none"]),
            default: "auto",
            about: "how it is done".to_owned(),
        };
        assert_eq!(option, expected);
        let option = RuleOption::parse("- `names` (words; default empty): which").unwrap();
        assert_eq!((option.kind, option.default), (OptionKind::Words, ""));
        for wrong in ["- `a`: b", "- `a` (number): b", "- `a` (figure; default `1`): b"] {
            assert!(RuleOption::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_kind_knows_its_values() {
        let of = |text: &'static str| OptionKind::parse(text).unwrap();
        for (kind, good, bad) in [
            ("true or false", "true", "yes"),
            ("number", "31536000", "-1"),
            ("size", "10m", "10 MB"),
            ("severity", "info", "note"),
            ("`a` or `b`", "b", "c"),
        ] {
            assert!(of(kind).accepts(good) && !of(kind).accepts(bad), "{kind}");
        }
    }
}
