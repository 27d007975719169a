use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety};
use crate::nginx::directives;
use crate::source::Span;
use crate::syntax::{NodeId, Tree};

pub(crate) const RULE: Rule =
    Rule { id: "suspicious-unicode", page: include_str!("../../rules/suspicious-unicode.md"), check };

/// Characters that look like a blank, a quote or nothing at all: what they are, and what was meant.
const CHARACTERS: &[(char, char, &str, &str)] = &[
    ('\u{feff}', '\u{feff}', "a byte order mark", ""),
    ('\u{a0}', '\u{a0}', "a no-break space", " "),
    ('\u{2000}', '\u{200a}', "a typographic space", " "),
    ('\u{200b}', '\u{200b}', "a zero-width space", ""),
    ('\u{2018}', '\u{201b}', "a typographic quote", "'"),
    ('\u{201c}', '\u{201f}', "a typographic quote", "\""),
    ('\u{202a}', '\u{202e}', "a control character for bidirectional text", ""),
    ('\u{202f}', '\u{202f}', "a narrow no-break space", " "),
    ('\u{2060}', '\u{2060}', "a word joiner", ""),
    ('\u{2066}', '\u{2069}', "a control character for bidirectional text", ""),
    ('\u{3000}', '\u{3000}', "an ideographic space", " "),
    ('\u{ff1b}', '\u{ff1b}', "a fullwidth semicolon", ";"),
];

fn check(check: &mut Check<'_>) {
    let config = check.config;
    for source in config.sources() {
        let (tree, text) = (config.library().tree(*source), config.library().sources().get(*source).bytes());
        if text.is_ascii() {
            continue;
        }
        for id in 0..tree.nodes().len() as NodeId {
            for (index, word) in tree.words(id).iter().enumerate().filter(|(_, word)| word.quote.is_none()) {
                let Ok(raw) = std::str::from_utf8(&text[word.start as usize..word.end as usize]) else { continue };
                let Some((at, meaning)) = first_suspicious(raw) else { continue };
                let at = word.start + at as u32;
                let span = Span::new(*source, at, at + meaning.0.len_utf8() as u32);
                let rejects = index == 0 && was_meant_as_name(tree, text, id, raw);
                let finding = check.report_text(span, format!("{} is a letter of this word", meaning.1));
                finding.nginx_rejects = rejects;
                let safety = if rejects { Safety::Safe } else { Safety::Unsafe };
                finding.help("nginx knows blanks, tabs and line ends only, and the quotes \" and '; type it anew").fix(
                    format!("replace {}", meaning.1),
                    safety,
                    edits(*source, word.start, raw),
                );
            }
        }
    }
}

/// Is such a character in a name that nginx would know without it?
pub(super) fn is_in_name(name: &str) -> bool {
    let mut parts = name.split(|c| meaning(c).is_some()).filter(|part| !part.is_empty());
    parts.next().is_some_and(|part| part != name && directives::is_known(part))
}

/// The first such character: its place, itself, what it is.
fn first_suspicious(word: &str) -> Option<(usize, (char, &'static str))> {
    word.char_indices().find_map(|(at, found)| meaning(found).map(|(what, _)| (at, (found, what))))
}

fn meaning(found: char) -> Option<(&'static str, &'static str)> {
    let known = CHARACTERS.iter().find(|(from, to, _, _)| (*from..=*to).contains(&found));
    known.map(|(_, _, what, meant)| (*what, *meant))
}

/// Would nginx look this word up as a directive, and know it but for the character? Entries of maps are not looked up.
fn was_meant_as_name(tree: &Tree, text: &[u8], id: NodeId, word: &str) -> bool {
    let tables = ["map", "geo", "types", "split_clients", "charset_map"];
    let in_table =
        tree.node(id).parent.and_then(|parent| tree.value(text, parent, 0)).is_some_and(|name| tables.contains(&name));
    let mut parts = word.split(|c| meaning(c).is_some()).filter(|part| !part.is_empty());
    !in_table && parts.next().is_some_and(directives::is_known)
}

fn edits(source: crate::source::SourceId, start: u32, word: &str) -> Vec<Edit> {
    let replace = |(at, found): (usize, char)| {
        let at = start + at as u32;
        meaning(found).map(|(_, meant)| Edit::replace(Span::new(source, at, at + found.len_utf8() as u32), meant))
    };
    word.char_indices().filter_map(replace).collect()
}
