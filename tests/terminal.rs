//! The built program on a pseudo-terminal, which `script` gives it: colours and links.

use std::fs;
use std::process::Command;

use crate::cli::{folder, run, stdout};
use crate::support::command;

const WARNING: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";

/// What `nginspect check bad.conf` prints on a terminal with these variables; none where there is no `script`.
fn on_a_terminal(variables: &str, options: &str) -> Option<String> {
    let place = folder(&[("bad.conf", WARNING)]);
    let program = command().get_program().to_string_lossy().into_owned();
    let mut script = Command::new("script");
    script.current_dir(place.path()).args(["-qec", &format!("'{program}' check bad.conf {options}"), "log"]);
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "GITHUB_ACTIONS"] {
        script.env_remove(name);
    }
    script.env("TERM", "xterm-256color").envs(variables.split_whitespace().filter_map(|pair| pair.split_once('=')));
    script.output().ok()?;
    fs::read_to_string(place.path().join("log")).ok()
}

#[test]
fn a_terminal_gets_colours_and_links() {
    let cases = [
        ("FORCE_HYPERLINK=1", "", true, true),
        ("FORCE_HYPERLINK=0", "", true, false),
        ("FORCE_HYPERLINK=0 NO_COLOR=1", "", false, false),
        ("FORCE_HYPERLINK=1 TERM=dumb", "", false, false),
        ("FORCE_HYPERLINK=1", "--color never", false, false),
    ];
    for (variables, options, has_colors, has_links) in cases {
        let Some(shown) = on_a_terminal(variables, options) else { return };
        assert!(shown.contains("alias-traversal"), "{shown}");
        assert_eq!(shown.contains("\u{1b}[3"), has_colors, "{variables:?} {options}: {shown:?}");
        assert_eq!(shown.contains("\u{1b}]8;;https://"), has_links, "{variables:?} {options}: {shown:?}");
    }
}

#[test]
fn a_pipe_gets_neither() {
    let place = folder(&[("bad.conf", WARNING)]);
    let text = stdout(&run(place.path(), &["check", "bad.conf"]));
    assert!(text.contains("alias-traversal") && !text.contains('\u{1b}'), "{text:?}");
    let output = command().env("GITHUB_ACTIONS", "true").current_dir(place.path()).args(["check", "bad.conf"]).output();
    assert!(stdout(&output.expect("the program runs")).contains("\u{1b}[3"));
}

#[test]
fn statistics_are_for_people() {
    let place = folder(&[("bad.conf", WARNING)]);
    let text = stdout(&run(place.path(), &["check", "bad.conf", "--statistics"]));
    let rows: Vec<&str> = text.lines().filter(|line| line.ends_with(" alias-traversal")).collect();
    assert!(text.starts_with("count") && rows.len() == 1 && !text.contains("bad.conf:3"), "{text}");
    let json = |options: &[&str]| {
        stdout(&run(place.path(), &[&["check", "bad.conf", "--format", "json"][..], options].concat()))
    };
    assert_eq!(json(&["--statistics"]), json(&[]));
}

#[test]
fn the_html_report_has_findings_and_the_tree_of_includes() {
    let place = folder(&[
        ("nginx.conf", "events {}\nhttp {\n    include conf.d/*.conf;\n    include conf.d/gone.conf;\n}\n"),
        ("conf.d/a.conf", WARNING),
    ]);
    let output = run(place.path(), &["check", "nginx.conf", "--format", "html=report.html", "--format", "compact"]);
    assert!(stdout(&output).contains("conf.d/a.conf:3:"));
    let page = fs::read_to_string(place.path().join("report.html")).expect("the report is there");
    let (_, tree) = page.split_once("Files and their includes").expect("a tree");
    assert!(page.contains("data-rule=\"alias-traversal\"") && tree.contains(">conf.d/a.conf</a>"), "{tree}");
    assert!(tree.contains("include conf.d/gone.conf") && tree.contains("not followed: the file is not there"));
}
