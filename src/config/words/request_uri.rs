//! Where the path that nginx has decoded could as well be the one that the client sent.

use crate::config::Directive;
use crate::source::Span;

/// The path and the query, put together again at the end of a text; the longest come first.
const REBUILT: &[&str] = &[
    "$uri$is_args$query_string",
    "$document_uri$is_args$args",
    "$uri$is_args$args",
    "$document_uri?$args",
    "$uri?$query_string",
    "$uri?$args",
    "$document_uri",
    "$uri",
];

/// What could change the path of a request before it is used.
const CHANGES: &[&str] =
    &["rewrite", "try_files", "error_page", "index", "root", "alias", "auth_request", "mirror", "random_index"];

/// A piece of a text that `$request_uri` can stand for.
#[derive(Debug, Clone, Copy)]
pub struct Rebuilt {
    /// The piece.
    pub span: Span,
    /// Does nothing change the path on the way, so that it is still the client's?
    pub is_unchanged: bool,
}

impl Directive<'_> {
    /// The end of an argument, behind a host or a path, that is the path of the request (and its query).
    pub fn rebuilt_request_uri(self, argument: usize) -> Option<Rebuilt> {
        let text = self.arg(argument)?;
        let tail = REBUILT.iter().find(|tail| text.ends_with(*tail))?;
        let start = text.len() - tail.len();
        // Alone, `//host/` would lead elsewhere.
        if start == 0 || text[..start].contains('?') {
            return None;
        }
        let server = self.enclosing("server")?;
        let changes =
            |line: Directive<'_>| CHANGES.contains(&line.name()) || line.is("set") && line.arg(0) == Some("$args");
        let is_set_around = |name: &&str| server.value(name).is_some();
        let is_changed = server.is_opaque_upward()
            || CHANGES.iter().any(is_set_around)
            || server.descendants().any(|inside| inside.is_opaque() || changes(inside))
            || self
                .enclosing("location")
                .is_some_and(|location| location.arg(0).is_some_and(|name| name.starts_with('@')));
        Some(Rebuilt { span: self.arg_part_span(argument, start, text.len())?, is_unchanged: !is_changed })
    }
}
