use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::{KnownVariables, Placeholder, by_name};
use crate::diagnostic::Severity;
use crate::project::{Mode, Rendering};

pub(super) const RULE: Rule =
    Rule { id: "template-undefined-variable", page: include_str!("../../rules/template-undefined-variable.md"), check };

fn check(check: &mut Check<'_>) {
    for Rendered { rendering, placeholders, .. } in check.renderings().iter() {
        let Some(rendering) = rendering.as_ref().filter(|rendering| rendering.environment.is_closed) else { continue };
        if rendering.is_chained || !rendering.unrendered.is_empty() {
            continue;
        }
        let known = check.config.known_variables();
        let library = check.config.library();
        let all = placeholders.iter().copied();
        let undefined = all.filter(|found| {
            is_meant(found, &rendering.mode, known)
                && !rendering.defines(found.name)
                && library.filled_in(found.span).is_none()
        });
        for (found, more) in by_name(undefined) {
            report(check, &found, more, rendering);
        }
    }
}

/// Is it certainly a name that the environment must have?
fn is_meant(found: &Placeholder<'_>, mode: &Mode, known: &KnownVariables) -> bool {
    match mode {
        Mode::All => !known.contains(found.name),
        Mode::Listed(names) => names.contains(found.name),
        Mode::Defined { .. } => found.is_capital() && !known.contains(found.name),
        _ => false,
    }
}

fn report<'c>(check: &mut Check<'c>, found: &Placeholder<'c>, more: usize, rendering: &Rendering<'_>) {
    let Some(service) = rendering.service else { return };
    let (name, release) = (found.name, check.release());
    let of_service = service.name.as_ref().map_or("this container".to_owned(), |name| format!("service `{name}`"));
    let stays = matches!(rendering.mode, Mode::Defined { .. });
    let vanishes = !stays && found.is_whole && found.argument.is_none_or(|at| !found.directive.arg_is_quoted(at));
    let is_fatal = vanishes || found.stops_nginx(release);
    let elsewhere = check.project.deployment.defined_elsewhere(name, Some(service));
    let elsewhere = elsewhere.map(|(other, span)| (other.name.clone().unwrap_or_default(), span));
    let finding = check.report_at(found.directive, found.span, format!("`{name}` is not defined for {of_service}"));
    let what = if stays { "stays as it is" } else { "becomes nothing" };
    finding.label(if more == 0 { what.to_owned() } else { format!("{what}; {more} more below") });
    finding.help(format!("define `{name}` in `environment:`, in a file of `env_file:`, or by `ENV`"));
    finding.severity(if is_fatal { Severity::Error } else { Severity::Warning });
    finding.related(service.span, "the variables of this service are known");
    if let Some((other, span)) = elsewhere {
        finding.related(span, format!("only `{other}` has it"));
    }
}
