use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::fallback::FallbackFault;
use crate::config::http::location::Chooser;
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "try-files-fallback", page: include_str!("../../rules/try-files-fallback.md"), check };

fn check(check: &mut Check<'_>) {
    let mut chooser = Chooser::default();
    for line in check.config.all("try_files") {
        let Some(fault) = line.fallback_fault(&mut chooser) else { continue };
        let index = line.args().len() - 1;
        let (Some(last), Some(span), Some(text)) = (line.arg(index), line.arg_span(index), line.arg_text_span(index))
        else {
            continue;
        };
        let shown = shorten(last, 24);
        let (message, help, title, edit) = match fault {
            FallbackFault::NoSlash => (
                format!("missing files answer 404: `{shown}` is no path without a slash in front"),
                format!("the last argument is a path, a name with `@` or a status: `/{shown}`"),
                "put a slash in front",
                Edit::insert(text, "/"),
            ),
            FallbackFault::BareStatus => (
                format!("`{shown}` is taken for the path of a file; a status begins with `=`"),
                format!("write `={shown}`"),
                "write the status with `=`",
                status_edit(line, index, last),
            ),
            FallbackFault::Cycle => (
                format!("missing files answer 500: `{shown}` leads back to this `try_files`"),
                "the last argument is no file to try but where to go on; end the list with `=404`".to_owned(),
                "end with `=404`",
                Edit::insert(span.at_end(), " =404"),
            ),
        };
        let has_arguments = fault == FallbackFault::Cycle && last.contains('?');
        let found = check.report_at(line, span, message).help(help);
        if !last.contains("://") && !has_arguments {
            found.fix(title, Safety::Safe, vec![edit]);
        }
    }
}

/// The mark may be there, with a blank behind it.
fn status_edit(line: Directive<'_>, index: usize, status: &str) -> Edit {
    let end = line.arg_span(index).unwrap_or(line.head());
    let mark = line.arg_span(index - 1).filter(|_| line.arg(index - 1) == Some("="));
    Edit::replace(mark.map_or(end, |mark| mark.to(end)), format!("={status}"))
}
