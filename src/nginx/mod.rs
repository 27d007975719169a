//! Facts about nginx, as data: no input or output, no configuration.
//!
//! [`directives`] and [`variables`] are tables (`*.tsv`, turned into static arrays by `build.rs`);
//! [`context`] names the places where directives stand, [`version`] nginx releases,
//! [`address`], [`listen`] and [`server_name`] are grammars of values, [`hash`] says what fits into nginx's hash tables,
//! [`ciphers`] and [`protocols`] are what it speaks TLS with,
//! and [`stock`] holds the files that come with an nginx package and that projects include without carrying them.

pub mod address;
mod arity;
pub mod ciphers;
pub mod condition;
pub mod context;
pub mod directives;
pub mod evaluated;
pub mod family;
pub mod glob;
pub mod hash;
pub mod listen;
pub mod measure;
pub mod name_keys;
pub mod network;
pub mod peer;
pub mod protocols;
pub mod script;
pub mod server_name;
pub mod shape;
pub mod stock;
pub mod table;
pub mod upstream;
pub mod value_check;
mod value_type;
pub mod variables;
pub mod version;
pub mod vulnerabilities;
pub mod zone;
