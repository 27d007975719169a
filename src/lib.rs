//! nginspect reads nginx configurations as nginx does and says what is wrong with them.
//!
//! Data flows one way: text → [`syntax`] → [`config`] (includes spliced in) → [`check`] with the [`rules`] →
//! [`diagnostic`]s → [`output`]. Parsing cannot fail and analysis cannot fail; only [`cli`] touches files, the
//! environment and the terminal.

pub mod source;
pub mod date;
pub mod syntax;
pub mod nginx;
pub mod pcre;
pub mod template;
pub mod project;
pub mod config;
pub mod diagnostic;
pub mod suppress;
pub mod page;
pub mod check;
pub mod validate;
pub mod rules;
pub mod fingerprint;
pub mod baseline;
pub mod fix;
pub mod output;
pub mod cli;
