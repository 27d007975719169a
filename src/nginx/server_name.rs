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

/// Why a name that nginx takes fits no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A port behind it.
    Port,
    /// A comma in it.
    Comma,
    /// A dot at its end.
    FinalDot,
    /// A star that is neither the first nor the last label.
    Star,
    /// A regex without the `~` in front.
    Regex,
    /// A slash: the name has a scheme in front of it, or a path behind it. nginx warns of it.
    Slash,
}

/// Looks for what keeps a name from fitting any request.
pub fn oddity(name: &str) -> Option<Oddity> {
    if name.starts_with('~') || fault(name).is_some() {
        return None;
    }
    if name.contains('/') {
        return Some(Oddity::Slash);
    }
    let host_end = name.rfind(']').map_or(0, |at| at + 1);
    let has_port = name[host_end..].rsplit_once(':').is_some_and(|(host, port)| {
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && !host.contains(':')
    });
    Some(match name {
        _ if name.contains(['^', '(', ')', '\\', '|', '+', '?']) => Oddity::Regex,
        _ if name.contains(',') => Oddity::Comma,
        _ if has_port => Oddity::Port,
        _ if name.ends_with('.') && name.len() > 1 && !name.ends_with("..") => Oddity::FinalDot,
        _ if name.contains('*') && keys(name).is_none() => Oddity::Star,
        _ => return None,
    })
}

impl Oddity {
    /// The names that are meant; none if that is not plain.
    pub fn mended(self, name: &str) -> Option<String> {
        let mended = match self {
            Self::Port => name.rsplit_once(':')?.0.to_owned(),
            Self::Comma => name.split(',').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
            Self::FinalDot => name.trim_end_matches('.').to_owned(),
            Self::Slash => {
                let host = name.split_once("://").map_or(name, |(_, host)| host);
                host.split('/').next().unwrap_or_default().to_owned()
            }
            Self::Star | Self::Regex => return None,
        };
        let is_fine = |part: &str| fault(part).is_none() && oddity(part).is_none() && keys(part).is_some();
        (!mended.is_empty() && mended.split(' ').all(is_fine)).then_some(mended)
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
    fn names_that_fit_no_request() {
        for (name, mended) in [
            ("a.test:80", Some("a.test")),
            ("[::1]:80", Some("[::1]")),
            ("a.test,", Some("a.test")),
            ("a.test,b.test", Some("a.test b.test")),
            ("a.test.", Some("a.test")),
            ("*.a.test:443", Some("*.a.test")),
            ("www.*.test", None),
            ("^www.+", None),
            (",", None),
        ] {
            let found = oddity(name).expect(name);
            assert_eq!(found.mended(name).as_deref(), mended, "{name}");
        }
        for name in ["a.test", "_", "", "~^a:80", "[::1]", "::1", "A.test", "a_b", "www.a.*", ".a.test", "__", "*"] {
            assert_eq!(oddity(name), None, "{name}");
        }
    }

    #[test]
    fn wildcards_are_cut_at_their_dots() {
        let longest = |name| keys(name).into_iter().flatten().map(|key| key.longest_part()).max();
        assert_eq!((longest("abc.test"), longest("*.abc.test"), longest(".ab.c")), (Some(8), Some(4), Some(4)));
    }
}
