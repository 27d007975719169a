//! What the words of directives are: variables, expressions, names, and what can be known of their values.

pub mod capture_flaw;
mod copies;
pub mod empty_map;
pub mod evaluated;
pub mod group;
pub mod hashed;
pub mod inflow;
pub mod letter_case;
pub mod named;
pub mod pattern;
pub mod placeholder;
pub mod regexes;
pub mod request_uri;
pub mod site_regex;
pub mod subject;
pub mod table;
pub mod taint;
pub mod unknown_variable;
pub mod variable;
