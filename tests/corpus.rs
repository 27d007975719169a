//! What the tool says about every deployment of `corpus/`.

use std::path::PathBuf;
use std::process::Command;

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
