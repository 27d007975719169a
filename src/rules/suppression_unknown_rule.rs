use super::RULES;
use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::suppress::{self, Reach};

pub(super) const RULE: Rule =
    Rule { id: "suppression-unknown-rule", page: include_str!("../../rules/suppression-unknown-rule.md"), check };

fn check(check: &mut Check<'_>) {
    for source in check.config.sources() {
        for (span, said) in suppress::said_in(check.config.library(), *source) {
            let names =
                said.ok().filter(|said| said.reach != Reach::Foreign).map(|said| said.names).unwrap_or_default();
            for name in names.iter().filter(|name| RULES.iter().all(|rule| rule.id != name.text)) {
                let place = suppress::part_of(span, name.start, name.end);
                let message =
                    format!("there is no rule `{}`; the comment does not silence it", shorten(&name.text, 40));
                let finding = check.report_text(place, message);
                match nearest(&name.text) {
                    Some(near) => {
                        finding.help(format!("did you mean `{near}`?"));
                        finding.fix(format!("write `{near}`"), Safety::Safe, vec![Edit::replace(place, near)]);
                    }
                    None => {
                        finding.help("`nginspect rules` lists all rules");
                    }
                }
            }
        }
    }
}

/// The one rule whose name is nearest, if it is near.
fn nearest(name: &str) -> Option<&'static str> {
    let distances = || RULES.iter().map(|rule| (strsim::osa_distance(rule.id, name), rule.id));
    let (least, id) = distances().min()?;
    let is_alone = distances().filter(|(distance, _)| *distance == least).count() == 1;
    (least <= (id.len() / 4).max(1) && is_alone).then_some(id)
}
