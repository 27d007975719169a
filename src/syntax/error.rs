//! What can be wrong with a text, in the order of nginx's own messages.

/// One lexical or structural error. Offsets are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where nginx's reader stands when it gives up; the line of this offset is the line in nginx's message.
    pub start: u32,
    /// End of what to underline there.
    pub end: u32,
    /// Where the mistake was probably made: the unfinished directive, the opening quote, the head of the open block.
    pub cause: Option<(u32, u32)>,
}

/// The kinds of [`SyntaxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// `;` without a directive.
    StraySemicolon,
    /// `{` without a directive in front of it.
    StrayOpenBrace,
    /// `}` that closes nothing.
    StrayCloseBrace,
    /// `}` in the middle of a directive: its semicolon is missing. `glued`: a `}` is part of the word before.
    UnfinishedAtBrace {
        /// The word before ends in `}`, which nginx reads as a letter.
        glued: bool,
    },
    /// The text ends inside a directive.
    UnfinishedAtEnd {
        /// The last word ends in `}`, which nginx reads as a letter.
        glued: bool,
    },
    /// The text ends inside a block.
    UnclosedBlock,
    /// A `{` inside of an unquoted regex (`\d{2}`) that opens a block instead.
    UnquotedBrace,
    /// Something other than a separator, `;`, `{` or `)` follows a closing quote.
    TextAfterQuote,
    /// A quote that is not closed, or only by a quote that was meant to open another word.
    UnclosedQuote,
    /// A word that does not fit into nginx's window of 4096 bytes.
    WordTooLong,
    /// A comment that does not fit into nginx's window of 4096 bytes.
    CommentTooLong,
    /// A Lua block without its closing brace.
    LuaUnclosed,
    /// A long bracket (`[[`, `--[[`) in a Lua block that is not closed within 4096 bytes.
    LuaLongBracket,
    /// A token, or a stretch without one, in a Lua block that does not fit into the module's window of 4096 bytes.
    LuaTooLong,
    /// A Lua block with nothing at all between its braces.
    LuaEmpty,
}
