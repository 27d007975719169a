//! Sentences for the summary: how files were read, and what was not.

use std::collections::BTreeMap;

use foldhash::HashSet;

use crate::config::entry::FoundEntry;
use crate::config::{Library, Outer};
use crate::source::SourceId;
use crate::template::Language;

/// How many files were read as templates of which language.
pub(super) fn templates(sources: &HashSet<SourceId>, library: &Library) -> Vec<String> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for language in sources.iter().filter_map(|source| library.language(*source)) {
        *counts.entry(language).or_default() += 1;
    }
    let note = |(language, count): (Language, usize)| match (language.name(), count) {
        (name @ "ERB", 1) => format!("1 file was read as an {name} template"),
        (name, 1) => format!("1 file was read as a {name} template"),
        (name, count) => format!("{count} files were read as {name} templates"),
    };
    counts.into_iter().map(note).collect()
}

/// How many includes were not followed.
pub(super) fn lost_includes(count: usize) -> Option<String> {
    let note = |what| format!("{what} not followed; what depends on it is not judged (--pedantic tells more)");
    match count {
        0 => None,
        1 => Some(note("1 include was".to_owned())),
        lost => Some(note(format!("{lost} includes were"))),
    }
}

/// "… were read as parts: 3 of http": which guesses were made about fragments.
pub(super) fn fragments(entries: &[FoundEntry]) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for found in entries.iter().filter(|found| found.entry.outer != Outer::Nothing) {
        let place = found.entry.context.map_or("an unknown block", |context| context.name());
        *counts.entry(place.to_owned()).or_default() += found.entry.paths.len();
    }
    let parts: Vec<String> = counts.iter().map(|(place, count)| format!("{count} of {place}")).collect();
    (!parts.is_empty()).then(|| format!("files that no main file includes were read as parts: {}", parts.join(", ")))
}
