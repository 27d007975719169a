use crate::check::{Check, Rule};
use crate::config::http::samples::{Elsewhere, Takeover};
use crate::config::http::simulate::file_mapping;
use crate::diagnostic::{Confidence, Edit, Safety, Severity, enumerate, shorten};

pub(super) const RULE: Rule =
    Rule { id: "static-location-shadowed", page: include_str!("../../rules/static-location-shadowed.md"), check };

/// Distributions build nginx with this folder, others with one that nobody uses.
const USUAL_BUILT_IN: &str = "/usr/share/nginx/html";

fn check(check: &mut Check<'_>) {
    for taken in check.config.shadowing_regexes() {
        report(check, &taken);
    }
}

fn report<'c>(check: &mut Check<'c>, taken: &[(Takeover<'c>, Elsewhere<'c>)]) {
    let [(Takeover { regex, endings, .. }, elsewhere), ..] = taken else { return };
    let names: Vec<String> = taken.iter().map(|(t, _)| format!("`{}`", shorten(t.prefix.pattern, 20))).collect();
    let names = enumerate(names.iter().map(String::as_str), names.len(), 28);
    let fate = match elsewhere {
        Elsewhere::Handler(handler) => format!("`{}` answers", handler.name()),
        Elsewhere::Folder(folder) => format!("looked up in {}", shorten(folder, 24)),
        Elsewhere::BuiltInFolder => "no root is set here".to_owned(),
    };
    let is_all = taken.iter().any(|(t, _)| t.prefix.pattern == "/");
    let is_usual = |(t, _): &(Takeover<'c>, _)| {
        file_mapping(t.prefix.directive)
            .and_then(|mapping| mapping.arg(0))
            .is_some_and(|root| root.starts_with(USUAL_BUILT_IN))
    };
    let found = check.report(regex.directive, format!("this regex takes *.{} away from {names}: {fate}", endings[0]));
    if *elsewhere == Elsewhere::BuiltInFolder && taken.iter().all(is_usual) {
        found.severity(Severity::Warning).confidence(Confidence::Medium);
    }
    found.help(match is_all {
        true => "set the root for the whole server, or repeat it in the regex location",
        false => "write `location ^~` for the prefix, or move the regex into it so that it inherits its files",
    });
    for (takeover, _) in taken {
        let mapping = file_mapping(takeover.prefix.directive).unwrap_or(takeover.prefix.directive);
        found.related(mapping.head(), format!("the files of `{}` are here", takeover.prefix.pattern));
    }
    if !is_all {
        let edits = taken.iter().filter_map(|(t, _)| t.prefix.directive.arg_span(t.prefix.pattern_arg));
        let edits = edits.map(|span| Edit::insert(span, "^~ ")).collect();
        found.fix("keep regexes away from the prefix with ^~", Safety::Unsafe, edits);
    }
}
