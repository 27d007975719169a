//! Lists of host names in which nginx finds conflicts: keys of a `map` with `hostnames`, names of `valid_referers`.

use foldhash::HashMap;

/// Why nginx does not take a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is no name, and no wildcard that nginx knows.
    Invalid,
    /// It says the same as the key with this number.
    Conflict(usize),
}

/// The keys so far, in lower case, with their numbers.
#[derive(Debug, Default)]
pub struct NameKeys {
    exact: HashMap<String, usize>,
    /// `*.a` and `.a`, without what stands before the name.
    heads: HashMap<String, usize>,
    /// `a.*`, without the star.
    tails: HashMap<String, usize>,
}

impl NameKeys {
    /// Adds a key under a number. Letter case means nothing; wildcards are such only where `wildcards` says so.
    pub fn add(&mut self, key: &str, wildcards: bool, number: usize) -> Result<(), Refusal> {
        let key = key.to_ascii_lowercase();
        if !wildcards {
            return insert(&mut self.exact, key, number);
        }
        let stars = key.matches('*').count();
        if stars > 1 || key.contains("..") || key.contains('\0') {
            return Err(Refusal::Invalid);
        }
        if let Some(name) = key.strip_prefix('.').filter(|name| !name.is_empty()) {
            insert(&mut self.exact, name.to_owned(), number)?;
            insert(&mut self.heads, name.to_owned(), number)
        } else if let Some(name) = key.strip_prefix("*.").filter(|name| !name.is_empty()) {
            insert(&mut self.heads, name.to_owned(), number)
        } else if let Some(name) = key.strip_suffix(".*").filter(|name| !name.is_empty()) {
            insert(&mut self.tails, name.to_owned(), number)
        } else if stars > 0 {
            Err(Refusal::Invalid)
        } else {
            insert(&mut self.exact, key, number)
        }
    }
}

fn insert(keys: &mut HashMap<String, usize>, key: String, number: usize) -> Result<(), Refusal> {
    match keys.get(&key) {
        Some(first) => Err(Refusal::Conflict(*first)),
        None => {
            keys.insert(key, number);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NameKeys, Refusal};

    fn last(keys: &str) -> Result<(), Refusal> {
        let mut list = NameKeys::default();
        keys.split(' ').enumerate().map(|(number, key)| list.add(key, true, number)).last().unwrap_or(Ok(()))
    }

    #[test]
    fn wildcards_stand_at_one_end() {
        for keys in ["a", ".a", "*.a", "a.*", ".", ".*", "a.", "", "a_b", "*.a.b"] {
            assert_eq!(last(keys), Ok(()), "{keys}");
        }
        for keys in ["*", "*a", "a*", "*.", "a*b", "a.*.b", "*.a.*", "a..b", "..", "..a", "**.a", "*..a", "a.**"] {
            assert_eq!(last(keys), Err(Refusal::Invalid), "{keys}");
        }
    }

    #[test]
    fn what_says_the_same_conflicts() {
        for keys in ["a a", "A a", ".a a", "a .a", ".a *.a", "*.a .a", ".a .a", "*.A *.a", "a.* a.*"] {
            assert_eq!(last(keys), Err(Refusal::Conflict(0)), "{keys}");
        }
        for keys in ["*.a a", "a a.*", "a *.a", "*.a a.*", ".a b.a"] {
            assert_eq!(last(keys), Ok(()), "{keys}");
        }
        let mut plain = NameKeys::default();
        assert_eq!(plain.add("*a*", false, 0), Ok(()));
        assert_eq!(plain.add("*A*", false, 1), Err(Refusal::Conflict(0)));
        assert_eq!((plain.add("*.a", false, 2), plain.add("*.a", true, 3)), (Ok(()), Ok(())));
    }
}
