//! What the words of directives are: variables, expressions, names, and what can be known of their values.

pub mod empty_map;
pub mod evaluated;
pub mod group;
pub mod hashed;
pub mod named;
pub mod pattern;
pub mod placeholder;
pub mod regexes;
pub mod table;
pub mod unknown_variable;
pub mod variable;
