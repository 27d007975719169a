//! Facts about nginx, as data: no input or output, no configuration.
//!
//! [`directives`] and [`variables`] are tables (`*.tsv`, turned into static arrays by `build.rs`);
//! [`context`] names the places where directives stand, [`version`] nginx releases,
//! [`ciphers`] and [`protocols`] are what it speaks TLS with,
//! and [`stock`] holds the files that come with an nginx package and that projects include without carrying them.

mod arity;
pub mod ciphers;
pub mod context;
pub mod directives;
pub mod glob;
pub mod protocols;
pub mod measure;
pub mod stock;
pub mod value_check;
mod value_type;
pub mod variables;
pub mod version;
