use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::words::evaluated::{Evaluated, Named};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::script::{self, Compiler, Fault};
use crate::template;

pub(crate) const RULE: Rule = Rule { id: "lone-dollar", page: include_str!("../../rules/lone-dollar.md"), check };

/// Those of the directives that define variables whose words are certain.
const DEFINING: &[&str] = &["auth_request_set", "geo", "js_set", "js_var", "map", "set", "split_clients"];

fn check(check: &mut Check<'_>) {
    let release = check.release();
    for directive in check.config.directives_worded(may_be_faulty) {
        if DEFINING.contains(&directive.name()) {
            target(check, directive);
        }
        for text in directive.evaluated(release) {
            let Some(fault) = text.script.fault else { continue };
            if !may_change(directive, &text, fault) {
                report(check, directive, &text, fault);
            }
        }
    }
}

/// Is it worth a closer look? Where each dollar of each argument begins a variable, no part of them has another.
fn may_be_faulty(directive: Directive<'_>) -> bool {
    let has_fault = |word: &str| script::scan(word, Compiler::LogFormat).fault.is_some();
    is_complete(directive) && (DEFINING.contains(&directive.name()) || directive.args().any(has_fault))
}

/// Could a renderer still make something else of this dollar?
fn may_change(directive: Directive<'_>, text: &Evaluated<'_>, fault: Fault<'_>) -> bool {
    let value = directive.arg(text.argument).unwrap_or_default();
    let (Fault::NoName { start } | Fault::Unclosed { start, .. }) = fault;
    // Some renderers take `$$` for a dollar.
    let is_doubled = || value[text.start + start + 1..].starts_with(['$', '{']);
    template::is_open(value, false) || (directive.is_in_template() && is_doubled())
}

fn report<'c>(check: &mut Check<'c>, directive: Directive<'c>, text: &Evaluated<'c>, fault: Fault<'c>) {
    let place = |start: usize, end: usize| directive.arg_part_span(text.argument, text.start + start, text.start + end);
    match fault {
        Fault::NoName { start } => {
            let Some(span) = place(start, start + 1) else { return };
            check
                .report_at(directive, span, "this `$` begins no variable: no name follows it")
                .label("nginx has no way to write a dollar as such")
                .help("for the character itself: `geo $dollar { default \"$\"; }` in http, and `${dollar}` here");
        }
        Fault::Unclosed { start, name } => {
            let end = start + "${".len() + name.len();
            let Some(span) = place(start, end) else { return };
            let shown = shorten(name, 40);
            let finding = check.report_at(directive, span, format!("`${{{shown}` has no closing brace"));
            finding.help(if name.is_empty() {
                "write a name of letters, digits and underscores in the braces".to_owned()
            } else {
                format!("write `${{{shown}}}`")
            });
            let is_exact = span.end - span.start == (end - start) as u32;
            let is_end = directive.arg(text.argument).is_some_and(|value| value.len() == text.start + end);
            if is_exact && !name.is_empty() {
                let safety = if is_end { Safety::Safe } else { Safety::Unsafe };
                finding.fix("close the brace", safety, vec![Edit::insert(span.at_end(), "}")]);
            }
        }
    }
}

/// A word that must be a variable, and is none.
fn target<'c>(check: &mut Check<'c>, directive: Directive<'c>) {
    let release = check.release();
    let takes = |count| directive.definitions(release).iter().any(|known| known.arity_in(release).takes(count));
    if !takes(directive.args().len()) {
        return;
    }
    let source = directive.operand(release).filter(|_| directive.is("geo"));
    for wanted in source.into_iter().chain(directive.defined_variable()) {
        if wanted.name().is_none() && !template::is_open(wanted.text, directive.is_in_template()) {
            no_variable(check, directive, wanted);
            return;
        }
    }
}

fn no_variable<'c>(check: &mut Check<'c>, directive: Directive<'c>, target: Named<'c>) {
    let Some(span) = directive.arg_span(target.argument) else { return };
    let (name, shown) = (directive.name(), shorten(target.text, 40));
    let finding = check.report_at(directive, span, format!("`{name}` wants a variable here: `{shown}` is none"));
    if script::is_name(target.text) && !directive.arg_is_quoted(target.argument) {
        finding.help(format!("write `${shown}`"));
        finding.fix("put a dollar before the name", Safety::Safe, vec![Edit::insert(span, "$")]);
    } else {
        finding.help("write `$` and a name of letters, digits and underscores");
    }
}
