use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::Placeholder;
use crate::diagnostic::Span;
use crate::project::{Mode, Rendering, Unrendered};

pub(super) const RULE: Rule =
    Rule { id: "template-not-rendered", page: include_str!("../../rules/template-not-rendered.md"), check };

fn check(check: &mut Check<'_>) {
    for Rendered { rendering, placeholders, .. } in check.renderings().iter() {
        let Some(rendering) = rendering.as_ref() else { continue };
        let Mode::Defined { filter } = &rendering.mode else { continue };
        let known = check.config.known_variables();
        let all = placeholders.iter().copied();
        let mut wanted = all.filter(|found| found.is_capital() && !known.contains(found.name));
        if let Some(why) = rendering.unrendered.first() {
            if let Some(found) = wanted.next() {
                let (reason, label, place) = describe(why, rendering);
                report(check, &found, &format!("this template is never rendered: {reason}"), label, place);
            }
        } else if let Some((_, place)) = filter {
            let excluded = wanted.find(|found| rendering.is_filtered_out(found.name));
            if let Some(found) = excluded {
                let message = format!("`{}` is never replaced: the filter leaves it out", found.name);
                report(check, &found, &message, "names must match this", *place);
            }
        }
    }
}

/// The reason, and what is to be said at which place.
fn describe(why: &Unrendered, rendering: &Rendering<'_>) -> (String, &'static str, Option<Span>) {
    match why {
        Unrendered::Suffix(suffix) => {
            (format!("its name does not end in `{suffix}`"), "this brings it into the container", rendering.evidence)
        }
        Unrendered::Bypassed(span) => {
            ("the container does not start with nginx".to_owned(), "this runs instead", Some(*span))
        }
        Unrendered::ReadOnly(span) => {
            ("nothing can be written beside nginx's files".to_owned(), "mounted read-only", *span)
        }
        Unrendered::OldImage => {
            let image = rendering.service.and_then(|service| service.image.as_ref()).map(|(_, span)| *span);
            ("the image is older than that step".to_owned(), "renders templates since 1.19", image)
        }
    }
}

fn report<'c>(check: &mut Check<'c>, found: &Placeholder<'c>, message: &str, label: &'static str, place: Option<Span>) {
    let finding = check.report_at(found.directive, found.span, message);
    finding.help("rename the file, keep the image's entrypoint and its settings, or call envsubst yourself");
    finding.label("nothing replaces this");
    if let Some(place) = place {
        finding.related(place, label);
    }
}
