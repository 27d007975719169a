//! Names of servers: which ones nginx takes, and which ones are the same.

/// Why nginx refuses a name at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A star that is not followed by a dot and more.
    Star,
    /// A dot alone.
    Dot,
    /// `~` alone.
    EmptyRegex,
}

/// Looks at a name as nginx does where it reads it.
pub fn fault(name: &str) -> Option<Fault> {
    match name {
        "." => Some(Fault::Dot),
        "~" => Some(Fault::EmptyRegex),
        _ if name.starts_with('*') => (!name.starts_with("*.") || name.len() < 3).then_some(Fault::Star),
        _ => None,
    }
}

/// What a name occupies in the tables of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// This name.
    Exact(String),
    /// All names below a domain, which begins with a dot.
    Below(String),
    /// All names that begin so, up to and with a dot.
    Beginning(String),
}

impl Key {
    /// The longest text that is a key of a hash table of its own: the whole of an exact name, a label of others.
    pub fn longest_part(&self) -> usize {
        match self {
            Self::Exact(name) => name.len(),
            Self::Below(text) | Self::Beginning(text) => text.split('.').map(str::len).max().unwrap_or_default(),
        }
    }
}

/// The keys of a name that is no regex; none if it is not of a form that nginx can put into its tables.
pub fn keys(name: &str) -> Option<Vec<Key>> {
    let name = name.to_ascii_lowercase();
    let stars = name.bytes().filter(|byte| *byte == b'*').count();
    if stars > 1 || name.contains("..") {
        return None;
    }
    if let Some(domain) = name.strip_prefix('.').filter(|domain| !domain.is_empty()) {
        return Some(vec![Key::Exact(domain.to_owned()), Key::Below(name.clone())]);
    }
    if let Some(domain) = name.strip_prefix('*').filter(|domain| domain.len() > 1 && domain.starts_with('.')) {
        return Some(vec![Key::Below(domain.to_owned())]);
    }
    if let Some(start) = name.strip_suffix('*').filter(|start| start.len() > 1 && start.ends_with('.')) {
        return Some(vec![Key::Beginning(start.to_owned())]);
    }
    (stars == 0).then(|| vec![Key::Exact(name)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_wants_a_dot_and_more() {
        assert_eq!(
            (fault("*"), fault("*a.test"), fault("*.")),
            (Some(Fault::Star), Some(Fault::Star), Some(Fault::Star))
        );
        assert_eq!((fault("."), fault("~"), fault("")), (Some(Fault::Dot), Some(Fault::EmptyRegex), None));
        for name in ["a", "*.a", "*..", "a*", "~x", "_", ".a"] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn tables_take_stars_at_the_ends_only() {
        for name in ["a..b", "a.*.b", "a*", "*.*", "www.*.", "..", "a.*b", "*.a*", ".b.."] {
            assert_eq!(keys(name), None, "{name}");
        }
        for name in ["a", "", "a.", ".a", "*.a", "www.*", ".*", ".a.*", "*.a.", "_"] {
            assert!(keys(name).is_some(), "{name}");
        }
        assert_eq!(keys("*.A").map(|keys| keys == [Key::Below(".a".to_owned())]), Some(true));
        assert_eq!(keys(".a").map(|keys| keys.len()), Some(2));
    }

    #[test]
    fn wildcards_are_cut_at_their_dots() {
        let longest = |name| keys(name).into_iter().flatten().map(|key| key.longest_part()).max();
        assert_eq!((longest("abc.test"), longest("*.abc.test"), longest(".ab.c")), (Some(8), Some(4), Some(4)));
    }
}
