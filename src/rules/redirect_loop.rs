use crate::check::{Check, Rule};
use crate::diagnostic::{Confidence, shorten};

pub(super) const RULE: Rule = Rule { id: "redirect-loop", page: include_str!("../../rules/redirect-loop.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.redirect_loops(check.target()) {
        let Some((first, others)) = found.hops.split_first() else { continue };
        // What stands in front may send some of the paths of a host elsewhere.
        let is_local =
            found.hops.iter().all(|hop| hop.redirect().is_some_and(|redirect| redirect.authority().is_none()));
        let address = shorten(&found.address(), 40);
        let message = match others.len() {
            0 => format!("{address} redirects to itself"),
            more => format!("{address} redirects to itself by way of {more} more"),
        };
        let finding = check.report(*first, message);
        finding.label("every request for it comes here again");
        finding.help("let the server of that scheme and name answer, or redirect to another one");
        if is_local {
            finding.confidence(Confidence::Medium);
        }
        for hop in others {
            finding.related(hop.head(), "leads back");
        }
    }
}
