use super::is_complete;
use crate::check::{Check, Rule};
use crate::diagnostic::shorten;
use crate::nginx::directives::Kind;

pub(crate) const RULE: Rule = Rule { id: "block-missing", page: include_str!("../../rules/block-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for directive in check.config.directives().filter(|directive| !directive.is_block() && is_complete(*directive)) {
        let definitions = directive.definitions(release);
        if !definitions.is_empty() && definitions.iter().all(|definition| definition.kind != Kind::Simple) {
            let name = shorten(directive.name(), 40);
            let finding = check.report(directive, format!("`{name}` needs a block: `{{ … }}`"));
            finding.label("ended by a semicolon").help("put its directives in braces behind it");
        }
    }
}
