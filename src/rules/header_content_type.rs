use crate::check::{Check, Rule};
use crate::config::http::headers::{can_send, header_key, is_made_by_nginx};
use crate::config::http::simulate::BACKENDS;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "header-content-type", page: include_str!("../../rules/header-content-type.md"), check };

fn check(check: &mut Check<'_>) {
    for line in check.config.all("add_header") {
        let (Some(key), Some(level)) = (line.arg(0).map(header_key), line.parent()) else { continue };
        if !is_made_by_nginx(&key) || !can_send(line) || line.waits_for_success() || level.may_leave_out(&key) {
            continue;
        }
        let name = line.arg(0).unwrap_or_default();
        let message = match key.as_str() {
            // nginx sends one of the two, as the body demands.
            "content-length" | "transfer-encoding" => format!("adds {name}, whatever nginx says about the body"),
            _ => format!("adds a second {name} to the one that nginx sends"),
        };
        let finding = check.report(line, message);
        if key != "content-type" {
            finding.help(
                "delete the line: nginx makes this header itself, and clients that see two may refuse the answer",
            );
            continue;
        }
        finding.help("set the type with `default_type` (and `types` for file endings), not with a header");
        let text = line.arg_span(1).map(|span| line.config().library().text(span));
        let is_free = !level.has("default_type")
            && !level.has("types")
            && !level.is("if")
            && !BACKENDS.iter().any(|name| level.has(name));
        // `default_type` takes a variable for plain text.
        if let Some(value) = text.filter(|value| is_free && !value.contains('$')) {
            let content = format!("types {{ }} default_type {value};");
            finding.fix("set the type itself", Safety::Unsafe, vec![Edit::replace(line.span(), content)]);
        }
    }
}
