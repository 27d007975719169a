use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::nginx::directives::Origin;
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "directive-newer-release", page: include_str!("../../rules/directive-newer-release.md"), check };

/// The oldest release that is still widely used: that of Debian 12.
const WIDELY_USED: Version = Version::new(1, 22, 1);

fn check(check: &mut Check<'_>) {
    // The releases of NGINX Plus are others.
    if check.target().is_some() || check.config.is_plus() {
        return;
    }
    let mut told: HashSet<&str> = HashSet::default();
    for directive in check.config.directives_worded(|directive| newer_release(directive).is_some()) {
        let Some(since) = newer_release(directive) else { continue };
        if told.insert(directive.name()) {
            let message = format!("`{}` needs nginx {since} or newer", directive.name());
            let help = "an older nginx does not start with it; say which one you run with --nginx-version";
            check.report_at(directive, directive.name_span(), message).help(help);
        }
    }
}

/// The release that it came with, if not all have that one yet.
fn newer_release(directive: Directive<'_>) -> Option<Version> {
    let definitions = directive.definitions(Version::NEWEST);
    let is_newer = |since: &Version| *since > WIDELY_USED;
    // The oldest module that has it decides.
    let since = definitions
        .iter()
        .map(|definition| definition.since.filter(is_newer).filter(|_| definition.origin == Origin::Oss));
    since.min().flatten()
}
