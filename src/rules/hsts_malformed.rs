use crate::check::{Check, Rule};
use crate::config::http::hsts::{HstsLine, Reach, defect};
use crate::diagnostic::{Confidence, Diagnostic, Edit, Safety, Span};
use crate::template::is_symbolic;

pub(super) const RULE: Rule = Rule { id: "hsts-malformed", page: include_str!("../../rules/hsts-malformed.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.hsts_lines(check.target()) {
        if found.has_colon() {
            let finding = check.report(found.line, "the colon becomes part of the name: browsers see another header");
            finding.help("write the header's name without the colon; nginx adds one itself");
            finish(finding, &found);
            let name =
                found.line.arg_text_span(0).filter(|_| found.line.arg(0).is_some_and(|name| !name.ends_with("::")));
            if let Some(name) = name {
                let colon = Span::new(name.source, name.end - 1, name.end);
                finding.fix("drop the colon", Safety::Unsafe, vec![Edit::replace(colon, "")]);
            }
            continue;
        }
        let values = found.values();
        let constant = values.iter().find(|value| value.from.is_none() && !is_symbolic(value.text));
        let Some((value, reason)) = constant.and_then(|value| Some((value, defect(value.text)?))) else { continue };
        let message = format!("browsers ignore this Strict-Transport-Security value: {reason}");
        let finding = check.report(found.line, message);
        finding.help("write a list with `;` between its parts; `max-age=SECONDS` must be one of them");
        finish(finding, &found);
        let mended = value.text.replace(',', ";");
        let edit = value.rewriting(found.line, &mended).filter(|_| mended != value.text && defect(&mended).is_none());
        if let Some((span, text)) = edit {
            finding.fix("part them with semicolons", Safety::Unsafe, vec![Edit::replace(span, text)]);
        }
    }
}

fn finish(finding: &mut Diagnostic, found: &HstsLine<'_>) {
    if found.reach == Reach::Part {
        finding.confidence(Confidence::Medium);
    }
}
