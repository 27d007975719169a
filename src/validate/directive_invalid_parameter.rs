use super::{is_complete, report_on_last_line};
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::directives::Definition;
use crate::nginx::shape::{self, Problem};
use crate::nginx::value_check;
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "directive-invalid-parameter", page: include_str!("../../rules/directive-invalid-parameter.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for directive in check.config.directives_worded(|directive| problem(directive, release).is_some()) {
        let Some(problem) = problem(directive, release) else { continue };
        let place = problem.argument.and_then(|index| directive.arg_span(index)).unwrap_or(directive.head());
        report_on_last_line(check, directive, place, shorten(&problem.what, 90)).help(problem.wanted);
    }
}

/// What nginx would say against the arguments of this directive.
fn problem(directive: Directive<'_>, release: Version) -> Option<Problem> {
    let definitions = directive.definitions(release).iter().filter(|_| is_complete(directive));
    // Of several modules with this name, each must refuse it.
    let problems = definitions.map(|definition| problem_by(directive, definition, release));
    problems.collect::<Option<Vec<Problem>>>()?.into_iter().next()
}

/// What it would say by this definition.
fn problem_by(directive: Directive<'_>, definition: &Definition, release: Version) -> Option<Problem> {
    let args: Vec<&str> = directive.args().collect();
    if !definition.arity_in(release).takes(args.len()) {
        return None;
    }
    if value_check::problem(definition, &args, release).is_some() {
        // That is told as a value of the wrong type.
        return None;
    }
    let problem = shape::problem(definition, &args, release)?;
    let is_open = match problem.argument {
        Some(index) => directive.arg_is_open(index),
        None => (0..args.len()).any(|index| directive.arg_is_open(index)),
    };
    (!is_open).then_some(problem)
}
