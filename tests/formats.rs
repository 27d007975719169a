//! The formats of pipelines, from the built program.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{folder, json, run, stderr, stdout};
use crate::support::command;

const FORMATS: &[&str] = &["json", "sarif", "gitlab", "rdjson", "checkstyle", "junit", "github", "compact"];
/// A server with one warning that can be mended, and one that nginx refuses.
const WARNING: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";
const BROKEN: &str = "server {\n    listen 80\n}\n";

/// Reads a document of one of the formats, so that it is known to be one.
fn assert_document(format: &str, text: &str) {
    match format {
        "github" | "compact" => {}
        "checkstyle" | "junit" => drop(roxmltree::Document::parse(text).expect("a document")),
        _ => drop(serde_json::from_str::<Value>(text).expect("a document")),
    }
}

#[test]
fn every_format_is_one_document_in_every_case() {
    let place = folder(&[("bad.conf", WARNING), ("broken.conf", BROKEN), ("clean.conf", "server { listen 80; }\n")]);
    let cases =
        [vec!["bad.conf", "broken.conf"], vec!["clean.conf"], vec!["missing.conf"], vec!["bad.conf", "missing.conf"]];
    for format in FORMATS {
        for paths in &cases {
            let output = run(place.path(), &[&["check", "--format", format][..], paths].concat());
            assert_document(format, &stdout(&output));
            let is_told = stdout(&output).contains("missing.conf") || stderr(&output).contains("missing.conf");
            assert_eq!(is_told, paths.contains(&"missing.conf"), "{format} {paths:?}");
        }
    }
}

#[test]
fn several_formats_come_from_one_run() {
    let place = folder(&[("bad.conf", WARNING)]);
    let mut arguments = vec!["check".to_owned(), "bad.conf".to_owned(), "--format=compact".to_owned()];
    arguments.extend(FORMATS.iter().map(|format| format!("--format={format}=out.{format}")));
    let output = run(place.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    for format in FORMATS {
        let text = fs::read_to_string(place.path().join(format!("out.{format}"))).expect("the file is written");
        assert_document(format, &text);
        assert!(text.contains("alias-traversal"), "{format}");
    }
}

#[test]
fn a_line_end_in_a_file_name_gives_no_command() {
    let place = folder(&[("a\n::error::x.conf", WARNING)]);
    let output = run(place.path(), &["check", "--format", "github", "."]);
    let text = stdout(&output);
    assert!(!text.is_empty() && text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("::error::")), "{text}");
    assert!(text.contains("file=a%0A%3A%3Aerror%3A%3Ax.conf,line=3,"), "{text}");
}

#[test]
fn the_summary_of_a_job_gets_the_findings_and_keeps_what_it_has() {
    let place = folder(&[("bad.conf", WARNING), ("summary.md", "before\n")]);
    let github = |file: &Path| {
        let mut command = command();
        command.current_dir(place.path()).args(["check", "bad.conf", "--format", "github"]);
        command.env("GITHUB_STEP_SUMMARY", file).output().expect("the program runs")
    };
    assert_eq!(github(&place.path().join("summary.md")).status.code(), Some(1));
    let summary = fs::read_to_string(place.path().join("summary.md")).expect("the summary");
    assert!(summary.starts_with("before\n### nginspect\n") && summary.contains("| bad.conf:3:"), "{summary}");
    let output = github(&place.path().join("nowhere/summary.md"));
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("the summary could not be written"), "{}", stderr(&output));
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let log = json(&run(&corpus, &["check", "--pedantic", "--format", "sarif", "."]));
    let run = &log["runs"][0];
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().chars().count();
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        let is_security = rule["properties"]["tags"].as_array().is_some_and(|tags| tags.contains(&"security".into()));
        assert!((1..=1024).contains(&text(&rule["shortDescription"])), "{rule}");
        assert!((1..=1024).contains(&text(&rule["fullDescription"])), "{rule}");
        assert!(
            text(&rule["help"]) > 0 && rule["help"]["markdown"].is_string() && rule["helpUri"].is_string(),
            "{rule}"
        );
        assert_eq!(rule["properties"]["security-severity"].is_string(), is_security, "{rule}");
    }
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 20 && rules.len() > 10, "{} results, {} rules", results.len(), rules.len());
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("a place in the rules") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("an address");
        assert!(corpus.join(uri).is_file(), "{uri}");
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][key].as_u64().is_some_and(|number| number > 0), "{result}");
        }
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string(), "{result}");
    }
}

#[test]
fn what_could_not_be_read_is_said_where_somebody_sees_it() {
    let place = folder(&[]);
    let complains = |arguments: &[&str]| {
        let output = run(place.path(), &[&["check", "missing.conf"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(3));
        stderr(&output).contains("missing.conf")
    };
    assert!(complains(&["--format", "sarif=out.sarif"]));
    assert!(complains(&["--format", "gitlab"]));
    assert!(!complains(&["--format", "sarif"]));
    assert!(!complains(&["--format", "sarif=out.sarif", "--format", "github"]));
}
