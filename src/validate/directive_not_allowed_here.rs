use crate::check::{Check, Rule};
use crate::config::verdict::definition::Standing;
use crate::config::{Directive, Outer, http::body};
use crate::diagnostic::{Confidence, enumerate, shorten};

pub(crate) const RULE: Rule =
    Rule { id: "directive-not-allowed-here", page: include_str!("../../rules/directive-not-allowed-here.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    let is_misplaced = |directive: Directive<'_>| matches!(directive.standing(release), Some(Standing::Misplaced(_)));
    for directive in check.config.directives_worded(is_misplaced) {
        let Some(Standing::Misplaced(places)) = directive.standing(release) else { continue };
        let Some(context) = directive.context() else { continue };
        if body::is_misplaced_size(directive) || check.is_extra_directive(directive.name()) {
            continue;
        }
        let name = shorten(directive.name(), 40);
        let message = format!("`{name}` is not allowed in `{}`", context.name());
        let names: Vec<&str> = places.iter().map(|place| place.name()).collect();
        let help = format!("it belongs in {}", enumerate(names.iter().copied(), names.len(), 70));
        let around = directive.parent().filter(|parent| !parent.is_root());
        // What a fragment is included in was told by its directives, and this one does not fit.
        let is_guess = around.is_none() && check.config.outer() != Outer::Nothing;
        let finding = check.report_at(directive, directive.name_span(), message).help(help);
        if let Some(around) = around {
            finding.related(around.name_span(), format!("the `{}` around it", around.name()));
        }
        if is_guess {
            finding.confidence(Confidence::Medium);
        }
    }
}
