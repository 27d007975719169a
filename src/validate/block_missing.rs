use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::directives::Kind;

pub(crate) const RULE: Rule = Rule { id: "block-missing", page: include_str!("../../rules/block-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    let lacks_block = |directive: Directive<'_>| {
        let definitions = directive.definitions(release);
        let needs_block = || definitions.iter().all(|definition| definition.kind != Kind::Simple);
        !directive.is_block() && is_complete(directive) && !definitions.is_empty() && needs_block()
    };
    for directive in check.config.directives_worded(lacks_block) {
        let name = shorten(directive.name(), 40);
        let finding = check.report(directive, format!("`{name}` needs a block: `{{ … }}`"));
        finding.label("ended by a semicolon").help("put its directives in braces behind it");
    }
}
