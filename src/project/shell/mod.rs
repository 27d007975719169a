//! Just enough shell to see which commands a script runs, with which arguments, and in which branch. Nothing is run.

mod script;
mod words;

pub(crate) use script::{Command, Script};
pub(crate) use words::{Part, Word, words_of};
