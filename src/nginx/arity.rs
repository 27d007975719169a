//! How many arguments a directive takes.

use std::fmt;

/// A set of argument counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arity {
    /// One bit for each count that is taken.
    pub(super) counts: u16,
    /// This count and all larger ones are taken, too.
    pub(super) from: Option<u8>,
}

impl Arity {
    /// Does a directive take so many arguments (its name is not counted)?
    pub fn takes(self, count: usize) -> bool {
        count < 16 && self.counts & (1 << count) != 0 || self.from.is_some_and(|from| count >= from.into())
    }

    /// The smallest number of arguments that it takes.
    pub fn least(self) -> usize {
        (0..16).find(|count| self.takes(*count)).unwrap_or_default()
    }

    /// The largest number of arguments that it takes; none if there is no limit.
    pub fn most(self) -> Option<usize> {
        if self.from.is_some() { None } else { (0..16).rev().find(|count| self.takes(*count)) }
    }
}

/// "no argument", "1 argument", "1 or 2 arguments", "1, 3 or 4 arguments", "at least 2 arguments".
impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from.is_some() {
            return match self.least() {
                0 => f.write_str("any number of arguments"),
                1 => f.write_str("at least 1 argument"),
                least => write!(f, "at least {least} arguments"),
            };
        }
        let counts: Vec<usize> = (0..16).filter(|count| self.takes(*count)).collect();
        match counts.as_slice() {
            [] | [0] => f.write_str("no argument"),
            [1] => f.write_str("1 argument"),
            [0, 1] => f.write_str("at most 1 argument"),
            [least, .., most] if counts.len() > 2 && most - least + 1 == counts.len() => {
                write!(f, "{least} to {most} arguments")
            }
            [first @ .., last] => {
                let first: Vec<String> = first.iter().map(ToString::to_string).collect();
                let or = if first.is_empty() { String::new() } else { format!("{} or ", first.join(", ")) };
                write!(f, "{or}{last} arguments")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nginx::directives::lookup;

    #[test]
    fn in_words() {
        let words = |name: &str| lookup(name)[0].arity.to_string();
        assert_eq!(words("internal"), "no argument");
        assert_eq!(words("sendfile"), "1 argument");
        assert_eq!(words("keepalive_timeout"), "1 or 2 arguments");
        assert_eq!(words("client_body_temp_path"), "1 to 4 arguments");
        assert_eq!(words("server_name"), "at least 1 argument");
        assert_eq!(words("try_files"), "at least 2 arguments");
        assert_eq!(words("stub_status"), "at most 1 argument");
        assert_eq!(words("gzip_buffers"), "2 arguments");
    }

    #[test]
    fn what_is_taken() {
        let arity = lookup("rewrite")[0].arity;
        assert_eq!((0..6).filter(|count| arity.takes(*count)).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((arity.least(), arity.most()), (2, Some(3)));
        let arity = lookup("server_name")[0].arity;
        assert!(!arity.takes(0) && arity.takes(1) && arity.takes(1000));
        assert_eq!((arity.least(), arity.most()), (1, None));
    }
}
