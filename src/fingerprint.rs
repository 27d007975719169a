//! The identity of a finding across edits: from its rule, its path and the text around it, never from line numbers.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources, Span};

/// Of a longer line only so many bytes, those nearest to the finding, count.
const LINE_LIMIT: u32 = 4096;

/// One fingerprint per finding, in the order that they are given: `271789c17abda88f:1`, a hash and how often it has come up
/// so far, counted in the order of places. Shown and silenced findings are numbered together.
pub fn fingerprints<'d>(sources: &Sources, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<String> {
    let diagnostics: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let mut order: Vec<usize> = (0..diagnostics.len()).collect();
    // The path is part of the hash, and so the order of files does not matter.
    order.sort_by_key(|index| {
        let found = diagnostics[*index];
        (found.primary.span.start, found.primary.span.end, found.rule, &found.message)
    });
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut fingerprints = vec![String::new(); diagnostics.len()];
    for index in order {
        let hash = hash_of(sources, diagnostics[index]);
        let count = seen.entry(hash).or_default();
        *count += 1;
        fingerprints[index] = format!("{hash:016x}:{count}");
    }
    fingerprints
}

fn hash_of(sources: &Sources, diagnostic: &Diagnostic) -> u64 {
    let Span { source, start, .. } = diagnostic.primary.span;
    let source = sources.get(source);
    let line = source.line_of(start);
    let mut hash = Fnv::new();
    hash.write(diagnostic.rule.as_bytes());
    hash.write(b"\0");
    hash.write(source.display_path().as_bytes());
    for near in line.saturating_sub(1)..=line + 1 {
        hash.write(b"\0");
        if near > 0 {
            hash.write_dense(line_near(source, near, start));
        }
    }
    hash.0
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
