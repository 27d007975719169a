//! Redirects: which lines send a client elsewhere, and where to.

use std::ops::Range;

use crate::config::words::variable::variables;
use crate::config::{Config, Directive};
use crate::nginx::script::{self, Compiler};
use crate::source::Span;

/// Variables that begin a path.
const PATHS: &[&str] = &["request_uri", "uri", "document_uri", "is_args", "args"];

/// A line that answers with another address.
#[derive(Debug, Clone, Copy)]
pub struct Redirect<'c> {
    /// The `return`, `rewrite` or `error_page`.
    pub by: Directive<'c>,
    /// The status that the client gets.
    pub status: u16,
    /// The address, as written.
    pub target: &'c str,
    /// The number of the argument that it stands in.
    pub argument: usize,
}

impl Config {
    /// Every line that sends clients to another address.
    pub fn redirects(&self) -> impl Iterator<Item = Redirect<'_>> {
        ["return", "rewrite", "error_page"].into_iter().flat_map(|name| self.all(name)).filter_map(Directive::redirect)
    }
}

impl<'c> Directive<'c> {
    /// The redirect that this line is, if it is one.
    pub fn redirect(self) -> Option<Redirect<'c>> {
        let (status, argument) = match self.name() {
            "return" => match self.arg(1) {
                Some(_) => (self.arg(0)?.parse().ok()?, 1),
                None => (302, 0),
            },
            "rewrite" => (if self.arg(2) == Some("permanent") { 301 } else { 302 }, 1),
            "error_page" => {
                let code = self.args().find_map(|arg| arg.strip_prefix('=')).and_then(|code| code.parse().ok());
                (code.unwrap_or(302), self.args().len().checked_sub(1)?)
            }
            _ => return None,
        };
        let target = self.arg(argument)?;
        let leaves = ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
        let is_one = match self.name() {
            "rewrite" => leaves || matches!(self.arg(2), Some("redirect" | "permanent")),
            "return" if argument == 1 => true,
            _ => leaves,
        };
        (is_one && matches!(status, 301 | 302 | 303 | 307 | 308)).then_some(Redirect {
            by: self,
            status,
            target,
            argument,
        })
    }
}

impl<'c> Redirect<'c> {
    /// The host and port in the address, by their place in it; none if the client stays on its host.
    pub fn authority(&self) -> Option<Range<usize>> {
        let start = self.target.find("://")? + 3;
        if self.target[..start - 3].contains(['/', '?']) {
            return None;
        }
        let rest = &self.target[start..];
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let path = variables(rest).find(|(_, name)| PATHS.contains(name)).map_or(end, |(at, _)| at.min(end));
        Some(start..start + path)
    }

    /// What follows host and port.
    pub fn path(&self) -> &'c str {
        &self.target[self.authority().map_or(0, |authority| authority.end)..]
    }

    /// The place of the first of these variables in a part of the address.
    pub fn variable_in(&self, part: Range<usize>, names: &[&str]) -> Option<Span> {
        let uses = script::scan(self.target, Compiler::Text).uses;
        let found = uses.iter().find(|found| part.contains(&found.start) && names.contains(&found.name))?;
        self.by.arg_part_span(self.argument, found.start, found.end)
    }

    /// Does it hold one of these variables?
    pub fn uses(&self, names: &[&str]) -> bool {
        variables(self.target).any(|(_, name)| names.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::read;

    #[test]
    fn addresses_are_taken_apart() {
        for (line, authority, path) in [
            ("return 301 https://$host$request_uri;", "$host", "$request_uri"),
            ("return https://${host}:8443/a;", "${host}:8443", "/a"),
            ("return 308 $scheme://a.test;", "a.test", ""),
            ("rewrite ^/(.*) https://$1.a.test/$1?;", "$1.a.test", "/$1?"),
            ("error_page 404 =301 http://a.test?x;", "a.test", "?x"),
            ("return 302 /login?next=https://a.test/;", "-", "/login?next=https://a.test/"),
            ("rewrite ^/a /b permanent;", "-", "/b"),
        ] {
            let config = read(&format!("server {{ {line} }}"));
            let redirect = config.redirects().next().expect(line);
            let found = redirect.authority().map_or("-", |range| &redirect.target[range]);
            assert_eq!((found, redirect.path()), (authority, path), "{line}");
        }
        for line in ["return 200 x;", "return 404;", "rewrite ^ /a last;", "error_page 404 /404.html;", "return 444 x;"]
        {
            assert_eq!(read(&format!("server {{ {line} }}")).redirects().count(), 0, "{line}");
        }
    }
}
