//! The names that servers use a certificate of certbot for.

use crate::config::http::Server;
use crate::config::{Config, Directive};
use crate::nginx::version::Version;
use crate::source::Span;

/// A server with a certificate of certbot.
#[derive(Debug, Clone, Copy)]
pub struct LineageUse<'c> {
    /// The server.
    pub server: Server<'c>,
    /// The line that names the certificate.
    pub certificate: Directive<'c>,
    /// The name of the certificate's folder.
    pub lineage: &'c str,
}

impl Config {
    /// The public TLS servers with certificates of certbot.
    pub fn lineage_uses(&self, target: Option<Version>) -> Vec<LineageUse<'_>> {
        let servers = self.servers().filter(|server| server.is_tls(target) && !server.is_internal());
        let found = servers.flat_map(|server| {
            let lines = server.directive().effective("ssl_certificate").into_iter();
            lines.filter_map(move |certificate| {
                let lineage = certificate.arg(0)?.split_once("/letsencrypt/live/")?.1.split_once('/')?.0;
                Some(LineageUse { server, certificate, lineage })
            })
        });
        found.collect()
    }
}

impl<'c> LineageUse<'c> {
    /// The host names that the server claims, with their places; patterns and placeholders for all hosts are none.
    pub fn hosts(&self) -> impl Iterator<Item = (&'c str, Span)> {
        let lines = self.server.directive().own("server_name");
        let names = lines.flat_map(|line| {
            line.args().enumerate().filter_map(move |(index, name)| Some((name, line.arg_span(index)?)))
        });
        names.filter(|(name, _)| name.contains('.') && !name.starts_with('~') && !name.ends_with('*'))
    }
}

/// The variables in a name: `${DOMAIN}` and `$DOMAIN` are one.
fn variables(name: &str) -> impl Iterator<Item = &str> {
    name.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
    })
}

/// A name with every variable written in one way.
fn normalized(name: &str) -> String {
    let mut result = String::new();
    for (at, part) in name.split('$').enumerate() {
        if at == 0 {
            result.push_str(&part.to_ascii_lowercase());
            continue;
        }
        let (variable, rest) = match part.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(found) => found,
            None => part.split_at(part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len())),
        };
        result.push_str(&format!("${{{variable}}}{}", rest.to_ascii_lowercase()));
    }
    result
}

/// Are two names the same, variables of the same name taken for the same?
pub fn is_same_name(one: &str, other: &str) -> bool {
    normalized(one) == normalized(other)
}

/// Is a name certainly not among those that a certificate is asked for? Nothing is certain where one side has a variable that
/// the other has not.
pub fn is_certainly_missing(name: &str, requested: &[&str]) -> bool {
    let known: Vec<&str> = requested.iter().flat_map(|other| variables(other)).collect();
    let own: Vec<&str> = variables(name).collect();
    let is_comparable = own.iter().all(|variable| known.contains(variable))
        && requested.iter().all(|other| variables(other).all(|variable| own.contains(&variable)));
    let name = normalized(name);
    let below = name.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    let covers = |other: &&str| {
        let other = normalized(other);
        other == name || Some(&other) == below.as_ref()
    };
    let parts = match name.strip_prefix('.') {
        Some(domain) => vec![domain.to_owned(), format!("*.{domain}")],
        None => Vec::new(),
    };
    let is_covered = |name: &str| requested.iter().any(|other| normalized(other) == name);
    is_comparable && !requested.iter().any(covers) && (parts.is_empty() || !parts.iter().all(|part| is_covered(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_with_their_variables() {
        for (name, requested, expected) in [
            ("www.a.test", &["a.test"][..], true),
            ("WWW.a.test", &["a.test", "www.A.test"], false),
            ("b.a.test", &["*.a.test"], false),
            ("c.b.a.test", &["*.a.test"], true),
            ("a.test", &["*.a.test"], true),
            ("*.a.test", &["*.a.test"], false),
            (".a.test", &["a.test", "*.a.test"], false),
            (".a.test", &["a.test"], true),
            ("www.${DOMAIN}", &["${DOMAIN}"], true),
            ("www.$DOMAIN", &["${DOMAIN}", "www.${DOMAIN}"], false),
            ("www.${DOMAIN}", &["${NAME}"], false),
            ("www.a.test", &["${DOMAIN}"], false),
            ("${DOMAIN}", &["a.test"], false),
            ("www.a.test", &["a.test", "${MORE}"], false),
        ] {
            assert_eq!(is_certainly_missing(name, requested), expected, "{name} {requested:?}");
        }
        assert!(is_same_name("$Ab.Test", "${Ab}.test") && !is_same_name("$AB.test", "${Ab}.test"));
    }
}
