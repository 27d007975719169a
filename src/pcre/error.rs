//! What is wrong with an expression.

/// A mistake and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Offset of the first byte that is wrong.
    pub start: usize,
    /// Offset behind the last one.
    pub end: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

impl Error {
    pub(super) fn new(start: usize, end: usize, kind: ErrorKind) -> Self {
        Self { start, end, kind }
    }

    /// The same error at no half of a character: expressions are read byte by byte, and shown as text.
    pub(super) fn over_whole_characters(mut self, text: &str) -> Self {
        while !text.is_char_boundary(self.start) {
            self.start -= 1;
        }
        while self.end < text.len() && !text.is_char_boundary(self.end) {
            self.end += 1;
        }
        self
    }

    /// What is wrong, in words; `text` is the expression.
    pub fn message(&self, text: &str) -> String {
        let bytes = text.as_bytes().get(self.start..self.end).unwrap_or_default();
        let piece = shorten(&String::from_utf8_lossy(bytes));
        self.kind.words().replace("{}", &piece)
    }
}

/// A piece of text that fits into a message.
fn shorten(piece: &str) -> String {
    const LONGEST: usize = 24;
    match piece.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &piece[..end]),
        None => piece.to_owned(),
    }
}

macro_rules! kinds {
    ($($name:ident: $words:literal,)+) => {
        /// What is wrong with an expression.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the message of each says it")]
        pub enum ErrorKind { $($name,)+ }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The message; `{}` stands for the piece of the expression.
            fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }
    };
}

kinds! {
    TrailingBackslash: "the expression ends with a backslash that escapes nothing",
    UnknownEscape: "`{}` is no escape sequence",
    NotInPcre: "PCRE does not have `{}`",
    BadControl: "`{}` needs an ASCII character behind it",
    DigitsMissing: "`{}` needs digits",
    BadHex: "`{}` is no hexadecimal number in braces",
    BadOctal: "`{}` is no octal number in braces",
    CodeTooLarge: "`{}` is larger than a byte, and the expression is read byte by byte",
    BadProperty: "`{}` is no Unicode property",
    BadReference: "`{}` does not name a group",
    NoSuchGroup: "`{}` refers to a group that the expression does not have",
    NumberTooBig: "the number in `{}` is too big for a group",
    NothingToRepeat: "there is nothing to repeat before `{}`",
    RepeatedQuantifier: "`{}` repeats a quantifier",
    QuantifierOrder: "the numbers in `{}` are out of order",
    QuantifierTooBig: "the number in `{}` is above 65535",
    UnclosedClass: "no `]` closes the set that begins with `[`",
    RangeOrder: "the range `{}` is out of order",
    RangeOfSet: "`{}` is no range, because one of its ends is a set",
    EscapeInClass: "`{}` means nothing inside of brackets",
    UnknownPosixClass: "`{}` is no POSIX class",
    PosixOutsideClass: "`{}` works inside of another pair of brackets only",
    CollatingElement: "`{}` is a collating element, which PCRE does not have",
    UnclosedGroup: "no `)` closes this `(`",
    UnopenedGroup: "no `(` opens this `)`",
    UnclosedComment: "no `)` closes this comment",
    UnknownGroup: "`{}` begins no kind of group that PCRE knows",
    UnknownFlag: "`{}` is no flag",
    BadHyphen: "a second hyphen among flags",
    NameExpected: "the name of a group is missing or begins with a character that is none of A-Z a-z _",
    NameStartsWithDigit: "the name of a group must not begin with a digit",
    NameNotTerminated: "the name of a group is not closed: it consists of A-Z a-z 0-9 _",
    NameTooLong: "the name of a group has more than 128 characters",
    DuplicateName: "two groups are called `{}`",
    DifferentNames: "one group gets a second name, `{}`",
    ConditionUnclosed: "no `)` closes the condition",
    AssertionExpected: "a condition that begins with `(?` must be an assertion such as `(?=…)`",
    BadVersion: "the condition names no release of PCRE2",
    ConditionBranches: "a conditional group has more than two alternatives",
    DefineBranches: "a group with DEFINE has more than one alternative",
    CalloutTooBig: "the number of a callout is above 255",
    CalloutUnclosed: "no `)` closes the callout",
    UnknownVerb: "`{}` is no verb",
    VerbNeedsName: "`{}` needs a name: `(*MARK:name)`",
    LookbehindUnlimited: "a lookbehind has no limit on how far it looks",
    KeepInLookaround: "`\\K` stands in a lookaround",
    TooDeep: "the parentheses are nested more than 250 deep",
}
