use super::tests::PLAIN;
use super::*;
use crate::output::testing::Sample;
use proptest::prelude::*;

/// Many findings far down in a large file; looking through the file for each would take minutes.
#[test]
fn cost_does_not_grow_with_the_file() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "listen 80;\n".repeat(1_000_000));
    let end = sample.sources.get(file).bytes().len() as u32;
    for n in 0..2_000 {
        sample.finding_at("some-rule", Span::new(file, end - 11 * (n + 1), end - 11 * n - 1), "m");
    }
    let start = std::time::Instant::now();
    render(&sample.report(), &PLAIN);
    assert!(start.elapsed().as_secs() < 10, "took {:?}", start.elapsed());
}

#[test]
fn a_label_far_to_the_right_does_not_upset_miette() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", format!("{}needle{}", "x\t".repeat(100_000), "y".repeat(100_000)));
    sample.finding("some-rule", file, "needle", "m");
    let shown = render(&sample.report(), &PLAIN);
    assert!(shown.contains("needle") && shown.contains("a.conf:1:200001") && shown.len() < 800, "{shown}");
}

fn spans() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0..400u32, 0..60u32), 1..9)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "[ a-z;{}\\n]{0,40}".prop_map(String::into_bytes),
        1 => Just(b"\r\n".to_vec()),
        1 => Just(vec![b'x'; 200]),
        1 => any::<String>().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..30),
        1 => Just("\t\u{9b}\u{202e}\u{200b}\x7f\x1b日本\n".as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_and_spans_can_be_shown(
        texts in (bytes(), bytes()),
        spans in spans(),
        message in any::<String>(),
        path in any::<String>(),
        (color, unicode, width) in (any::<bool>(), any::<bool>(), 0..300usize),
    ) {
        let mut sample = Sample::new();
        let files = [sample.file(&path, texts.0), sample.file("b.conf", texts.1)];
        let mut spans = spans.into_iter().map(|(start, length)| Span::new(files[start as usize % 2], start, start + length));
        let found = sample.finding_at("some-rule", spans.next().unwrap(), &message);
        found.help(message.clone()).label(message.clone()).fix(message.clone(), Safety::Safe, Vec::new());
        for span in spans {
            found.related(span, message.clone()).include_chain.push(span);
        }
        sample.notes.push(message.clone());
        sample.errors.push(RunError { kind: "io", path, message });
        let shown = render(&sample.report(), &Style { color, links: false, unicode, width });
        let is_fine = |c: char| c == '\n' || (color && c == '\x1b') || sanitize::replacement(c).is_none();
        prop_assert!(shown.chars().all(is_fine), "{shown:?}");
        let plain = render(&sample.report(), &Style { color: false, links: false, unicode, width });
        prop_assert_eq!(without_colours(&shown), plain);
        let compact = crate::output::compact::render(&sample.report());
        prop_assert!(compact.ends_with('\n') && compact.chars().filter(|c| c.is_control()).count() == 1);
        crate::output::json::render(&sample.report());
        let page = crate::output::html::render(&sample.report());
        prop_assert!(page.chars().all(|c| c == '\n' || sanitize::replacement(c).is_none()));
        prop_assert_eq!(page.matches("<script").count(), 1);
    }
}

/// The text without `ESC [ … m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}
