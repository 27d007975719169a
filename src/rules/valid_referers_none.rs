use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::location::Location;
use crate::config::http::simulate::BACKENDS;

pub(super) const RULE: Rule =
    Rule { id: "valid-referers-none", page: include_str!("../../rules/valid-referers-none.md"), check };

/// Parts of paths below which files are, for which lists of referers were made.
const FILES: &[&str] = &[
    "asset", "audio", "cdn", "download", "file", "font", "gallery", "hls", "image", "img", "media", "photo", "pic",
    "static", "stream", "thumb", "upload", "video",
];

fn check(check: &mut Check<'_>) {
    for referers in check.config.all("valid_referers") {
        let Some(location) = referers.parent().and_then(Location::new) else { continue };
        if !guards_an_application(&location) {
            continue;
        }
        let Some(at) = referers.args().position(|word| matches!(word, "none" | "blocked")) else { continue };
        let word = referers.arg(at).unwrap_or_default();
        let message = format!("`{word}` lets every request in that brings no referer, and any site can send such");
        let place = referers.arg_span(at).unwrap_or(referers.head());
        check
            .report_at(referers, place, message)
            .help("let the application check a token of its own; referers are for hot-linking");
    }
}

/// Is a request with a wrong referer kept from an application, rather than from files?
fn guards_an_application(location: &Location<'_>) -> bool {
    let looks = |block: &Directive<'_>| block.arg(0).is_some_and(|word| word.contains("$invalid_referer"));
    let refuses = |block: Directive<'_>| block.children().any(|line| line.is("return"));
    let passes = |line: Directive<'_>| BACKENDS.contains(&line.name());
    let path = location.pattern.to_ascii_lowercase();
    let is_about_files =
        location.is_about_files() || path.contains("\\.") || FILES.iter().any(|part| path.contains(part));
    !is_about_files
        && location.directive.own("if").filter(looks).any(refuses)
        && location.directive.children().any(passes)
}
