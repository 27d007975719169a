use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::words::regexes::Regex;
use crate::diagnostic::Diagnostic;
use crate::nginx::family::Family;
use crate::nginx::variables;
use crate::pcre::{Error, ErrorKind, Pattern};
use crate::source::Span;

pub(crate) const RULE: Rule = Rule { id: "regex-invalid", page: include_str!("../../rules/regex-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    for regex in check.config.regexes().filter(|regex| is_complete(regex.directive)) {
        match regex.pattern().parsed() {
            Err(error) => {
                let piece = regex.part(error.start, error.end);
                report(check, &regex, piece, error.message(regex.text)).help(advice(&regex, error));
            }
            Ok(pattern) => {
                fixed_variables(check, &regex, pattern);
                split_groups(check, &regex, pattern);
            }
        }
        if regex.text.is_empty() && matches!(regex.directive.name(), "server_name" | "valid_referers") {
            let finding = report(check, &regex, regex.word(), "there is no expression behind `~`".to_owned());
            finding.help("write the expression behind the `~`, without a blank");
        }
    }
}

/// Reports a piece of an expression. nginx names the line where the directive ends.
fn report<'a, 'c>(check: &'a mut Check<'c>, regex: &Regex<'c>, piece: Span, message: String) -> &'a mut Diagnostic {
    let end = regex.directive.end_of_head();
    let source = check.config.library().sources().get(piece.source);
    if source.line_of(piece.start) == source.line_of(end.start) {
        return check.report_at(regex.directive, piece, message);
    }
    check.report_at(regex.directive, end, message).related(piece, "this piece of the expression")
}

/// Names of groups become variables, and nginx keeps its own ones to itself.
fn fixed_variables<'c>(check: &mut Check<'c>, regex: &Regex<'c>, pattern: &Pattern) {
    if !regex.defines_variables() {
        return;
    }
    let family = if regex.is_in_stream() { Family::Stream } else { Family::Http };
    for group in &pattern.groups {
        let release = check.release();
        let is_reserved =
            |name: &&str| variables::lookup(name, family).is_some_and(|known| known.is_reserved_in(release));
        let Some(name) = group.name.as_deref().filter(is_reserved) else { continue };
        let span = regex.part(group.start, group.opened);
        report(check, regex, span, format!("the group `{name}` would replace nginx's own variable ${name}"))
            .help("give the group another name");
    }
}

/// The directive splits in two, so there must be two groups.
fn split_groups<'c>(check: &mut Check<'c>, regex: &Regex<'c>, pattern: &Pattern) {
    if regex.directive.is("fastcgi_split_path_info") && pattern.group_count != 2 && !pattern.is_opaque() {
        let count = pattern.group_count;
        report(check, regex, regex.span(), format!("fastcgi_split_path_info needs two groups, and here are {count}"))
            .help("the first group is the script, the second one the path: `^(.+\\.php)(/.*)$`");
    }
}

/// What to do about it.
fn advice(regex: &Regex<'_>, error: &Error) -> &'static str {
    match error.kind {
        ErrorKind::NothingToRepeat if error.start == 0 && regex.takes_bare_tilde() && regex.text.starts_with('*') => {
            "this directive has no `~*`: write `~`, it ignores letter case anyway"
        }
        ErrorKind::NothingToRepeat | ErrorKind::UnknownVerb if error.start == 0 => {
            "`.*` stands for any text; a literal sign is written with a backslash: `\\*`"
        }
        ErrorKind::NothingToRepeat | ErrorKind::RepeatedQuantifier | ErrorKind::UnknownVerb => {
            "write what is to be repeated in front of it; a literal sign is written with a backslash: `\\*`"
        }
        ErrorKind::UnclosedGroup | ErrorKind::UnopenedGroup => {
            "each `(` needs its `)`; a literal one is written with a backslash: `\\(`"
        }
        ErrorKind::UnclosedClass => "each `[` needs its `]`; a literal one is written with a backslash: `\\[`",
        ErrorKind::TrailingBackslash => {
            "nginx makes one backslash of two; a literal one takes four at the end of a word"
        }
        ErrorKind::RangeOrder | ErrorKind::RangeOfSet => "put a literal hyphen at the end of the set",
        ErrorKind::DuplicateName | ErrorKind::DifferentNames => "give each group a name of its own",
        ErrorKind::NoSuchGroup => "count the groups; a literal backslash is written twice",
        ErrorKind::QuantifierTooBig | ErrorKind::QuantifierOrder => "write the smaller number first, up to 65535",
        _ => "nginx takes expressions as Perl and PCRE write them",
    }
}
