//! What nginx itself would reject. These checks are rules like any other, with pages; they stand apart because they judge the
//! language and the facts of nginx rather than what a configuration does.

pub(crate) mod address_invalid;
pub(crate) mod block_missing;
pub(crate) mod block_unexpected;
pub(crate) mod buffer_sizes_conflict;
pub(crate) mod charset_map_invalid;
pub(crate) mod charset_map_missing;
pub(crate) mod directive_arity;
pub(crate) mod directive_conflict;
pub(crate) mod directive_duplicate;
pub(crate) mod directive_invalid_parameter;
pub(crate) mod directive_invalid_value;
pub(crate) mod directive_newer_release;
pub(crate) mod directive_not_allowed_here;
pub(crate) mod directive_unknown;
pub(crate) mod duplicate_name;
pub(crate) mod error_page_invalid;
pub(crate) mod events_missing;
pub(crate) mod file_missing;
pub(crate) mod geo_invalid;
pub(crate) mod hash_too_small;
mod if_fault;
pub(crate) mod if_syntax;
pub(crate) mod include_cycle;
pub(crate) mod include_not_followed;
pub(crate) mod include_not_found;
pub(crate) mod listen_duplicate;
pub(crate) mod listen_invalid;
pub(crate) mod location_duplicate;
pub(crate) mod location_invalid;
pub(crate) mod location_outside_parent;
pub(crate) mod lone_dollar;
pub(crate) mod lua_block_unclosed;
pub(crate) mod map_invalid;
pub(crate) mod missing_semicolon;
pub(crate) mod nesting_too_deep;
pub(crate) mod network_invalid;
pub(crate) mod path_conflict;
pub(crate) mod proxy_pass_uri_not_allowed;
pub(crate) mod regex_invalid;
pub(crate) mod regex_refused_by_pcre2;
pub(crate) mod resolver_invalid;
pub(crate) mod return_invalid;
pub(crate) mod rewrite_invalid;
pub(crate) mod server_name_conflict;
pub(crate) mod server_name_invalid;
pub(crate) mod server_without_listen;
pub(crate) mod split_clients_invalid;
pub(crate) mod ssl_ciphers_unknown;
pub(crate) mod stray_semicolon;
pub(crate) mod suspicious_unicode;
pub(crate) mod text_after_quote;
pub(crate) mod try_files_invalid;
pub(crate) mod types_invalid;
pub(crate) mod unbalanced_brace;
pub(crate) mod unclosed_quote;
pub(crate) mod unknown_log_format;
pub(crate) mod unknown_thread_pool;
pub(crate) mod unknown_variable;
pub(crate) mod unknown_zone;
pub(crate) mod unquoted_brace;
pub(crate) mod upstream_duplicate;
pub(crate) mod upstream_empty;
pub(crate) mod upstream_invalid;
pub(crate) mod upstream_port;
pub(crate) mod upstream_resolve_incomplete;
pub(crate) mod variable_not_allowed;
pub(crate) mod variable_redefined;
pub(crate) mod word_too_long;
pub(crate) mod zone_conflict;

use crate::check::Check;
use crate::config::Directive;
use crate::config::words::table::Entries;
use crate::diagnostic::{Diagnostic, Severity, shorten};
use crate::nginx::table::Problem;
use crate::source::Span;
use crate::syntax::{ErrorKind, Terminator};

/// So many places are shown with a finding.
const MOST_CAUSES: usize = 5;

/// Is it ended as a directive is ended? Of one that is not, nobody knows which words are its own.
fn is_complete(directive: Directive<'_>) -> bool {
    !matches!(directive.terminator(), Terminator::Missing | Terminator::Placeholder)
}

/// Reports a part of a directive on the line that nginx names: the one with its `;` or `{`.
fn report_on_last_line<'a, 'c>(
    check: &'a mut Check<'c>,
    directive: Directive<'c>,
    part: Span,
    message: String,
) -> &'a mut Diagnostic {
    let place = directive.verdict_place(part);
    let finding = check.report_at(directive, place, message);
    if place == part {
        return finding;
    }
    finding.label("nginx names the line where it ends").related(part, "this is meant")
}

/// Reports what nginx notices only when `http` ends: at the closing brace, which is the line that it names; with `causes` as
/// further places. Where that brace is in another file, or not there at all, `directive` itself is marked.
fn report_at_end_of_http<'a, 'c>(
    check: &'a mut Check<'c>,
    directive: Directive<'c>,
    causes: &[Directive<'c>],
    message: String,
) -> &'a mut Diagnostic {
    let end = directive.enclosing("http").and_then(|http| Some((http, http.closing_brace()?)));
    let in_one_file = |(_, brace): &(Directive<'_>, Span)| brace.source == directive.in_file();
    let Some((http, brace)) = end.filter(in_one_file) else { return check.report(directive, message) };
    let finding = check.report_at(http, brace, message);
    finding.label("nginx notices it here");
    for cause in causes.iter().take(MOST_CAUSES) {
        finding.related(cause.head(), "this has a part in it");
    }
    finding
}

/// Reports what nginx has against an entry of a table.
fn report_entry<'c>(check: &mut Check<'c>, entries: &Entries<'c>, problem: Problem) {
    let place = entries.places[problem.entry];
    let finding = report_on_last_line(check, place, place.head(), shorten(&problem.what, 90));
    finding.help(problem.wanted);
    if let Some(first) = problem.first.and_then(|number| entries.places.get(number)) {
        finding.related(first.head(), "the first one");
    }
    if problem.is_warning {
        finding.severity(Severity::Warning).nginx_rejects = false;
    }
}

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
