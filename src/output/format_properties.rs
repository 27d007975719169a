//! What holds for the formats of pipelines, whatever names and texts have in them.

use proptest::prelude::*;
use serde_json::Value;

use super::testing::Sample;
use super::*;
use crate::diagnostic::{Edit, Safety};
use crate::source::Span;

/// Words that mean something to a runner, a terminal or a reader of XML, JSON or Markdown, among any others.
fn text() -> impl Strategy<Value = String> {
    let marks = [
        "\n",
        "\r",
        "\u{1b}[31m",
        "\u{9b}",
        "\0",
        "::error::",
        "::",
        "##[error]",
        "##vso[x]",
        "%0A",
        "%",
        " ",
        ",",
        "]]>",
        "<!--",
        "&",
        "\"",
        "'",
        "|",
        "`",
        "\\",
        "\u{202e}",
        "\u{2003}",
        "\u{ffff}",
        "./",
        "/",
        "\u{1f600}",
    ];
    let piece = prop_oneof![3 => prop::sample::select(marks.to_vec()).prop_map(String::from), 1 => any::<String>()];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn severities() -> impl Strategy<Value = Vec<(usize, u32, u32)>> {
    prop::collection::vec((0..3usize, 0..60u32, 0..20u32), 0..40)
}

fn sample(paths: [&str; 2], words: &str, places: &[(usize, u32, u32)], errors: usize) -> Sample {
    let mut sample = Sample::new();
    let files = paths.map(|path| sample.file(path, format!("{words}\nserver {{\n}}\n")));
    for (severity, start, length) in places {
        let span = Span::new(files[*severity % 2], *start, start + length);
        let found = sample.finding_at("some-rule", span, words).severity(Severity::ALL[*severity]);
        found.help(words.to_owned()).label(words.to_owned()).related(span, words.to_owned()).include_chain.push(span);
        found.fix(words.to_owned(), Safety::Safe, vec![Edit::insert(span, words)]);
    }
    if let Some(found) = sample.diagnostics.first().cloned() {
        sample.silenced.push(Silenced { diagnostic: found, by: Silencer::Comment(words.to_owned()) });
    }
    let error = RunError { kind: "io", path: paths[0].to_owned(), message: words.to_owned() };
    sample.errors.extend(std::iter::repeat_n(error, errors));
    sample.notes.push(words.to_owned());
    sample
}

/// What the runner of GitHub Actions takes for a command, old and new.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::") || (line.contains("##[") && line.contains(']'))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn logs_have_no_command_and_no_control_character_of_others(
        paths in (text(), text()), words in text(), places in severities(), errors in 0..3usize,
    ) {
        let sample = sample([&paths.0, &paths.1], &words, &places, errors);
        let report = sample.report();
        let (compact, github) = (compact::render(&report), github::render(&report));
        let markdown = step_summary::render(&report);
        for text in [&compact, &github, &markdown] {
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
        prop_assert!(!compact.lines().any(is_command), "{compact}");
        prop_assert_eq!(compact.lines().count(), places.len());
        let (commands, others): (Vec<&str>, Vec<&str>) = github.lines().partition(|line| line.starts_with("::"));
        prop_assert!(!others.iter().any(|line| is_command(line)), "{github}");
        for command in &commands {
            let rest = ["::error ", "::warning ", "::notice "].iter().find_map(|start| command.strip_prefix(start));
            let properties = rest.and_then(|rest| rest.split_once("::")).map(|(properties, _)| properties);
            let is_ours = |pair: &str| ["file=", "line=", "col=", "endLine=", "endColumn=", "title="].iter().any(|key| pair.starts_with(key));
            prop_assert!(properties.is_some_and(|properties| properties.split(',').all(is_ours)), "{command}");
        }
        let notice = usize::from(github.contains("::notice title=nginspect::"));
        prop_assert_eq!(commands.len() + others.len(), places.len() + errors + notice);
        prop_assert_eq!(markdown.lines().filter(|line| line.starts_with("| ")).count(), places.len() + usize::from(!places.is_empty()));
    }

    #[test]
    fn documents_can_be_read_by_machines(
        paths in (text(), text()), words in text(), places in severities(), errors in 0..3usize,
    ) {
        let sample = sample([&paths.0, &paths.1], &words, &places, errors);
        let report = sample.report();
        for text in [json::render(&report), sarif::render(&report), gitlab::render(&report), rdjson::render(&report)] {
            let document: Result<Value, _> = serde_json::from_str(&text);
            prop_assert!(document.is_ok() && text.lines().count() == 1, "{text}");
        }
        for text in [checkstyle::render(&report), junit::render(&report)] {
            let document = roxmltree::Document::parse(&text);
            prop_assert!(document.is_ok(), "{document:?}: {text}");
            let document = document.unwrap();
            let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
            match document.root_element().tag_name().name() {
                "checkstyle" => prop_assert_eq!(count("error"), places.len()),
                _ => prop_assert_eq!(count("testcase"), (places.len() + errors).max(1)),
            }
        }
    }

    #[test]
    fn addresses_are_ascii_without_spaces(path in text()) {
        let sample = sample([&path, "b"], "x", &[(0, 0, 1)], 0);
        let document: Value = serde_json::from_str(&sarif::render(&sample.report())).unwrap();
        let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = place["uri"].as_str().unwrap();
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%:".contains(&byte)), "{uri}");
        prop_assert!(uri.starts_with("file:///") || !uri.contains(':'), "{uri}");
    }
}
