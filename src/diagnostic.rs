//! What a rule has to say, as plain data. Nothing here knows how it will be shown.

use std::borrow::Cow;

pub use crate::source::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never fails a gate by default.
    Info,
    /// Very probably wrong.
    Warning,
    /// The site is broken or exposed, or nginx refuses to start.
    Error,
}

/// How sure the rule is, whatever the severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Needs knowledge from outside the configuration; shown with `--pedantic` only.
    Low,
    /// Needs an assumption that is nearly always true.
    Medium,
    /// Follows from the configuration alone.
    High,
}

/// What kind of harm the rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The text is not the nginx language.
    Syntax,
    /// nginx itself would refuse the configuration.
    Validity,
    /// It starts, and then does not do what was meant.
    Correctness,
    /// It exposes something.
    Security,
    /// It costs speed or memory.
    Performance,
    /// A better way is known.
    BestPractice,
    /// Something is wrong with how a template becomes a configuration.
    Template,
}

macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that pages, options and formats use for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

words!(Severity { Info => "info", Warning => "warning", Error => "error" });
words!(Confidence { Low => "low", Medium => "medium", High => "high" });
words!(Category {
    Syntax => "syntax",
    Validity => "validity",
    Correctness => "correctness",
    Security => "security",
    Performance => "performance",
    BestPractice => "best-practice",
    Template => "template",
});
words!(Safety { Safe => "safe", Unsafe => "unsafe" });

/// A place and what is to be said about it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, in a few words; may be empty for the primary label.
    pub message: Cow<'static, str>,
}

/// May a fix run unattended?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// It cannot break a working configuration.
    Safe,
    /// It changes behaviour in a way that a person should agree to.
    Unsafe,
}

/// One replacement of text. An empty span inserts, an empty `content` deletes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The text that comes in their place.
    pub content: String,
}

/// A way to mend the finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fix {
    /// What it does, in the imperative: "append a slash".
    pub title: Cow<'static, str>,
    /// Whether it may run unattended.
    pub safety: Safety,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Id of the rule: `hsts-missing`.
    pub rule: &'static str,
    /// Kind of harm, from the rule's page.
    pub category: Category,
    /// How bad this finding is (a rule may lower or raise its page's value).
    pub severity: Severity,
    /// How sure the rule is of this finding.
    pub confidence: Confidence,
    /// Would nginx refuse to start because of this?
    pub nginx_rejects: bool,
    /// What and why: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<Cow<'static, str>>,
    /// The symptom: where nginx stops, or where to look first.
    pub primary: Label,
    /// The causes and what it clashes with, in any file.
    pub related: Vec<Label>,
    /// The `include` directives that lead to the primary label, outermost first.
    pub include_chain: Vec<Span>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix>,
    /// Words that nobody can judge because of this: what else nginx would refuse there only follows from it.
    pub hides: Option<Span>,
}

/// A finding that is not to be shown, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Who silenced it.
    pub by: Silencer,
}

/// What silences findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silencer {
    /// A comment in the configuration, with the reason that it gives; may be empty.
    Comment(String),
    /// A baseline that knows the finding.
    Baseline,
}

impl Diagnostic {
    /// Sets what to do about it.
    pub fn help(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the words that cannot be judged because of this.
    pub fn hides(&mut self, span: Span) -> &mut Self {
        self.hides = Some(span);
        self
    }

    /// Says something at the primary place itself.
    pub fn label(&mut self, message: impl Into<Cow<'static, str>>) -> &mut Self {
        self.primary.message = message.into();
        self
    }

    /// Adds a further place.
    pub fn related(&mut self, span: Span, message: impl Into<Cow<'static, str>>) -> &mut Self {
        self.related.push(Label { span, message: message.into() });
        self
    }

    /// Sets the severity of this finding.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Sets the confidence of this finding.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// Offers a way to mend it.
    pub fn fix(&mut self, title: impl Into<Cow<'static, str>>, safety: Safety, edits: Vec<Edit>) -> &mut Self {
        self.fixes.push(Fix { title: title.into(), safety, edits });
        self
    }
}

impl Edit {
    /// Puts `content` in front of the byte at the start of `span`.
    pub fn insert(at: Span, content: impl Into<String>) -> Self {
        Self { span: at.at_start(), content: content.into() }
    }

    /// Puts `content` in the place of `span`.
    pub fn replace(span: Span, content: impl Into<String>) -> Self {
        Self { span, content: content.into() }
    }
}

/// The text, cut with `…` if it is longer than so many characters.
pub fn shorten(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some(_) => text.chars().take(length.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// `A, B and 3 more`: as many of the names as fit into so many characters, at least one; `count` says how many there are.
pub fn enumerate<'a>(names: impl IntoIterator<Item = &'a str>, count: usize, length: usize) -> String {
    let mut text = String::new();
    for (shown, name) in names.into_iter().enumerate() {
        let more = if shown + 1 < count { format!(" and {} more", count - shown - 1).len() } else { 0 };
        if shown > 0 && text.chars().count() + 2 + name.chars().count() + more > length {
            return format!("{text} and {} more", count - shown);
        }
        let separator = if shown > 0 { ", " } else { "" };
        text.push_str(separator);
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{enumerate, shorten};

    #[test]
    fn long_texts_are_cut_and_long_lists_say_how_much_is_missing() {
        assert_eq!(shorten("books.example", 6), "books…");
        assert_eq!(shorten("bücher", 6), "bücher");
        assert_eq!(enumerate(["a", "b"], 2, 20), "a, b");
        assert_eq!(enumerate(["aaaa", "bbbb", "cccc"], 3, 15), "aaaa and 2 more");
        assert_eq!(enumerate(["aaaa"; 3].into_iter().take(2), 2, 1), "aaaa and 1 more");
    }
}
