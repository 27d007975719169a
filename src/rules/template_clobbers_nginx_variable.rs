use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::{Placeholder, by_name};
use crate::diagnostic::{Edit, Safety};
use crate::project::{Mode, Rendering};

pub(super) const RULE: Rule = Rule {
    id: "template-clobbers-nginx-variable",
    page: include_str!("../../rules/template-clobbers-nginx-variable.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for Rendered { source, rendering, placeholders } in check.renderings().iter() {
        let Some(rendering) =
            rendering.as_ref().filter(|rendering| rendering.mode == Mode::All && !rendering.is_chained)
        else {
            continue;
        };
        let known = check.config.known_variables();
        let is_given = |name: &str| rendering.defines(name);
        let is_erased = |found: &&Placeholder<'_>| {
            // nginx takes either letter case, but capitals may as well be a name that somebody else defines.
            let may_be_own = found.is_capital() && !rendering.environment.is_closed;
            let is_written_so = !may_be_own && known.contains(found.name);
            is_written_so && found.may_be_variable() && !is_given(found.name)
        };
        let erased: Vec<Placeholder<'_>> = placeholders.iter().filter(is_erased).copied().collect();
        let is_own = |found: &&Placeholder<'_>| is_given(found.name) || !known.contains(found.name);
        let own: Vec<&str> =
            by_name(placeholders.iter().filter(is_own).copied()).iter().map(|(found, _)| found.name).collect();
        let text = check.config.library().sources().get(*source);
        for line in erased.chunk_by(|one, other| text.line_of(one.span.start) == text.line_of(other.span.start)) {
            report(check, line, &own, rendering);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, line: &[Placeholder<'c>], own: &[&str], rendering: &Rendering<'_>) {
    let names: Vec<String> =
        by_name(line.iter().copied()).iter().map(|(found, _)| format!("`${}`", found.name)).collect();
    let message = match &names[..] {
        [one] => format!("envsubst erases nginx's {one}"),
        [one, other] => format!("envsubst erases nginx's {one} and {other}"),
        [one, others @ ..] => format!("envsubst erases nginx's {one} and {} more", others.len()),
        [] => return,
    };
    let edit = edit(check, own, rendering);
    let finding = check.report_at(line[0].directive, line[0].span.to(line[line.len() - 1].span), message);
    finding.label("becomes nothing");
    finding.help("call envsubst with the list of your own variables, or use the image's folder of templates");
    if let Some(command) = rendering.evidence {
        finding.related(command, "called without a list, it replaces every name");
    }
    if let Some(edit) = edit {
        finding.fix("give envsubst the list of your own variables", Safety::Safe, vec![edit]);
    }
}

/// The list behind the word `envsubst`: where a script calls it for this one file, outside of any quotes.
fn edit(check: &Check<'_>, own: &[&str], rendering: &Rendering<'_>) -> Option<Edit> {
    let word = rendering.call_word(check.config.library().sources())?;
    let list: Vec<String> = own.iter().map(|name| format!("${{{name}}}")).collect();
    (rendering.is_alone && !own.is_empty()).then(|| Edit::insert(word.at_end(), format!(" '{}'", list.join(" "))))
}
