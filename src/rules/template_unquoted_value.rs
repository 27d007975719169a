use crate::check::{Check, Rendered, Rule};
use crate::config::Directive;
use crate::config::words::placeholder::Placeholder;
use crate::diagnostic::{Edit, Safety};
use crate::project::{Mode, Rendering};
use crate::template::is_template_name;

pub(super) const RULE: Rule =
    Rule { id: "template-unquoted-value", page: include_str!("../../rules/template-unquoted-value.md"), check };

fn check(check: &mut Check<'_>) {
    for Rendered { source, rendering, placeholders } in check.renderings().iter() {
        let is_named_so = is_template_name(check.config.library().sources().get(*source).path());
        let is_template = match &rendering {
            None => is_named_so,
            Some(rendering) => !matches!(rendering.mode, Mode::Raw | Mode::Other(_)),
        };
        if !is_template {
            continue;
        }
        let known = check.config.known_variables();
        for found in placeholders {
            let is_meant = found.is_whole && found.is_capital() && !known.contains(found.name);
            if is_meant && is_free_text(found) && may_break(found, rendering.as_ref()) {
                let name = found.shown();
                let message = format!("a blank or a semicolon in the value of `{name}` would break this line");
                let finding = check.report_at(found.directive, found.span, message);
                finding.help(format!("put it in quotes: `\"{name}\"`"));
                let edits = vec![Edit::replace(found.span, format!("\"{name}\""))];
                // A value may come with quotes of its own.
                let is_known = value(found, rendering.as_ref()).is_some_and(|value| !value.contains(['"', '\\']));
                let safety = if is_known { Safety::Safe } else { Safety::Unsafe };
                finding.fix("put the placeholder in quotes", safety, edits);
            }
        }
    }
}

/// Does it stand without quotes where any text may stand?
fn is_free_text(found: &Placeholder<'_>) -> bool {
    let directive: Directive<'_> = found.directive;
    let is_redirect = || directive.arg(0).is_some_and(|code| code.starts_with('3'));
    let place = match directive.name() {
        "add_header" | "add_trailer" | "set" => 1,
        "return" if !is_redirect() => 1,
        "auth_basic" => 0,
        _ => return false,
    };
    found.argument == Some(place) && !directive.arg_is_quoted(place)
}

/// Is the value not known, or does it have what parts words?
fn may_break(found: &Placeholder<'_>, rendering: Option<&Rendering<'_>>) -> bool {
    value(found, rendering).is_none_or(|value| value.contains([' ', '\t', ';', '{', '}', '#']))
}

fn value<'r>(found: &Placeholder<'_>, rendering: Option<&'r Rendering<'_>>) -> Option<&'r str> {
    rendering.and_then(|rendering| rendering.environment.value(found.name))
}
