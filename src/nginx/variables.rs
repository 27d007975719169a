//! The variables that nginx and its modules define. The facts are in `variables.tsv`; mail has none.

use super::directives::Origin;
use super::family::Family;
use super::version::Version;

include!(concat!(env!("OUT_DIR"), "/variables.rs"));

/// One variable, or one family of variables with a common prefix, in one kind of server.
#[derive(Debug)]
pub struct Variable {
    /// The name without the dollar, or the prefix (`http_`); `1..9` are the captures of a regex.
    pub name: &'static str,
    /// Whether the name is a prefix.
    pub prefix: bool,
    /// Where it exists.
    pub family: Family,
    /// Who makes its module.
    pub origin: Origin,
    /// The first version with it; `None` if not known.
    pub since: Option<Version>,
    /// The first version without it.
    pub removed: Option<Version>,
    /// Whether `set`, `map` and the like accept it as their target.
    pub settable: bool,
    /// Whether its module is left out of a build unless it is asked for.
    pub optional: bool,
    /// Whether a client can put bytes of its choice into it.
    pub user_controlled: UserControlled,
    /// Whether its value can have a line break; `None` if not known.
    pub may_contain_newline: Option<bool>,
}

/// Whether a client can put bytes of its choice into a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserControlled {
    /// Any bytes.
    Yes,
    /// Some bytes only, or in some setups only.
    Partly,
    /// No.
    No,
    /// Not known.
    Unknown,
}

impl Variable {
    /// Whether nginx of this version has it, as far as the version decides that: an add-on can always be there.
    pub fn is_known_to(&self, version: Version) -> bool {
        !self.origin.has_nginx_versions()
            || self.since.is_none_or(|since| since <= version) && self.removed.is_none_or(|removed| version < removed)
    }

    /// Does every build of this version have it, and refuse to let a configuration define it?
    pub fn is_reserved_in(&self, version: Version) -> bool {
        !self.optional && !self.settable && !self.prefix && self.is_known_to(version)
    }
}

/// All variables, sorted by name.
pub fn all() -> &'static [Variable] {
    &VARIABLES
}

/// The variable of this name (without the dollar, in any letter case, as in nginx), or the family with the longest
/// matching prefix.
pub fn lookup(name: &str, family: Family) -> Option<&'static Variable> {
    let name = name.to_ascii_lowercase();
    if let [b'1'..=b'9'] = name.as_bytes() {
        return find("1..9", false, family);
    }
    let prefixes = name.rmatch_indices('_').map(|(underscore, _)| &name[..=underscore]);
    find(&name, false, family).or_else(|| prefixes.into_iter().find_map(|prefix| find(prefix, true, family)))
}

fn find(name: &str, prefix: bool, family: Family) -> Option<&'static Variable> {
    VARIABLES[VARIABLES.partition_point(|variable| variable.name < name)..]
        .iter()
        .take_while(|variable| variable.name == name)
        .find(|variable| variable.prefix == prefix && variable.family == family)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, family: Family) -> Option<&'static str> {
        lookup(text, family).map(|variable| variable.name)
    }

    #[test]
    fn the_table_and_the_file_are_sorted() {
        assert!(all().is_sorted_by_key(|variable| variable.name));
        let file = include_str!("variables.tsv").lines().skip(1);
        assert!(file.filter_map(|line| line.split('\t').next()).is_sorted(), "sort variables.tsv by name");
    }

    #[test]
    fn every_variable_is_found_by_its_name() {
        for variable in all().iter().filter(|variable| variable.name != "1..9") {
            let found = lookup(variable.name, variable.family);
            assert!(found.is_some_and(|found| std::ptr::eq(found, variable)), "{}", variable.name);
            // `lookup` cuts a name at its underscores.
            assert!(!variable.prefix || variable.name.ends_with('_'), "{}", variable.name);
            assert_eq!(variable.name, variable.name.to_ascii_lowercase());
        }
    }

    #[test]
    fn finds_names_prefixes_and_captures() {
        assert_eq!(name("request_uri", Family::Http), Some("request_uri"));
        assert_eq!(name("Request_URI", Family::Http), Some("request_uri"));
        assert_eq!(name("request_uri", Family::Stream), None);
        assert_eq!(name("http_host", Family::Http), Some("http_host"));
        assert_eq!(name("http_x_request_id", Family::Http), Some("http_"));
        assert_eq!(name("upstream_http_x_a", Family::Http), Some("upstream_http_"));
        assert_eq!(name("http_host", Family::Stream), None);
        assert_eq!(name("1", Family::Stream), Some("1..9"));
        for unknown in ["", "0", "10", "http", "x_http_host", "nope", "_"] {
            assert_eq!(name(unknown, Family::Http), None, "{unknown}");
        }
    }

    #[test]
    fn what_a_configuration_cannot_define() {
        let is_reserved =
            |name, family| lookup(name, family).is_some_and(|known| known.is_reserved_in(Version::NEWEST));
        for name in ["host", "uri", "http_host", "Remote_Addr", "request_id", "upstream_addr"] {
            assert!(is_reserved(name, Family::Http), "{name}");
        }
        for name in ["args", "limit_rate", "http_x", "arg_a", "geoip_city", "realip_remote_addr", "jwt_payload", "1"] {
            assert!(!is_reserved(name, Family::Http), "{name}");
        }
        assert!(is_reserved("remote_addr", Family::Stream) && !is_reserved("host", Family::Stream));
        let since = lookup("request_port", Family::Http);
        assert!(since.is_some_and(|known| !known.is_reserved_in(Version::new(1, 22, 1))));
    }

    #[test]
    fn what_a_client_controls() {
        let facts = |text| lookup(text, Family::Http).map(|found| (found.user_controlled, found.may_contain_newline));
        assert_eq!(facts("uri"), Some((UserControlled::Yes, Some(true))));
        assert_eq!(facts("scheme"), Some((UserControlled::No, Some(false))));
        assert_eq!(facts("http_referer"), Some((UserControlled::Yes, Some(false))));
    }
}
