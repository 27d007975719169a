//! Directives that name a peer, and how their addresses are written.

use super::context::{Context, ContextSet};

/// A directive that passes requests or connections on.
#[derive(Debug)]
pub struct Pass {
    /// Its name.
    pub name: &'static str,
    /// The schemes that may stand in front.
    schemes: &'static [&'static str],
    /// Must one of them?
    pub needs_scheme: bool,
    /// Must a port stand behind a host that is no group of servers?
    pub needs_port: bool,
    /// May its target hold variables?
    pub takes_variables: bool,
    /// Where it means what is said here.
    pub contexts: ContextSet,
}

const LOCATION: ContextSet = ContextSet::of(&[Context::Location, Context::IfInLocation, Context::LimitExcept]);
const TUNNEL: ContextSet = ContextSet::of(&[Context::Server, Context::Location, Context::IfInLocation]);
const STREAM: ContextSet = ContextSet::of(&[Context::StreamServer]);

const fn pass(name: &'static str, schemes: &'static [&'static str]) -> Pass {
    Pass { name, schemes, needs_scheme: false, needs_port: true, takes_variables: true, contexts: LOCATION }
}

/// All of them.
pub const PASSES: &[Pass] = &[
    Pass { needs_scheme: true, needs_port: false, ..pass("proxy_pass", &["http://", "https://"]) },
    Pass { contexts: STREAM, ..pass("proxy_pass", &[]) },
    pass("fastcgi_pass", &[]),
    pass("grpc_pass", &["grpc://", "grpcs://"]),
    Pass { takes_variables: false, ..pass("memcached_pass", &[]) },
    pass("scgi_pass", &[]),
    Pass { contexts: TUNNEL, ..pass("tunnel_pass", &[]) },
    pass("uwsgi_pass", &["uwsgi://", "suwsgi://"]),
];

impl Pass {
    /// What follows the scheme; none if a scheme is missing that must be there.
    pub fn without_scheme<'t>(&self, target: &'t str) -> Option<&'t str> {
        let behind = |scheme: &&str| {
            let start = target.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then(|| &target[scheme.len()..])
        };
        let found = self.schemes.iter().find_map(behind);
        if self.needs_scheme { found } else { Some(found.unwrap_or(target)) }
    }
}

/// What follows the scheme of a directive in a location.
pub fn without_scheme<'t>(name: &str, target: &'t str) -> Option<&'t str> {
    PASSES.iter().find(|pass| pass.name == name).and_then(|pass| pass.without_scheme(target))
}

#[cfg(test)]
mod tests {
    use super::without_scheme;

    #[test]
    fn schemes_have_no_letter_case() {
        assert_eq!(without_scheme("proxy_pass", "HTTP://a"), Some("a"));
        assert_eq!((without_scheme("proxy_pass", "a"), without_scheme("proxy_pass", "http:/a")), (None, None));
        assert_eq!(without_scheme("uwsgi_pass", "a:1"), Some("a:1"));
        assert_eq!(without_scheme("grpc_pass", "grpcs://a:1"), Some("a:1"));
        assert_eq!(without_scheme("fastcgi_pass", "http://a"), Some("http://a"));
    }
}
