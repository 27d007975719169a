//! The built program: exit codes, formats, standard input, and input that no one should have to fear.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::command;

/// A server with one warning in it.
const WARNING: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";
const CLEAN: &str = "server {\n    listen 80;\n    root /srv/s;\n}\n";
const BROKEN: &str = "server {\n    listen 80\n}\n";

pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    folder
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    command().current_dir(folder).args(arguments).output().expect("the program runs")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[test]
fn exit_codes() {
    let place = folder(&[("bad.conf", WARNING), ("clean.conf", CLEAN), ("x/readme.txt", "no configuration")]);
    let cases: &[(&[&str], i32)] = &[
        (&["check", "clean.conf"], 0),
        (&["check", "bad.conf"], 1),
        (&["check", "bad.conf", "--fail-on", "never"], 0),
        (&["check", "bad.conf", "--ignore", "alias-traversal"], 0),
        (&["check", "bad.conf", "--select", "hsts-missing"], 0),
        (&["check"], 2),
        (&["check", "clean.conf", "--selct", "x"], 2),
        (&["check", "clean.conf", "--nginx-version", "many"], 2),
        (&["check", "clean.conf", "--context", "kitchen"], 2),
        (&["check", "clean.conf", "--root", "nowhere"], 2),
        (&["check", "missing.conf"], 3),
        (&["check", "bad.conf", "missing.conf"], 3),
        (&["check", "x"], 3),
        (&["explain", "alias-traversal"], 0),
        (&["explain", "nothing"], 2),
        (&["rules"], 0),
        (&["--version"], 0),
    ];
    for (arguments, code) in cases {
        let output = run(place.path(), arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn unknown_names_are_met_with_a_guess() {
    let place = folder(&[("clean.conf", CLEAN)]);
    let output = run(place.path(), &["check", "clean.conf", "--select", "hsts-mising"]);
    assert!(stderr(&output).contains("did you mean hsts-missing?"), "{}", stderr(&output));
    let output = run(place.path(), &["check", "clean.conf", "--set", "hsts-missing.min-aeg=1"]);
    assert!(stderr(&output).contains("did you mean min-age?"), "{}", stderr(&output));
    let output = run(place.path(), &["check", "clean.conf", "--pedantc"]);
    assert!(stderr(&output).contains("--pedantic"), "{}", stderr(&output));
}

#[test]
fn compact_is_one_line_per_finding() {
    let place = folder(&[("bad.conf", WARNING)]);
    let output = run(place.path(), &["check", "bad.conf", "--format", "compact", "--select", "alias-traversal"]);
    let text = stdout(&output);
    assert!(text.starts_with("bad.conf:3:") && text.trim_end().ends_with("[alias-traversal]"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn json_is_one_document_that_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(&nginspect::output::json::schema()).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema that can be used");
    let place = folder(&[("bad.conf", WARNING), ("clean.conf", CLEAN), ("broken.conf", BROKEN)]);
    for paths in
        [vec!["bad.conf"], vec!["clean.conf"], vec!["broken.conf", "bad.conf"], vec!["missing.conf"], vec!["."]]
    {
        let output = run(place.path(), &[&["check", "--format", "json"][..], &paths].concat());
        let document = json(&output);
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{paths:?}: {errors:?}");
        assert_eq!(document["version"], 1);
    }
    let document = json(&run(place.path(), &["check", "--format", "json", "broken.conf"]));
    let finding = &document["diagnostics"][0];
    assert_eq!((&finding["rule"], &finding["nginx_rejects"]), (&"missing-semicolon".into(), &true.into()));
    assert_eq!(finding["related"][0]["start"]["line"], 2);
}

#[test]
fn json_lines_are_the_same_objects() {
    let place = folder(&[("bad.conf", WARNING)]);
    let lines = stdout(&run(place.path(), &["check", "--format", "json-lines", "bad.conf"]));
    let document = json(&run(place.path(), &["check", "--format", "json", "bad.conf"]));
    let objects: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(Value::from(objects), document["diagnostics"]);
}

#[test]
fn standard_input_takes_name_context_and_includes_from_its_file_name() {
    let place = folder(&[("nginx.conf", "events {}\nhttp { include conf.d/*.conf; }\n"), ("conf.d/a.conf", CLEAN)]);
    let mut child = command()
        .current_dir(place.path())
        .args(["check", "--format", "compact", "--stdin-filename", "conf.d/a.conf", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("standard input").write_all(WARNING.as_bytes()).expect("it is read");
    let output = child.wait_with_output().expect("the program ends");
    assert!(stdout(&output).starts_with("conf.d/a.conf:3:"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_fragment_is_judged_inside_the_main_file_that_includes_it() {
    let main = "events {}\nhttp {\n    add_header Strict-Transport-Security \"max-age=31536000\" always;\n    include conf.d/*.conf;\n}\n";
    let site = "server {\n    listen 443 ssl;\n    server_name a.test;\n    ssl_certificate a.pem;\n    ssl_certificate_key a.key;\n    root /srv;\n}\n";
    let place = folder(&[("nginx.conf", main), ("conf.d/a.conf", site)]);
    let output = run(place.path(), &["check", "conf.d/a.conf", "--select", "hsts-missing"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    fs::write(place.path().join("nginx.conf"), main.replace("add_header", "#")).expect("it can be written");
    let output = run(place.path(), &["check", "conf.d/a.conf", "--select", "hsts-missing"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn includes_in_a_circle_are_an_error_with_the_chain() {
    let place = folder(&[
        ("nginx.conf", "events {}\ninclude a.inc;\n"),
        ("a.inc", "include b.inc;\n"),
        ("b.inc", "include a.inc;\n"),
    ]);
    let document = json(&run(place.path(), &["check", "--format", "json", "nginx.conf"]));
    let finding = &document["diagnostics"][0];
    assert_eq!((&finding["rule"], &finding["path"]), (&"include-cycle".into(), &"b.inc".into()));
    assert_eq!(finding["include_chain"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_fan_out_of_includes_ends() {
    let mut files: Vec<(String, String)> =
        (0..24).map(|n| (format!("{n}.inc"), format!("include {0}.inc;\ninclude {0}.inc;\n", n + 1))).collect();
    files.push(("24.inc".to_owned(), String::new()));
    files.push(("nginx.conf".to_owned(), "events {}\ninclude 0.inc;\n".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let place = folder(&files);
    let document = json(&run(place.path(), &["check", "--format", "json", "nginx.conf"]));
    assert_eq!(document["diagnostics"][0]["rule"], "include-not-followed");
}

#[test]
fn nothing_outside_of_the_root_is_read() {
    let place = folder(&[("in/nginx.conf", "events {}\ninclude ../out.conf;\n"), ("out.conf", "secret {")]);
    let output = run(place.path(), &["check", "--format", "json", "--pedantic", "--root", "in", "in/nginx.conf"]);
    let document = json(&output);
    assert_eq!(document["summary"]["files"], 1);
    assert!(!stdout(&output).contains("secret"));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_named_and_not_opened() {
    let place = folder(&[("clean.conf", CLEAN)]);
    let made = std::process::Command::new("mkfifo").arg(place.path().join("pipe.conf")).status().expect("mkfifo runs");
    assert!(made.success());
    for path in ["pipe.conf", "/dev/zero"] {
        let output = run(place.path(), &["check", "--format", "json", path]);
        let document = json(&output);
        assert_eq!(output.status.code(), Some(3), "{path}");
        assert!(
            document["errors"][0]["message"].as_str().is_some_and(|why| why.contains("not a regular file")),
            "{document}"
        );
    }
    // Found while walking, it is no configuration, and nobody waits for it.
    assert_eq!(run(place.path(), &["check", "."]).status.code(), Some(0));
}

#[test]
fn bytes_that_are_no_text_and_a_byte_order_mark_are_judged() {
    let place = folder(&[]);
    fs::write(
        place.path().join("latin.conf"),
        b"server {\n    listen 80;\n    # caf\xe9\n    location /s { alias /srv/\xe9/; }\n}\n",
    )
    .expect("written");
    fs::write(place.path().join("bom.conf"), b"\xef\xbb\xbfserver { listen 80; }\n").expect("written");
    let output = run(place.path(), &["check", "--format", "compact", "latin.conf"]);
    assert!(stdout(&output).contains("alias-traversal"), "{}", stdout(&output));
    let document = json(&run(place.path(), &["check", "--format", "json", "bom.conf"]));
    assert_eq!(document["diagnostics"][0]["rule"], "suspicious-unicode");
    assert_eq!(document["diagnostics"][0]["nginx_rejects"], true);
}

#[test]
fn windows_line_ends_change_nothing() {
    let place = folder(&[("unix.conf", WARNING), ("dos.conf", &WARNING.replace('\n', "\r\n"))]);
    let unix = stdout(&run(place.path(), &["check", "--format", "compact", "unix.conf"]));
    let dos = stdout(&run(place.path(), &["check", "--format", "compact", "dos.conf"]));
    assert_eq!(dos.replace("dos.conf", "unix.conf"), unix);
    assert_eq!(unix.lines().count(), 1);
}

#[test]
fn a_very_long_line_and_deep_nesting_come_to_an_end() {
    let long =
        format!("server {{ listen 80; location /s {{ alias /srv/s/; }} {} }}\n", "add_header A b; ".repeat(60_000));
    let deep = format!("{}{}", "location /a {".repeat(100_000), "}".repeat(100_000));
    let place = folder(&[("long.conf", &long), ("deep.conf", &deep)]);
    let output = run(place.path(), &["check", "--color", "never", "--select", "alias-traversal", "long.conf"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.len() < 3_000, "{}", output.stdout.len());
    let output = run(place.path(), &["check", "--format", "compact", "deep.conf"]);
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
}

#[test]
fn two_runs_print_the_same() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let first = stdout(&run(&corpus, &["check", "--format", "json", "--pedantic", "."]));
    assert_eq!(first, stdout(&run(&corpus, &["check", "--format", "json", "--pedantic", "."])));
}

#[test]
fn files_of_other_programs_are_left_alone() {
    let chrony = "server 0.pool.ntp.org iburst\ndriftfile /x\nuser chrony\n";
    let named = "options {\n  directory \"/x\";\n};\nzone \"a\" { type master; };\n";
    let place = folder(&[
        ("chrony.conf", chrony),
        ("named.conf", named),
        ("php.conf", "[www]\nuser = x\n"),
        ("site.conf", CLEAN),
    ]);
    let document = json(&run(place.path(), &["check", "--format", "json", "."]));
    assert_eq!((&document["summary"]["files"], document["diagnostics"].as_array().map(Vec::len)), (&1.into(), Some(0)));
    let output = run(place.path(), &["check", "php.conf", "site.conf"]);
    assert!(output.status.success() && stdout(&output).contains("does not look like nginx"), "{}", stdout(&output));
}

#[test]
fn the_working_folder_makes_no_difference() {
    let main = "events {}\nhttp {\n    include sites-enabled/*;\n}\n";
    let place = folder(&[("nginx.conf", main), ("sites-enabled/shop", WARNING), ("conf.d/.keep", "")]);
    let inside = run(&place.path().join("sites-enabled"), &["check", "--format", "compact", "shop"]);
    let outside = run(place.path(), &["check", "--format", "compact", "sites-enabled/shop"]);
    assert_eq!(stdout(&inside).replace("shop:", "sites-enabled/shop:"), stdout(&outside));
    assert_eq!(stdout(&inside).lines().count(), 1);
}

#[test]
fn an_empty_folder_hides_nothing() {
    let main = "events {}\nhttp {\n    include conf.d/*.conf;\n    server { listen 443 ssl; ssl_certificate a; ssl_certificate_key b; root /x; }\n}\n";
    let place = folder(&[("nginx.conf", main)]);
    fs::create_dir(place.path().join("conf.d")).expect("a folder can be made");
    let output = run(place.path(), &["check", "--format", "compact", "--select", "hsts-missing", "nginx.conf"]);
    assert_eq!(stdout(&output).lines().count(), 1);
}

#[test]
fn tags_in_comments_make_no_template() {
    let text = format!("# rendered from {{{{ site }}}}\n{BROKEN}");
    let place = folder(&[("a.conf", &text)]);
    assert_eq!(run(place.path(), &["check", "a.conf"]).status.code(), Some(1));
}

#[test]
fn human_output_explains_itself() {
    let place = folder(&[("bad.conf", WARNING), ("clean.conf", CLEAN)]);
    let text = stdout(&run(place.path(), &["check", "--color", "never", "bad.conf"]));
    assert!(text.contains("alias-traversal") && text.contains("help:") && text.contains("1 error"), "{text}");
    let text = stdout(&run(place.path(), &["check", "--color", "never", "clean.conf"]));
    assert!(text.contains("no problems in 1 file"), "{text}");
}

#[test]
fn rules_and_explanations_can_be_read() {
    let place = folder(&[]);
    let table = stdout(&run(place.path(), &["rules"]));
    assert_eq!(table.lines().count(), nginspect::rules::RULES.len());
    let list = json(&run(place.path(), &["rules", "--format", "json"]));
    assert_eq!(list["rules"].as_array().map(Vec::len), Some(nginspect::rules::RULES.len()));
    let page = stdout(&run(place.path(), &["explain", "hsts-missing"]));
    assert!(page.starts_with("hsts-missing: ") && page.contains("Why it matters") && !page.contains("```"), "{page}");
}
