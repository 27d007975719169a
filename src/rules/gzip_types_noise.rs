use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety, enumerate};

pub(super) const RULE: Rule =
    Rule { id: "gzip-types-noise", page: include_str!("../../rules/gzip-types-noise.md"), check };

/// Formats that are compressed already.
const COMPRESSED: &[&str] = &[
    "application/font-woff",
    "application/font-woff2",
    "application/gzip",
    "application/x-7z-compressed",
    "application/x-font-woff",
    "application/x-gzip",
    "application/x-rar-compressed",
    "application/zip",
    "audio/mpeg",
    "font/woff",
    "font/woff2",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/webm",
];

fn check(check: &mut Check<'_>) {
    for line in check.config.all("gzip_types") {
        let mut seen: HashSet<String> = HashSet::from_iter(["text/html".to_owned()]);
        let mut noise = Vec::new();
        for (index, word) in line.args().enumerate() {
            let reason = match word.to_ascii_lowercase() {
                kind if COMPRESSED.contains(&kind.as_str()) => Some("compressed already"),
                kind if kind == "text/html" => Some("always compressed; nginx warns about it"),
                kind => (!seen.insert(kind)).then_some("named before; nginx warns about it"),
            };
            noise.extend(reason.map(|reason| (index, word, reason)));
        }
        let Some((first, rest)) = noise.split_first() else { continue };
        let words = enumerate(noise.iter().map(|(_, word, _)| *word), noise.len(), 40);
        let place = line.arg_span(first.0).unwrap_or(line.head());
        let finding = check.report_at(line, place, format!("`gzip_types` gains nothing by {words}"));
        finding.label(first.2).help("take these types out");
        for (index, _, reason) in rest {
            finding.related(line.arg_span(*index).unwrap_or(line.head()), *reason);
        }
        let edits: Option<Vec<Edit>> =
            noise.iter().map(|(index, ..)| Some(Edit::replace(line.removal_of_arg(*index)?, ""))).collect();
        // The directive needs one word at least.
        if let Some(edits) = edits.filter(|edits| edits.len() < line.args().len()) {
            finding.fix("leave them out", Safety::Safe, edits);
        }
    }
}
