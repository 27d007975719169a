use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::{Placeholder, by_name};
use crate::diagnostic::{Confidence, Severity, Span};
use crate::project::{Mode, Rendering};
use crate::template::is_template_name;

pub(super) const RULE: Rule = Rule {
    id: "template-unsubstituted-placeholder",
    page: include_str!("../../rules/template-unsubstituted-placeholder.md"),
    check,
};

/// Why nothing replaces the placeholders of a file.
struct Reason {
    /// Names that nobody writes in braces are placeholders, too, where so much is known.
    is_shown: bool,
    place: Option<(Span, &'static str)>,
}

fn check(check: &mut Check<'_>) {
    for Rendered { source, rendering, placeholders } in check.renderings().iter() {
        let library = check.config.library();
        let path = library.identity(*source);
        let reason = match &rendering {
            Some(rendering) => reason_of(rendering),
            // Names of files and folders may say that somebody else fills them in.
            None => {
                let mut names = path.iter().rev().take(2).map(|name| name.to_string_lossy());
                let is_template = is_template_name(path) || names.any(|name| name.contains("templat"));
                let is_closed = !is_template && !check.project.deployment.may_render_unseen();
                is_closed.then_some(Reason { is_shown: false, place: None })
            }
        };
        let Some(reason) = reason else { continue };
        let known = check.config.known_variables();
        let stays = |found: &Placeholder<'_>| {
            let is_listed = rendering.as_ref().is_some_and(|rendering| rendering.lists(found.name));
            let is_meant = found.is_capital() && (found.is_braced || reason.is_shown);
            is_meant && !is_listed && !known.contains(found.name) && library.filled_in(found.span).is_none()
        };
        // What nginx takes as it is in one place, it may refuse in another.
        let (fatal, literal): (Vec<_>, Vec<_>) =
            placeholders.iter().copied().filter(stays).partition(|found| found.stops_nginx(check.release()));
        for (found, more) in by_name(fatal.into_iter()).into_iter().chain(by_name(literal.into_iter())) {
            report(check, &found, more, &reason);
        }
    }
}

fn reason_of(rendering: &Rendering<'_>) -> Option<Reason> {
    let what = match &rendering.mode {
        Mode::Raw if rendering.service.is_some_and(crate::project::Service::is_plain) => "nginx gets the file as it is",
        Mode::Listed(names) if !names.is_empty() && !rendering.is_chained => "the list does not have it",
        _ => return None,
    };
    Some(Reason { is_shown: true, place: rendering.evidence.map(|span| (span, what)) })
}

fn report<'c>(check: &mut Check<'c>, found: &Placeholder<'c>, more: usize, reason: &Reason) {
    let is_fatal = found.stops_nginx(check.release());
    let then = if is_fatal { "nginx refuses to start" } else { "nginx takes it literally" };
    let finding =
        check.report_at(found.directive, found.span, format!("nothing here replaces `{}`: {then}", found.shown()));
    finding.help("render the file before nginx reads it, or write the value");
    finding.severity(if is_fatal { Severity::Error } else { Severity::Warning });
    if more > 0 {
        finding.label(format!("{more} more below"));
    }
    match reason.place {
        Some((span, what)) => drop(finding.related(span, what)),
        None => drop(finding.confidence(Confidence::Medium)),
    }
}
