use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::{Directive, http::body};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::directives::Definition;
use crate::nginx::value_check::{self, Problem};
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "directive-invalid-value", page: include_str!("../../rules/directive-invalid-value.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for directive in check.config.directives_worded(|directive| problem(directive, release).is_some()) {
        let Some(problem) = problem(directive, release) else { continue };
        if body::size_value(directive).is_none() {
            report(check, directive, &problem);
        }
    }
}

/// What nginx would say against the values of this directive.
fn problem(directive: Directive<'_>, release: Version) -> Option<Problem> {
    let definitions = directive.definitions(release).iter().filter(|_| is_complete(directive));
    // Of several modules with this name, each must refuse it.
    definitions.map(|definition| problem_by(directive, definition, release)).min_by_key(Option::is_some)?
}

/// What it would say by this definition.
fn problem_by(directive: Directive<'_>, definition: &Definition, release: Version) -> Option<Problem> {
    if !definition.value.has_shape() {
        return None;
    }
    // nginx compares words that end at the first NUL.
    let args: Vec<&str> = directive.args().map(|arg| arg.split('\0').next().unwrap_or_default()).collect();
    if !definition.arity_in(release).takes(args.len()) {
        return None;
    }
    let may_vary = definition.variables_in(release) != Some(false);
    let problem = value_check::problem(definition, &args, release)?;
    let value = args.get(problem.argument)?;
    let is_uncertain = directive.arg_is_open(problem.argument) || may_vary && value.contains('$');
    (!is_uncertain).then_some(problem)
}

fn report<'c>(check: &mut Check<'c>, directive: Directive<'c>, problem: &Problem) {
    let Some(span) = directive.arg_span(problem.argument) else { return };
    let value = directive.arg(problem.argument).unwrap_or_default();
    let (name, shown) = (shorten(directive.name(), 40), shorten(value, 30));
    let finding = check.report_at(directive, span, format!("`{name}` does not take `{shown}`"));
    match &problem.likely {
        Some(likely) => {
            let safety = if problem.is_spelling { Safety::Safe } else { Safety::Unsafe };
            finding.fix(format!("write `{likely}`"), safety, vec![Edit::replace(span, likely.clone())]);
            finding.help(format!("{}; write `{likely}`", problem.wanted));
        }
        None => {
            finding.help(problem.wanted.clone());
        }
    }
    if let Some(since) = problem.since {
        finding.label(format!("from nginx {since} on"));
    }
}
