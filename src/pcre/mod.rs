//! Regular expressions as PCRE reads them: text in, a tree or an error out. No text is matched here, but
//! [`analysis`], [`automaton`] and [`ambiguity`] answer questions about all texts that a tree can match.
//!
//! nginx compiles with PCRE2 since 1.21.5 where it was built so, with PCRE1 before and elsewhere, and the two do not accept
//! quite the same. [`parse`] fails only on what every one of them refuses; what PCRE2 alone refuses stands in
//! [`Pattern::doubts`]. What needs the compiler itself to decide (is the compiled pattern too large?) is taken for granted.
//!
//! Without `(*UTF)` a pattern is a sequence of bytes: `ä` is two literals, and `ä+` repeats the second one.

pub mod ambiguity;
pub mod analysis;
pub mod automaton;

mod ast;
mod class;
mod cursor;
mod error;
mod escape;
mod group;
mod lowered;
mod parser;
mod references;
#[cfg(test)]
mod tests;
mod verb;
mod width;

pub use ast::{
    Anchor, Branch, Class, ClassItem, ClassKind, Condition, Flags, Greed, GroupInfo, GroupKind, Kind, Node, Pattern,
    Reference,
};
pub use error::{Error, ErrorKind};
pub use lowered::ByteSet;

/// Reads an expression, without nginx's `~` or `~*`. `caseless` is what the modifier says.
pub fn parse(text: &str, caseless: bool) -> Result<Pattern, Error> {
    read(text, caseless).map_err(|error| error.over_whole_characters(text))
}

fn read(text: &str, caseless: bool) -> Result<Pattern, Error> {
    let mut parser = parser::Parser::new(text, caseless);
    verb::settings(&mut parser);
    let mut pattern = parser.run()?;
    width::check(&pattern, text)?;
    references::check(&mut pattern)?;
    Ok(pattern)
}
