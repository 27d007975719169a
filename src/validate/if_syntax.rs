use super::if_fault;
use crate::check::{Check, Rule};
use crate::config::{Directive, words::evaluated::Named};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::condition;
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::family::Family;
use crate::nginx::script;
use crate::nginx::variables;
use crate::source::Span;
use crate::template;

pub(crate) const RULE: Rule = Rule { id: "if-syntax", page: include_str!("../../rules/if-syntax.md"), check };

fn check(check: &mut Check<'_>) {
    let places = ContextSet::of(&[Context::Server, Context::Location]);
    let is_here = |directive: &Directive<'_>| directive.context().is_some_and(|context| places.contains(context));
    for directive in check.config.directives().filter(is_here) {
        if directive.name().starts_with("if(") {
            let blank = Edit::insert(after_name(directive), " ");
            check
                .report_at(directive, directive.name_span(), "no blank between `if` and its condition")
                .label("nginx takes all of this for the name of a directive")
                .help("write a blank before the parenthesis")
                .fix("insert a blank", Safety::Safe, vec![blank]);
        } else if directive.is("if") && directive.is_block() && directive.args().len() > 0 {
            let args: Vec<&str> = directive.args().collect();
            match condition::parse(&args) {
                Err(fault) => if_fault::report(check, directive, fault),
                Ok(_) => operand(check, directive),
            }
        }
    }
}

fn after_name(directive: Directive<'_>) -> Span {
    let span = directive.name_span();
    Span::new(span.source, span.start + "if".len() as u32, span.end)
}

/// A name that only `if` can ask for, since no text can: nothing defines it.
fn operand<'c>(check: &mut Check<'c>, block: Directive<'c>) {
    let Some(Named { argument, start, text }) = block.operand(check.release()) else { return };
    let name = &text[1..];
    let is_digit = matches!(name.as_bytes(), [b'0'..=b'9']);
    let may_change = template::is_open(text, false) || block.is_in_template() && text.contains("${");
    if (script::is_name(name) && !is_digit) || may_change || is_defined(check, block, name) {
        return;
    }
    let Some(span) = block.arg_part_span(argument, start, start + text.len()) else { return };
    let inside = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).filter(|name| script::is_name(name));
    let glued = name.find(['=', '~', '!']).filter(|at| script::is_name(&name[..*at]));
    let finding =
        check.report_at(block, span, format!("nginx looks for a variable named `{}` here", shorten(name, 40)));
    finding.label("all behind the dollar is the name");
    if let Some(inside) = inside {
        finding.help("`if` takes the variable without braces");
        finding.fix("remove the braces", Safety::Safe, vec![Edit::replace(span, format!("${inside}"))]);
    } else if glued.is_some() {
        finding.help("write blanks around the operator");
    } else if is_digit {
        finding.help("`if` cannot look at a group of a regex; name it: `(?<name>…)`");
    } else {
        finding.help(if_fault::FORMS);
    }
}

/// Does something define a variable of this odd name, or has nginx a family that it belongs to?
fn is_defined(check: &Check<'_>, block: Directive<'_>, name: &str) -> bool {
    let family = || variables::lookup(name, Family::Http).filter(|known| known.prefix);
    block.config().defines_variable(name) || family().is_some_and(|known| known.is_known_to(check.release()))
}
