use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::directives::Repeat;

pub(crate) const RULE: Rule =
    Rule { id: "directive-duplicate", page: include_str!("../../rules/directive-duplicate.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    let is_single = |directive: Directive<'_>| {
        let definitions = directive.definitions(release);
        let refuses = definitions.iter().all(|definition| definition.repeat == Repeat::Error);
        !definitions.is_empty() && refuses && is_complete(directive)
    };
    for directive in check.config.directives_worded(is_single) {
        let Some(first) = directive.parent().and_then(|level| level.own(directive.name()).next()) else { continue };
        if first == directive {
            continue;
        }
        let name = shorten(directive.name(), 40);
        let is_same = first.args().eq(directive.args()) && !directive.is_block();
        let finding = check.report(directive, format!("`{name}` stands twice in one block"));
        finding.related(first.head(), "the first one").help(match is_same {
            true => "both say the same; remove one",
            false => "keep the one that is meant; if they come from different files, one of them belongs elsewhere",
        });
        if is_same {
            finding.fix("remove the second one", Safety::Safe, vec![Edit::replace(directive.span(), "")]);
        }
    }
}
