use super::is_complete;
use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::evaluated::is_return_code;

pub(crate) const RULE: Rule =
    Rule { id: "try-files-invalid", page: include_str!("../../rules/try-files-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for files in check.config.all("try_files").filter(|files| is_complete(*files)) {
        let Some(last) = files.args().len().checked_sub(1).filter(|last| *last > 0) else { continue };
        let value = files.arg(last).unwrap_or_default();
        let Some(code) = value.strip_prefix('=').filter(|code| !is_return_code(code)) else { continue };
        let Some(span) = files.arg_span(last).filter(|_| !files.arg_is_open(last)) else { continue };
        if files.definitions(release).is_empty() {
            continue;
        }
        let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
        let message = match is_number {
            true => format!("`{}` is too large for the code of an answer", shorten(code, 40)),
            false => format!("`{}` is no code for `try_files` to end with", shorten(value, 40)),
        };
        check.report_at(files, span, message).help("write `=` and a number up to 999 as one word: `=404`");
    }
}
