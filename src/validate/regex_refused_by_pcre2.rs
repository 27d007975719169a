use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::words::regexes::Regex;
use crate::diagnostic::{Edit, Safety};
use crate::nginx::version::Version;
use crate::pcre::{Error, ErrorKind};

pub(crate) const RULE: Rule =
    Rule { id: "regex-refused-by-pcre2", page: include_str!("../../rules/regex-refused-by-pcre2.md"), check };

/// The first release that can be built with PCRE2.
const FIRST: Version = Version::new(1, 21, 5);

fn check(check: &mut Check<'_>) {
    if check.release() < FIRST {
        return;
    }
    for regex in check.config.regexes().filter(|regex| is_complete(regex.directive)) {
        let shared = regex.pattern();
        let Ok(pattern) = shared.parsed() else { continue };
        for doubt in &pattern.doubts {
            report(check, &regex, doubt);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, regex: &Regex<'c>, doubt: &Error) {
    let piece = regex.part(doubt.start, doubt.end);
    let hyphen = hyphen(regex.text, doubt);
    let finding = check.report_at(regex.directive, piece, doubt.message(regex.text));
    finding.label("PCRE1 takes it, PCRE2 does not");
    match doubt.kind {
        ErrorKind::RangeOfSet => finding.help("escape the hyphen (`\\-`), or put it at the end of the set"),
        ErrorKind::UnknownEscape | ErrorKind::EscapeInClass => {
            finding.help("for PCRE1 it is the bare letter: drop the backslash")
        }
        _ => finding.help("write it in a way that both understand"),
    };
    if let Some(at) = hyphen {
        let edit = Edit::insert(regex.part(at, at + 1), "\\");
        finding.fix("escape the hyphen", Safety::Safe, vec![edit]);
    }
}

/// The place of the hyphen that is no range.
fn hyphen(text: &str, doubt: &Error) -> Option<usize> {
    let piece = text.get(doubt.start..doubt.end).filter(|_| doubt.kind == ErrorKind::RangeOfSet)?;
    // The name of a property may hold one of its own.
    let has_name = piece.starts_with("\\p") || piece.starts_with("\\P");
    piece.find('-').filter(|_| !has_name).map(|at| doubt.start + at)
}
