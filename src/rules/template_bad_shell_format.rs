use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::{Placeholder, by_name};
use crate::diagnostic::{Edit, Safety};
use crate::project::Rendering;

pub(super) const RULE: Rule =
    Rule { id: "template-bad-shell-format", page: include_str!("../../rules/template-bad-shell-format.md"), check };

fn check(check: &mut Check<'_>) {
    for Rendered { rendering, placeholders, .. } in check.renderings().iter() {
        let Some(rendering) = rendering.as_ref() else { continue };
        let Some(command) = rendering.evidence else { continue };
        let known = check.config.known_variables();
        let all = placeholders.iter().copied();
        let wanted: Vec<Placeholder<'_>> =
            by_name(all.filter(|found| !known.contains(found.name))).into_iter().map(|(found, _)| found).collect();
        if wanted.is_empty() || !rendering.has_empty_list(|name| wanted.iter().any(|found| found.name == name)) {
            continue;
        }
        let edit = edit(check, &wanted, rendering);
        let place = rendering.call_line(check.config.library().sources()).unwrap_or(command);
        let found = check.report_text(place, "envsubst gets a list without names, and replaces nothing");
        let is_compose = rendering.list_span.is_some_and(|list| list == command);
        let list = list_of(&wanted);
        let shown = if is_compose { list.replace('$', "$$") } else { list };
        found.help(format!("write `envsubst '{shown}'`: single quotes, and a dollar at every name"));
        for placeholder in wanted.iter().take(3) {
            found.related(placeholder.span, "stays as it is");
        }
        if let Some(edit) = edit {
            found.fix("name the variables in the list", Safety::Safe, vec![edit]);
        }
    }
}

fn list_of(wanted: &[Placeholder<'_>]) -> String {
    let names: Vec<String> = wanted.iter().map(|found| format!("${{{}}}", found.name)).collect();
    names.join(" ")
}

/// The names of the template in the place of the list: where a script calls envsubst for this one file, outside of quotes.
fn edit(check: &Check<'_>, wanted: &[Placeholder<'_>], rendering: &Rendering<'_>) -> Option<Edit> {
    rendering.call_word(check.config.library().sources()).filter(|_| rendering.is_alone)?;
    Some(Edit::replace(rendering.list_span?, format!("'{}'", list_of(wanted))))
}
