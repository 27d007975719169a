//! What the tool says about every deployment of `corpus/`, and about the case files beside the project where they are there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::command;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(corpus()).expect("corpus/ is there");
    let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn check(folder: &str, more: &[&str]) -> (String, Option<i32>) {
    let mut command: Command = command();
    command.current_dir(corpus()).args(["check", "--format", "compact"]).args(more).arg(folder);
    let output = command.output().expect("the program runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

#[test]
fn findings_of_every_deployment() {
    for folder in folders() {
        let (found, _) = check(&folder, &["--pedantic"]);
        insta::with_settings!({ snapshot_path => "snapshots/corpus", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(folder, found);
        });
    }
}

#[test]
fn clean_deployments_are_clean() {
    for folder in folders().iter().filter(|folder| folder.starts_with("clean-")) {
        assert_eq!(check(folder, &["--fail-on", "info"]), (String::new(), Some(0)), "{folder}");
    }
}

/// A folder that lies beside the project on the authors' machines; its files are not ours to ship.
fn beside(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !found.exists() {
        let _ = writeln!(std::io::stderr(), "skipped: {path} is not beside the project");
        return None;
    }
    Some(found)
}

fn write_case(case: &Value, folder: &Path) {
    for (name, text) in case["files"].as_object().expect("files") {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        let Some(text) = text.as_str() else { continue };
        std::fs::write(path, text).expect("a file can be written");
    }
}

/// The lines of the findings that nginx would stop at.
fn rejected_lines(folder: &Path) -> Vec<u64> {
    let output =
        command().current_dir(folder).args(["check", "--format", "json", "nginx.conf"]).output().expect("runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let findings = document["diagnostics"].as_array().expect("an array").iter();
    findings.filter(|d| d["nginx_rejects"] == true).filter_map(|d| d["start"]["line"].as_u64()).collect()
}

#[test]
fn recorded_verdicts_of_nginx_on_small_texts() {
    let Some(cases) = beside("nginx/syntax-cases.jsonl") else { return };
    let text = std::fs::read_to_string(cases).expect("the cases can be read");
    let mut wrong = Vec::new();
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case")) {
        if case["files"].as_object().is_some_and(|files| files.values().any(|text| !text.is_string())) {
            continue;
        }
        let mut verdicts =
            case["expect"].as_object().expect("verdicts").values().filter(|verdict| verdict["ok"].is_boolean());
        // The texts are judged as texts here: what nginx knows of directives is the matter of other rules.
        let is_lexical = |class: &str| class.starts_with("lex.") || class == "lua.block";
        let Some(verdict) = verdicts.next_back() else { continue };
        let accepted = verdict["ok"] == true;
        if !accepted && !verdict["error_class"].as_str().is_some_and(is_lexical) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_case(&case, folder.path());
        let lines = rejected_lines(folder.path());
        let right = if accepted {
            lines.is_empty()
        } else {
            verdict["line"].as_u64().is_some_and(|line| lines.contains(&line))
        };
        if !right {
            wrong.push(format!("{}: {lines:?} for {verdict}", case["id"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
