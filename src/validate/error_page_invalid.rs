use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;

pub(crate) const RULE: Rule =
    Rule { id: "error-page-invalid", page: include_str!("../../rules/error-page-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for page in check.config.all("error_page").filter(|page| is_complete(*page)) {
        let Some(last) = page.args().len().checked_sub(1).filter(|last| *last > 0) else { continue };
        if page.definitions(release).is_empty() {
            continue;
        }
        for (index, word) in page.args().enumerate().take(last).filter(|(index, _)| !page.arg_is_open(*index)) {
            // A new code stands before the address, behind at least one code.
            let is_answer = index + 1 == last && index > 0 && word.starts_with('=');
            let problem = if is_answer { answer_problem(word) } else { code_problem(word) };
            if let Some((message, help)) = problem {
                report(check, page, index, message, help);
            }
        }
    }
}

fn report<'c>(check: &mut Check<'c>, page: Directive<'c>, index: usize, message: String, help: &'static str) {
    let Some(span) = page.arg_span(index) else { return };
    check.report_at(page, span, message).help(help);
}

/// What is wrong with `=CODE` or `=`, and what to do.
fn answer_problem(word: &str) -> Option<(String, &'static str)> {
    let code = &word[1..];
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    let is_fine = code.is_empty() || (is_number && code.parse::<i64>().is_ok());
    let message = || format!("`{}` is no code to answer with", shorten(word, 40));
    (!is_fine).then(|| (message(), "write `=200`, or `=` alone to take the code of the page itself"))
}

/// What is wrong with the code of an error, and what to do.
fn code_problem(word: &str) -> Option<(String, &'static str)> {
    let shown = shorten(word, 40);
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = if is_number { word.parse::<u32>().ok() } else { None };
    match code {
        Some(499) => Some(("no page can be shown for 499".to_owned(), "the client is gone by then; remove the code")),
        Some(300..=599) => None,
        _ if is_number => {
            Some((format!("`error_page` does not take the code {shown}"), "codes of errors are 300 to 599"))
        }
        _ if word.starts_with('=') => Some((
            format!("`{shown}` is not in its place"),
            "the codes of errors come first, then one `=CODE`, then the address",
        )),
        _ => Some((
            format!("`{shown}` is no code of an error"),
            "write each code, with blanks between, then one address",
        )),
    }
}
