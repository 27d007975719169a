use crate::check::{Check, Rendered, Rule};
use crate::config::words::placeholder::{Placeholder, by_name};
use crate::project::{Mode, Origin};

pub(super) const RULE: Rule = Rule {
    id: "template-env-shadows-variable",
    page: include_str!("../../rules/template-env-shadows-variable.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for Rendered { rendering, placeholders, .. } in check.renderings().iter() {
        let Some(rendering) = rendering.as_ref().filter(|found| !found.is_chained && found.unrendered.is_empty())
        else {
            continue;
        };
        if !matches!(rendering.mode, Mode::Defined { .. } | Mode::Listed(_)) {
            continue;
        }
        let known = check.config.known_variables();
        let shadowing = |found: &Placeholder<'_>| {
            let variable = rendering.environment.variables.get(found.name)?;
            let is_itself = variable.value.as_deref().is_some_and(|value| value.contains('$'));
            (variable.origin != Origin::Image && !is_itself).then_some(variable)
        };
        let is_shadowed = |found: &Placeholder<'_>| {
            known.is_exact(found.name)
                && !found.is_braced
                && found.may_be_variable()
                && rendering.replaces(found.name) == Some(true)
                && shadowing(found).is_some()
        };
        let all = placeholders.iter().copied();
        for (found, more) in by_name(all.filter(is_shadowed)) {
            let name = found.name;
            let message = format!("the environment variable `{name}` replaces nginx's `${name}` in this template");
            let finding = check.report_at(found.directive, found.span, message);
            finding.help("rename the environment variable, or set NGINX_ENVSUBST_FILTER so that it is left out");
            if more > 0 {
                finding.label(format!("{more} more below"));
            }
            if let Some(span) = shadowing(&found).and_then(|variable| variable.span) {
                finding.related(span, "this is put in its place");
            }
        }
    }
}
