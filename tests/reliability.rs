//! What a hostile or broken machine does to the program: every case ends, says what happened, and never passes silently.
//!
//! The numbers are those of a list of cases in which other linters hang, crash, or stay silent.
#![cfg(unix)]

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{folder, json, stderr, stdout};
use crate::support::command;

const WARNING: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";
pub(crate) const CLEAN: &str = "server {\n    listen 80;\n    root /srv/s;\n}\n";

/// A run that takes longer hangs; the machine may be slow and busy.
const PATIENCE: Duration = Duration::from_secs(240);

/// Runs a command to its end, or kills it when patience is over; then there is no exit code.
pub(crate) fn bounded(command: Command) -> Output {
    assert_cmd::Command::from_std(command).timeout(PATIENCE).output().expect("the program ends in time")
}

pub(crate) fn check(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command();
    command.current_dir(folder).arg("check").args(arguments);
    bounded(command)
}

pub(crate) fn rules_of(document: &Value) -> Vec<&str> {
    let findings = document["diagnostics"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["rule"].as_str()).collect()
}

/// Every format that the program has; it names them when it is asked for one that it has not.
fn formats() -> Vec<String> {
    let output = check(Path::new("."), &["--format", "none-of-these", "."]);
    let text = stderr(&output);
    let (_, names) = text.split_once("use one of ").expect("a list of formats");
    let names = names.split(['\n', ';']).next().unwrap_or_default();
    let names: Vec<String> = names.split(", ").map(|name| name.trim().to_owned()).collect();
    assert!(names.len() >= 4, "{names:?}");
    names
}

#[test]
fn r5_blocks_in_blocks_in_blocks() {
    let closed = |head: &str, levels: usize| format!("{}{}", head.repeat(levels), "}".repeat(levels));
    let named = format!("events {{}}\nhttp {{ server {{ {} }} }}\n", closed("location /a {", 20_000));
    let place = folder(&[
        ("named.conf", &named),
        ("million.conf", &closed("a{", 1_000_000)),
        ("open.conf", &"a{".repeat(1_000_000)),
        ("include.conf", &format!("{}include more.inc;{}", "location /a {".repeat(60), "}".repeat(60))),
        ("more.inc", &closed("location /a {", 60)),
    ]);
    for name in ["named.conf", "million.conf", "open.conf", "include.conf"] {
        let output = check(place.path(), &["--format", "json", "--context", "http,server", name]);
        let document = json(&output);
        let deep = rules_of(&document).iter().filter(|rule| **rule == "nesting-too-deep").count();
        assert_eq!((output.status.code(), deep), (Some(1), 1), "{name}: {}", stdout(&output));
    }
}

#[test]
fn r7_what_is_missing_is_named() {
    let place = folder(&[("site.conf", CLEAN)]);
    for format in formats() {
        let output = check(place.path(), &["--format", &format, "site.conf", "gone.conf"]);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(3), "{format}");
        assert!(said.contains("gone.conf") && said.contains("no such file"), "{format}: {said}");
    }
}

#[test]
fn r9_a_byte_order_mark_is_an_error_with_a_safe_fix() {
    let text = format!("\u{feff}{CLEAN}");
    let place = folder(&[("bom.conf", &text), ("main.conf", "\u{feff}events {}\nhttp {}\n")]);
    for name in ["bom.conf", "main.conf"] {
        let output = check(place.path(), &["--format", "json", name]);
        let document = json(&output);
        assert_eq!((output.status.code(), rules_of(&document)), (Some(1), vec!["suspicious-unicode"]), "{document}");
        let fix = &document["diagnostics"][0]["fixes"][0];
        let edit = &fix["edits"][0];
        assert_eq!((&fix["applicability"], &edit["content"]), (&"safe".into(), &"".into()));
        assert_eq!((&edit["start"]["offset"], &edit["end"]["offset"]), (&0.into(), &3.into()));
    }
}

/// Is this a character that would steer a terminal, or hide or reorder text?
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Configurations with characters in every place that nobody should send to a terminal.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\0",
        "\u{1b}[2J",
        "\u{1b}]8;;x\u{7}",
        "\u{9b}31m",
        "\u{7f}",
        "\u{8}",
        "\r",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "::error::x",
        "%0A",
        "a",
        "/",
        " ",
        ";",
        "\"",
        "<b>",
        "]]>",
        "&",
    ]);
    let word = prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat());
    let line = prop_oneof![
        word.clone().prop_map(|word| format!("location /{word} {{ alias /srv/; }}\n")),
        word.clone().prop_map(|word| format!("{word} on;\n")),
        word.clone().prop_map(|word| format!("add_header {word} \"{word}\n")),
        word.clone().prop_map(|word| format!("include {word};\n")),
        word.prop_map(|word| format!("set ${word} 1; # {word}\n")),
    ];
    prop::collection::vec(line, 1..8).prop_map(|lines| format!("server {{ listen 80; {} }}\n", lines.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn r10_no_output_steers_a_terminal(texts in prop::collection::vec(hostile(), 12..13)) {
        let named: Vec<(String, &String)> =
            texts.iter().enumerate().map(|(n, text)| (format!("conf.d/{n}\u{1b}[31m\u{202e}.conf"), text)).collect();
        let files: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let place = folder(&files);
        for format in formats() {
            let output = check(place.path(), &["--pedantic", "--color", "never", "--format", &format, "."]);
            let text = stdout(&output);
            let is_for_people = ["human", "compact", "github"].contains(&format.as_str());
            // Formats for programs may have any character that their grammar allows.
            let is_bad = |c: &char| if is_for_people { steers(*c) } else { *c < ' ' && !matches!(c, '\n' | '\t') };
            prop_assert!(output.status.code() == Some(1) && !text.is_empty(), "{format}: {:?}: {text}{}", output.status, stderr(&output));
            prop_assert_eq!(text.chars().find(is_bad), None, "{}", format);
            prop_assert_eq!(stderr(&output).chars().find(|c| steers(*c)), None, "{}", format);
        }
    }
}

#[test]
fn r11_a_file_name_brings_no_line_of_its_own() {
    let place = folder(&[("a\n::error::injected.conf", WARNING), ("b\r\n::error::injected.conf", "server {")]);
    for format in formats() {
        let output = check(place.path(), &["--color", "never", "--format", &format, "."]);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.lines().any(|line| line.trim_start().starts_with("::error::inj")), "{format}: {said}");
        assert!(!said.contains('\r'), "{format}: {said}");
    }
    let output = check(place.path(), &["--format", "compact", "gone\n::error::injected.conf"]);
    assert!(!stderr(&output).contains("\n::error"), "{}", stderr(&output));
}

#[test]
fn r12_includes_that_come_back_to_themselves() {
    let place = folder(&[
        ("self.conf", "events {}\ninclude self.conf;\n"),
        ("glob/glob.conf", "events {}\ninclude *.conf;\n"),
        ("mutual.conf", "events {}\ninclude a.inc;\n"),
        ("a.inc", "include b.inc;\n"),
        ("b.inc", "include a.inc;\n"),
        ("link.conf", "events {}\ninclude linked.inc;\n"),
    ]);
    symlink("link.conf", place.path().join("linked.inc")).expect("a link");
    for (name, chain, files) in
        [("self.conf", 0, 1), ("glob/glob.conf", 0, 1), ("mutual.conf", 2, 3), ("link.conf", 0, 1)]
    {
        let output = check(place.path(), &["--format", "json", name]);
        let document = json(&output);
        assert_eq!(rules_of(&document), ["include-cycle"], "{name}");
        assert_eq!(document["diagnostics"][0]["include_chain"].as_array().map(Vec::len), Some(chain), "{name}");
        assert_eq!(document["summary"]["files"], files, "each file is read once: {name}");
    }
}

#[test]
fn r12_two_to_the_power_of_24_includes() {
    let level = |n: usize| format!("include {0}.inc;\ninclude {0}.inc;\n", n + 1);
    let files: Vec<(String, String)> = (0..24).map(|n| (format!("{n}.inc"), level(n))).collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.extend([("24.inc", "env A;\n"), ("nginx.conf", "events {}\ninclude 0.inc;\n")]);
    let place = folder(&files);
    let output = check(place.path(), &["--format", "json", "nginx.conf"]);
    let document = json(&output);
    assert!(rules_of(&document).contains(&"include-not-followed"), "{document}");
    assert_eq!(document["summary"]["files"], 26);
}

#[test]
fn r14_a_line_of_ten_mebibytes() {
    let gap = " ".repeat(10 << 20);
    let line =
        format!("server {{ listen 80; location /s {{ alias /srv/s/; }} {gap} location /t {{ alias /srv/t/; }} }}");
    let word = format!("server {{ listen 80; return 200 {}; }}", "x".repeat(10 << 20));
    let place = folder(&[("line.conf", &line), ("word.conf", &word)]);
    for (name, findings) in [("line.conf", 2), ("word.conf", 1)] {
        for format in ["human", "compact"] {
            let output = check(place.path(), &["--color", "never", "--format", format, name]);
            assert_eq!(output.status.code(), Some(1), "{name}: {}", stderr(&output));
            assert!(output.stdout.len() < findings * 1024, "{name}: {}", output.stdout.len());
        }
        let document = json(&check(place.path(), &["--format", "json", name]));
        assert_eq!(rules_of(&document).len(), findings, "{name}");
    }
    let columns = stdout(&check(place.path(), &["--format", "compact", "line.conf"]));
    assert!(columns.lines().nth(1).is_some_and(|line| line.starts_with("line.conf:1:10485")), "{columns}");
}

#[test]
fn r16_a_reader_that_went_away_is_no_failure() {
    let place = folder(&[("site.conf", WARNING)]);
    for arguments in [&["check", "site.conf"][..], &["check", "--format", "json", "site.conf"], &["rules"], &["--help"]]
    {
        let mut command = command();
        command.current_dir(place.path()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("standard error").read_to_string(&mut said).expect("text");
        let code = child.wait().expect("the program ends").code();
        assert_eq!((code, said.as_str()), (Some(i32::from(arguments[0] == "check")), ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn r16_a_full_disk_is_a_failure() {
    let place = folder(&[("site.conf", CLEAN)]);
    let cases: [&[&str]; 6] = [
        &["check", "site.conf"],
        &["check", "--format", "json", "site.conf"],
        &["check", "--format", "json=/dev/full", "site.conf"],
        &["rules"],
        &["explain", "hsts-missing"],
        &["--help"],
    ];
    for arguments in cases {
        let mut command = command();
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        command.current_dir(place.path()).args(arguments).stdout(full).stderr(Stdio::piped());
        let output = command.spawn().and_then(|child| child.wait_with_output()).expect("the program ends");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(stderr(&output).contains("could not be written"), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn r17_always_one_document() {
    let place = folder(&[("a.conf", WARNING), ("b.conf", "server {"), ("c.conf", CLEAN), ("d.conf", "")]);
    for paths in
        [&["a.conf", "b.conf", "c.conf", "gone.conf"][..], &["."], &["gone.conf"], &["d.conf"], &["c.conf", "c.conf"]]
    {
        let output = check(place.path(), &[&["--format", "json"], paths].concat());
        let document = json(&output);
        assert!(document["diagnostics"].is_array() && document["errors"].is_array(), "{paths:?}");
        assert_eq!(
            document["errors"].as_array().map(Vec::len),
            Some(usize::from(paths.contains(&"gone.conf"))),
            "{paths:?}"
        );
    }
}

#[test]
fn r18_the_number_of_threads_changes_no_byte() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for format in ["human", "json"] {
        let run =
            |jobs: &str| check(&corpus, &["--pedantic", "--color", "never", "--format", format, "--jobs", jobs, "."]);
        let one = run("1");
        assert!(one.stdout.len() > 10_000, "{}", stderr(&one));
        for jobs in ["2", "16"] {
            assert!(one.stdout == run(jobs).stdout, "{format} with {jobs} threads");
        }
        let mut command = command();
        command.current_dir(&corpus).args(["check", "--pedantic", "--color", "never", "--format", format, "."]);
        command.env("RAYON_NUM_THREADS", "3");
        assert!(one.stdout == bounded(command).stdout, "{format} with RAYON_NUM_THREADS");
    }
}

#[test]
fn a_name_that_no_file_can_have_is_the_name_of_none() {
    let text = format!("events {{}}\ninclude a\0b;\ninclude {};\n", "n".repeat(3_000));
    let place = folder(&[("nginx.conf", &text)]);
    let output = check(place.path(), &["--format", "json", "nginx.conf"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(rules_of(&json(&output)), ["include-not-found"; 2]);
}
