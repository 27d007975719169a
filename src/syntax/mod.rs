//! Text to tree. Total: every sequence of bytes has tokens that tile it and a tree, and what is wrong with it is listed
//! beside the tree. Nothing here knows a directive by name, except which bodies are not written in nginx's language.

mod error;
mod lexer;
mod lua;
mod parser;
mod tags;
mod translate;
mod tree;

pub use error::{ErrorKind, SyntaxError};
pub use lexer::{Lexer, Token, TokenKind};
pub use parser::{Dialect, parse};
pub use tree::{Node, NodeId, Tag, TagKind, Terminator, Text, Tree, Word};
