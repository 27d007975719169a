//! What nginx itself would reject. These checks are rules like any other, with pages; they stand apart because they judge the
//! language and the facts of nginx rather than what a configuration does.

pub(crate) mod address_invalid;
pub(crate) mod directive_conflict;
pub(crate) mod hash_too_small;
pub(crate) mod include_cycle;
pub(crate) mod include_not_followed;
pub(crate) mod include_not_found;
pub(crate) mod listen_duplicate;
pub(crate) mod listen_invalid;
pub(crate) mod location_duplicate;
pub(crate) mod location_invalid;
pub(crate) mod location_outside_parent;
pub(crate) mod lua_block_unclosed;
pub(crate) mod missing_semicolon;
pub(crate) mod network_invalid;
pub(crate) mod proxy_pass_uri_not_allowed;
pub(crate) mod resolver_invalid;
pub(crate) mod server_name_conflict;
pub(crate) mod server_name_invalid;
pub(crate) mod server_without_listen;
pub(crate) mod stray_semicolon;
pub(crate) mod suspicious_unicode;
pub(crate) mod text_after_quote;
pub(crate) mod unbalanced_brace;
pub(crate) mod unclosed_quote;
pub(crate) mod unquoted_brace;
pub(crate) mod upstream_duplicate;
pub(crate) mod upstream_empty;
pub(crate) mod upstream_invalid;
pub(crate) mod upstream_port;
pub(crate) mod upstream_resolve_incomplete;
pub(crate) mod word_too_long;

use crate::check::Check;
use crate::source::Span;
use crate::syntax::ErrorKind;

/// A syntax error with its places as spans.
struct Place {
    kind: ErrorKind,
    /// Where nginx gives up.
    span: Span,
    /// Where the mistake was probably made.
    cause: Option<Span>,
    /// The first word of the cause: the name of the directive.
    word: String,
}

fn places(check: &Check<'_>) -> Vec<Place> {
    let library = check.config.library();
    let place = |(source, error): (_, &crate::syntax::SyntaxError)| {
        let cause = error.cause.map(|(start, end)| Span::new(source, start, end));
        let text = cause.map(|span| library.text(span)).unwrap_or_default();
        let word = text.split_whitespace().next().unwrap_or_default().trim_end_matches('{').to_owned();
        Place { kind: error.kind, span: Span::new(source, error.start, error.end), cause, word }
    };
    check.config.syntax_errors().map(place).collect()
}
