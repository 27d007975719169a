//! The identity of a finding across edits: from its rule, its path and the text around it, never from line numbers.

use foldhash::HashMap;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, SourceId, Sources, Span};

/// Of a longer line only so many bytes, those nearest to the finding, count.
const LINE_LIMIT: u32 = 4096;
/// The line above and the one below are looked for among so many.
const NEIGHBOUR_LIMIT: u32 = 64;

/// One fingerprint per finding, in the order that they are given: `271789c17abda88f:1`, a hash and how often it has come up
/// so far, counted in the order of places. Shown and silenced findings are numbered together.
pub fn fingerprints<'d>(sources: &Sources, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<String> {
    fingerprints_with_paths(sources, diagnostics, &|source| sources.get(source).display_path())
}

/// As [`fingerprints`], where files go by other names than in the run.
pub fn fingerprints_with_paths<'d>(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    path_of: &dyn Fn(SourceId) -> String,
) -> Vec<String> {
    let diagnostics: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let mut order: Vec<usize> = (0..diagnostics.len()).collect();
    // The path is part of the hash, and so the order of files does not matter.
    order.sort_by_key(|index| {
        let found = diagnostics[*index];
        (found.primary.span.start, found.primary.span.end, found.rule, &found.message)
    });
    let mut paths: HashMap<SourceId, String> = HashMap::default();
    let mut seen: HashMap<u64, u32> = HashMap::default();
    let mut fingerprints = vec![String::new(); diagnostics.len()];
    for index in order {
        let source = diagnostics[index].primary.span.source;
        let path = paths.entry(source).or_insert_with(|| path_of(source));
        let hash = hash_of(sources, diagnostics[index], path);
        let count = seen.entry(hash).or_default();
        *count += 1;
        fingerprints[index] = format!("{hash:016x}:{count}");
    }
    fingerprints
}

fn hash_of(sources: &Sources, diagnostic: &Diagnostic, path: &str) -> u64 {
    let Span { source, start, .. } = diagnostic.primary.span;
    let source = sources.get(source);
    let line = source.line_of(start);
    let mut hash = Fnv::new();
    hash.write(diagnostic.rule.as_bytes());
    hash.write(b"\0");
    hash.write(path.as_bytes());
    let above = (1..line).rev().take(NEIGHBOUR_LIMIT as usize);
    let below = line + 1..source.line_count().min(line + NEIGHBOUR_LIMIT) + 1;
    let is_content = |near: &u32| !is_empty_or_comment(source, *near);
    for near in [above.into_iter().find(is_content), Some(line), below.into_iter().find(is_content)] {
        hash.write(b"\0");
        if let Some(near) = near {
            hash.write_dense(line_near(source, near, start));
        }
    }
    hash.0
}

/// Comments come and go without anything else being changed.
fn is_empty_or_comment(source: &Source, line: u32) -> bool {
    let (start, end) = source.line_range(line);
    let mut content = source.slice(start, end).iter().filter(|byte| !byte.is_ascii_whitespace());
    content.next().is_none_or(|first| *first == b'#')
}

fn line_near(source: &Source, line: u32, offset: u32) -> &[u8] {
    let (start, end) = source.line_range(line);
    let from = offset.saturating_sub(LINE_LIMIT / 2).min(end.saturating_sub(LINE_LIMIT)).max(start);
    source.slice(from, end.min(from.saturating_add(LINE_LIMIT)))
}

/// FNV-1a, 64 bits: short, and the same in every version of Rust.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_byte(*byte));
    }

    fn write_dense(&mut self, bytes: &[u8]) {
        bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| self.write_byte(*byte));
    }

    fn write_byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::Sample;

    fn of(text: &str, needles: &[&str]) -> Vec<String> {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", text);
        for needle in needles {
            sample.finding("some-rule", file, needle, "message");
        }
        fingerprints(&sample.sources, &sample.diagnostics)
    }

    #[test]
    fn fnv_has_its_published_values() {
        let hash = |bytes: &[u8]| {
            let mut fnv = Fnv::new();
            fnv.write(bytes);
            fnv.0
        };
        assert_eq!(hash(b""), 0xcbf29ce484222325);
        assert_eq!(hash(b"a"), 0xaf63dc4c8601ec8c);
        assert_eq!(hash(b"foobar"), 0x85944171f73967e8);
    }

    #[test]
    fn moving_and_indenting_keep_it_and_a_changed_line_does_not() {
        let before = of("a;\nfoo bar;\nb;\n", &["foo"]);
        assert_eq!(before, of("x;\ny;\n  a;\n\tfoo  bar;\r\n b;\n", &["foo"]));
        assert_ne!(before, of("a;\nfoo baz;\nb;\n", &["foo"]));
    }

    #[test]
    fn empty_lines_and_comments_around_keep_it() {
        let before = of("a;\nfoo bar;\nb;\n", &["foo"]);
        assert_eq!(before, of("a;\n\n# why\nfoo bar;\n  # and\n\nb;\nc;\n", &["foo"]));
        assert_ne!(before, of("x;\nfoo bar;\nb;\n", &["foo"]));
        assert_ne!(before, of("a;\nfoo bar;\nx;\n", &["foo"]));
    }

    #[test]
    fn repeats_are_counted() {
        let found = of("foo bar;", &["foo", "bar"]);
        let (hash, _) = found[0].split_once(':').unwrap();
        assert_eq!(found, [format!("{hash}:1"), format!("{hash}:2")]);
        assert_eq!(hash.len(), 16);
    }

    #[test]
    fn repeats_are_counted_in_the_order_of_the_text() {
        let (forth, mut back) = (of("foo bar;", &["foo", "bar"]), of("foo bar;", &["bar", "foo"]));
        back.reverse();
        assert_eq!(forth, back);
    }

    #[test]
    fn of_a_huge_line_only_the_neighbourhood_counts() {
        let text = |tail: &str| format!("{}needle{}{tail}", "x".repeat(9000), "y".repeat(9000));
        assert_eq!(of(&text("1"), &["needle"]), of(&text("2"), &["needle"]));
    }
}
