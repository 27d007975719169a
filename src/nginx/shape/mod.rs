//! Arguments of a shape of their own: what nginx has against those that it reads word by word.
//!
//! [`problem`] judges the arguments of one directive by themselves. What other directives have to say (zones, formats, the
//! sizes of buffers together) is not asked here.

mod log;
mod parameters;
mod sizes;
mod words;

pub use log::buffering;

use super::directives::{Definition, Origin};
use super::version::Version;

/// An argument's number, and what nginx wants there.
type Complaint = (usize, &'static str);

/// What nginx has against the arguments of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The number of the argument, from 0; none if something is missing.
    pub argument: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What nginx wants.
    pub wanted: String,
}

impl Problem {
    /// A problem with one argument.
    fn at(argument: usize, what: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self { argument: Some(argument), what: what.into(), wanted: wanted.into() }
    }

    /// A problem with the whole.
    fn missing(what: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self { argument: None, what: what.into(), wanted: wanted.into() }
    }
}

/// The first problem that nginx of this release has with the arguments of a directive that it reads by this definition.
/// The number of arguments is right. Variables count as text where nginx takes none.
pub fn problem(definition: &Definition, args: &[&str], release: Version) -> Option<Problem> {
    let name = definition.name;
    match definition.origin {
        Origin::Oss => {}
        Origin::ThirdParty("lua") if name == "lua_shared_dict" => return words::lua_dictionary(args),
        Origin::ThirdParty(_) | Origin::Plus => return None,
    }
    parameters::problem(name, args, release)
        .or_else(|| log::problem(name, args, release))
        .or_else(|| words::problem(name, args, release))
}

#[cfg(test)]
mod tests {
    use super::problem;
    use crate::nginx::directives::lookup;
    use crate::nginx::version::Version;

    /// Is it refused? Words are separated by single blanks, `~` stands for a blank inside of a word.
    pub(super) fn refuses(line: &str, release: Version) -> bool {
        let words: Vec<String> = line.split(' ').map(|word| word.replace('~', " ")).collect();
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        problem(&lookup(&words[0])[0], &args, release).is_some()
    }

    /// The arguments that are refused, and those that are not.
    pub(super) fn judge(name: &str, refused: &[&str], accepted: &[&str]) {
        for args in refused {
            assert!(refuses(&format!("{name} {args}"), Version::NEWEST), "{name} {args}");
        }
        for args in accepted {
            assert!(!refuses(&format!("{name} {args}"), Version::NEWEST), "{name} {args}");
        }
    }
}
