use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::directives::Kind;
use crate::source::Span;
use crate::syntax::Terminator;

pub(crate) const RULE: Rule =
    Rule { id: "block-unexpected", page: include_str!("../../rules/block-unexpected.md"), check };

fn check(check: &mut Check<'_>) {
    let release = check.release();
    let takes_none = |directive: Directive<'_>| {
        let definitions = directive.definitions(release);
        let is_simple = || definitions.iter().all(|definition| definition.kind == Kind::Simple);
        directive.is_block() && !definitions.is_empty() && is_simple()
    };
    for directive in check.config.directives_worded(takes_none) {
        let Terminator::Block { open, .. } = directive.terminator() else { continue };
        let brace = Span::new(directive.in_file(), open, open + 1);
        let name = shorten(directive.name(), 40);
        let finding = check.report_at(directive, brace, format!("`{name}` takes no block"));
        finding.label("a semicolon is expected here").related(directive.head(), "this directive");
        finding.help("end it with `;`; if a semicolon is missing before, the brace belongs to what follows");
    }
}
