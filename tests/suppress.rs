//! What silences findings: comments, the ones that are written for the user, and baselines.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nginspect::check::Settings;
use nginspect::config::Config;
use nginspect::diagnostic::Diagnostic;
use nginspect::fix;
use nginspect::nginx::context::Context;
use nginspect::rules;
use nginspect::suppress::{self, Comments};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{folder, json, run, stderr, stdout};
use crate::properties::pieces;
use crate::support::{Memory, read, read_project, run_all};

/// `path:line rule` of what is shown, and of what is silenced by what.
fn verdicts(document: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let name = |found: &Value| {
        let path = found["path"].as_str().expect("a path");
        format!("{path}:{} {}", found["start"]["line"], found["rule"].as_str().expect("a rule"))
    };
    let all = document["diagnostics"].as_array().expect("findings");
    let (shown, silenced): (Vec<_>, Vec<_>) = all.iter().partition(|found| found["suppressed"].is_null());
    let by = |found: &Value| format!("{} by {}", name(found), found["suppressed"]["by"].as_str().expect("a silencer"));
    (shown.into_iter().map(name).collect(), silenced.into_iter().map(by).collect())
}

fn check(place: &Path, more: &[&str]) -> (BTreeSet<String>, BTreeSet<String>) {
    let arguments: Vec<&str> =
        ["check", "--format", "json", "--fail-on", "never"].iter().chain(more).copied().collect();
    let output = run(place, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    verdicts(&json(&output))
}

fn texts(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn server(body: &str) -> String {
    format!("server {{\n    listen 80;\n    server_name a.test;\n{body}}}\n")
}

/// The rules that are shown of a fragment, each with its line.
fn shown_of(text: &str) -> Vec<String> {
    let place = folder(&[("conf.d/a.conf", text)]);
    let (shown, _) = check(place.path(), &["."]);
    shown.into_iter().map(|found| found.replace("conf.d/a.conf:", "")).collect()
}

const REASON: &str = "# nginspect: ignore[alias-traversal] why";

#[test]
fn a_comment_reaches_a_line_a_directive_or_a_block() {
    let alias = "location /s { alias /srv/s/; }";
    let silenced = [
        server(&format!("    {REASON}\n    {alias}\n")),
        server(&format!("    {REASON}\n\n    # more\n    {alias}\n")),
        server(&format!("    {alias} {REASON}\n")),
        server(&format!("    location /s {{\n        {REASON}\n        alias /srv/s/;\n    }}\n")),
        server(&format!("    location /s {{ {REASON}\n        alias\n            /srv/s/;\n    }}\n")),
        server(&format!("    location /s {{\n        alias\n            /srv/s/; {REASON}\n    }}\n")),
        server(&format!("    location /s {{\n        alias {REASON}\n            /srv/s/;\n    }}\n")),
        format!("{REASON}\n{}", server(&format!("    {alias}\n"))),
        server(&format!("    {alias}\n")).replacen('{', &format!("{{ {REASON}"), 1),
        server(&format!("    {alias}\n    # nginspect: ignore-file[alias-traversal] why\n")),
        server(&format!("    # nginx-lint:ignore alias-traversal why\n    {alias}\n")),
        server(&format!("    {REASON}\n    {alias}\n")).replace('\n', "\r\n"),
    ];
    for text in silenced {
        assert_eq!(shown_of(&text), [""; 0], "{text}");
    }
}

#[test]
fn a_comment_reaches_no_further() {
    let alias = "location /s { alias /srv/s/; }";
    let shown = [
        // The next directive only; the end of the block; the line only.
        server(&format!("    {REASON}\n    root /srv;\n    {alias}\n")),
        format!(
            "{}{}",
            server(&format!("    root /srv;\n    {REASON}\n")),
            server(&format!("    {alias}\n")).replace("a.test", "b.test")
        ),
        server(&format!("    root /srv; {REASON}\n    {alias}\n")),
        server(&format!("    location /t {{ root /t; }} {REASON}\n    {alias}\n")),
        // No comment at all; another rule.
        server(&format!("    set $a \"{REASON}\n    \";\n    {alias}\n")),
        server(&format!("    # nginspect: ignore[alias-missing-slash] why\n    {alias}\n")),
        server(&format!("    # {REASON}\n    {alias}\n")),
        server(&format!("    # nginx-lint:ignore alias-traversal\n    {alias}\n")),
    ];
    for text in shown {
        assert!(shown_of(&text).iter().any(|found| found.ends_with(" alias-traversal")), "{text}");
    }
}

#[test]
fn of_two_comments_the_nearer_one_is_the_used_one() {
    let text = server(&format!("    {REASON}\n    location /s {{\n        {REASON}\n        alias /srv/s/;\n    }}\n"));
    assert_eq!(shown_of(&text), ["4 suppression-unused"]);
}

#[test]
fn comments_in_other_files_count_for_what_begins_there() {
    let compose = |comment: &str| {
        format!(
            "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./conf.d:/etc/nginx/conf.d:ro\n    ports:\n      {comment}      - \"80:8080\"\n"
        )
    };
    let site = "server {\n    listen 80;\n    server_name a.test;\n    location / { return 204; }\n}\n";
    let of = |comment: &str| {
        let place = folder(&[("compose.yml", &compose(comment)), ("conf.d/a.conf", site)]);
        check(place.path(), &["."])
    };
    let (shown, silenced) = of("");
    let found: Vec<&String> = shown.iter().filter(|found| found.contains("compose.yml")).collect();
    assert!(!found.is_empty() && silenced.is_empty(), "{shown:?}");
    let (shown, silenced) = of("# nginspect: ignore[compose-port-unserved] the base image listens there\n");
    assert!(shown.is_empty() && silenced.iter().any(|found| found.contains("compose.yml")), "{shown:?} {silenced:?}");
}

#[test]
fn only_what_no_configuration_needs_is_unused() {
    let main = "worker_processes auto;\nevents {}\nhttp {\n    server_tokens off;\n    include snippets/*.conf;\n}\n";
    let kept = server(&format!("    {REASON}\n    location /s/ {{ alias /srv/s/; }}\n"));
    let main_with = format!("{REASON}\n{main}");
    let place = folder(&[("nginx.conf", &main_with), ("snippets/a.conf", &kept)]);
    // Another main file may include the snippet; who looks at the whole folder sees all of them.
    assert_eq!(check(place.path(), &["nginx.conf"]).0, texts(&["nginx.conf:1 suppression-unused"]));
    let both = texts(&["nginx.conf:1 suppression-unused", "snippets/a.conf:4 suppression-unused"]);
    assert_eq!(check(place.path(), &["."]).0, both);
    assert_eq!(check(place.path(), &["snippets/a.conf"]).0, texts(&[]));
    for quiet in [
        &["--ignore", "alias-traversal"][..],
        &["--select", "suppression-unused"],
        &["--ignore", "suppression-unused"],
        &["--min-severity", "error"],
    ] {
        let arguments: Vec<&str> = ["."].iter().chain(quiet).copied().collect();
        assert_eq!(check(place.path(), &arguments).0, texts(&[]), "{quiet:?}");
    }
}

#[test]
fn findings_that_are_not_shown_count_as_well() {
    let hidden = server("    location /s { alias /srv/s/; } # nginspect: ignore[alias-traversal] why\n");
    let place = folder(&[("conf.d/a.conf", &hidden)]);
    let (shown, _) = check(place.path(), &[".", "--min-severity", "error", "--pedantic"]);
    assert_eq!(shown, texts(&[]));
}

#[test]
fn another_release_may_need_the_comment() {
    let text = "events {}\nhttp {\n    server {\n        listen 443 ssl http2; # nginspect: ignore[listen-http2-deprecated] old hosts\n        ssl_certificate a.pem;\n        ssl_certificate_key a.key;\n        location / { return 204; }\n    }\n}\n";
    let place = folder(&[("nginx.conf", text)]);
    for release in ["1.18", "1.24", "latest"] {
        let (shown, _) = check(
            place.path(),
            &[".", "--nginx-version", release, "--select", "suppression-unused,listen-http2-deprecated"],
        );
        assert_eq!(shown, texts(&[]), "{release}");
    }
}

#[test]
fn a_comment_can_silence_the_rules_about_comments() {
    let text = format!(
        "# nginspect: ignore-file[suppression-unused, suppression-unknown-rule] taken from elsewhere\n{}",
        server("    # nginspect: ignore[alias-traversal, no-such-rule] why\n    root /srv;\n")
    );
    assert_eq!(shown_of(&text), [""; 0]);
}

#[test]
fn a_reason_can_be_required() {
    let text = server("    # nginspect: ignore[alias-traversal]\n    location /s { alias /srv/s/; }\n");
    let place = folder(&[("conf.d/a.conf", &text)]);
    assert_eq!(check(place.path(), &["."]).0, texts(&[]));
    let (shown, _) = check(place.path(), &[".", "--set", "suppression-without-reason.required=true"]);
    assert_eq!(shown, texts(&["conf.d/a.conf:4 suppression-without-reason"]));
}

#[test]
fn written_comments_silence_all_and_are_written_once() {
    let text = "server {\r\n\tlisten 80; server_name a.test;\r\n\tlocation /s { alias /srv/s/; }\r\n\t# nginspect: ignore[body-size-default] known\r\n\tlocation /t\r\n\t{ alias\r\n\t\t/srv/t/; }\r\n}\r\n";
    let place = folder(&[("conf.d/a.conf", text)]);
    let path = place.path().join("conf.d/a.conf");
    let output = run(place.path(), &["check", "--add-ignore=see #12", "--ignore", "suppression-unused", "conf.d"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let written = fs::read_to_string(&path).expect("the file is there");
    assert!(written.contains("\t# nginspect: ignore[alias-traversal] see #12\r\n\tlocation /s"), "{written}");
    assert!(written.contains("\t# nginspect: ignore[body-size-default, alias-traversal] known\r\n"), "{written}");
    assert_eq!(written.matches('\n').count(), written.matches("\r\n").count());
    let without: String = written.split_inclusive('\n').filter(|line| !line.contains("see #12")).collect();
    assert_eq!(without.replace(", alias-traversal", ""), text);
    let (shown, silenced) = check(place.path(), &["conf.d", "--ignore", "suppression-unused"]);
    assert_eq!((shown, silenced.len()), (texts(&[]), 2));
    run(place.path(), &["check", "--add-ignore=again", "conf.d"]);
    assert_eq!(fs::read_to_string(&path).expect("the file is there"), written);
}

#[test]
fn comments_are_written_neither_to_standard_input_nor_in_several_lines() {
    let place = folder(&[("a.conf", "")]);
    for arguments in [&["check", "--add-ignore", "-"][..], &["check", "--add-ignore=a\nb", "a.conf"]] {
        let output = run(place.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    }
}

/// Two of the same, word by word, and one more.
fn known() -> String {
    let same = "    location /s {\n        alias /srv/s/;\n    }\n";
    let one = |name: &str| format!("server {{\n    listen 80;\n    server_name {name};\n{same}}}\n");
    format!("{}{}", one("a.test"), one("b.test"))
}

#[test]
fn a_baseline_knows_findings_wherever_they_move() {
    let place = folder(&[
        ("deploy/conf.d/a.conf", &known()),
        ("deploy/conf.d/b.conf", &server("    location /x { alias /y/; }\n").replace("a.test", "x.test")),
    ]);
    let write = |text: &str| fs::write(place.path().join("deploy/conf.d/a.conf"), text).expect("it can be written");
    let counts = |more: &[&str]| {
        let arguments: Vec<&str> = ["--baseline", "deploy/known.json", "deploy"].iter().chain(more).copied().collect();
        let (shown, silenced) = check(place.path(), &arguments);
        (shown.len(), silenced.len())
    };
    assert_eq!(counts(&["--update-baseline"]), (0, 3));
    let text = fs::read_to_string(place.path().join("deploy/known.json")).expect("it was written");
    assert!(text.contains("{\"path\":\"conf.d/a.conf\",\"rule\":\"alias-traversal\","), "{text}");
    assert_eq!(counts(&[]), (0, 3));
    // From another folder, after edits far away, and nearby where they say nothing.
    assert_eq!(check(&place.path().join("deploy"), &["--baseline", "known.json", "."]).1.len(), 3);
    write(&format!("# new\nmap $a $b {{ default 1; }}\n\n{}", known()));
    assert_eq!(counts(&[]), (0, 3));
    write(&known().replace("        alias", "\n        # remark\n\talias"));
    assert_eq!(counts(&[]), (0, 3));
    // One of two equal ones is mended: the other stays known, and the entry is gone.
    write(&known().replacen("location /s {", "location /s/ {", 1));
    let output = run(place.path(), &["check", "--baseline", "deploy/known.json", "deploy"]);
    assert!(stdout(&output).contains("1 entry of the baseline is gone"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(0));
    // A new one is shown.
    write(&format!("{}{}", known(), server("    location /new { alias /new/; }\n").replace("a.test", "c.test")));
    assert_eq!(counts(&[]), (1, 3));
}

#[test]
fn only_what_was_looked_at_is_pruned() {
    let text = server("    location /s { alias /srv/s/; }\n");
    let place = folder(&[("a.conf", &text), ("b.conf", &text.replace("a.test", "b.test"))]);
    let lines = || {
        let text = fs::read_to_string(place.path().join("known.json")).expect("it was written");
        text.lines().filter(|line| line.contains("fingerprint")).count()
    };
    let update = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["--baseline", "known.json", "--update-baseline"].iter().chain(more).copied().collect();
        check(place.path(), &arguments);
        lines()
    };
    assert_eq!(update(&["."]), 2);
    fs::write(place.path().join("a.conf"), text.replace("/s {", "/s/ {")).expect("it can be written");
    assert_eq!(update(&["b.conf"]), 2);
    assert_eq!(update(&[".", "--select", "hsts-missing"]), 2);
    assert_eq!(update(&[".", "--min-severity", "error"]), 1);
    fs::remove_file(place.path().join("b.conf")).expect("it can be removed");
    assert_eq!(update(&["a.conf"]), 0);
}

#[test]
fn a_baseline_that_cannot_be_read_is_a_mistake_of_the_command_line() {
    let place = folder(&[
        ("a.conf", ""),
        ("broken.json", "{\n  \"version\": 1,\n  oops\n}"),
        ("new.json", "{\"version\": 7, \"findings\": []}"),
    ]);
    for (name, message) in
        [("none.json", "none.json:1:1: "), ("broken.json", "broken.json:3:3: "), ("new.json", "new.json:1:")]
    {
        let output = run(place.path(), &["check", "--baseline", name, "a.conf"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
    let output = run(place.path(), &["check", "--update-baseline", "a.conf"]);
    assert_eq!(output.status.code(), Some(2));
}

/// A fragment of `http`.
fn fragment(text: &[u8]) -> Config {
    read(&Memory::new([("site.conf", text)]), "site.conf", Some(Context::Http))
}

/// What is shown, and the comments.
fn silenced(config: &Config) -> (Vec<Diagnostic>, Comments) {
    let settings = Settings { pedantic: true, ..Settings::default() };
    let findings = run_all(config, &read_project(config));
    let comments = Comments::read(config.library(), None);
    let (found, sources) = (findings.diagnostics, config.library().sources());
    let outcome = rules::silence(&comments, found, &findings.hidden, sources, &|_| &settings, &|_, _| true);
    (outcome.shown, comments)
}

/// The text with comments about everything that is shown.
fn commented(text: &[u8]) -> Vec<u8> {
    let config = fragment(text);
    let (mut shown, comments) = silenced(&config);
    shown.retain(|finding| !finding.rule.starts_with("suppression-"));
    let edits = suppress::insertions(config.library(), &comments, &shown, "known");
    fix::apply(config.sources()[0], text, &edits).expect("insertions fit together")
}

/// Names and arguments of all directives.
fn words(text: &[u8]) -> Vec<String> {
    let config = fragment(text);
    config.directives().map(|line| format!("{} {:?}", line.name(), line.args().collect::<Vec<_>>())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_commented_is_shown_no_more_and_nothing_else_changes(text in pieces()) {
        // A byte order mark stays the first thing in a file; nobody writes a comment above it.
        let text = String::from_utf8_lossy(&text).replace('\u{feff}', "_").into_bytes();
        let once = commented(&text);
        prop_assert_eq!(words(&text), words(&once));
        let (shown, _) = silenced(&fragment(&once));
        prop_assert_eq!(shown, Vec::new(), "{}", String::from_utf8_lossy(&once));
        prop_assert_eq!(commented(&once), once);
    }
}

#[test]
fn a_comment_whose_cause_is_gone_is_unused_and_its_fix_takes_it_out() {
    let text = server("    location /s {\n        alias /srv/s/; # here\n    }\n");
    let commented = String::from_utf8(commented(text.as_bytes())).expect("UTF-8");
    let mended = commented.replace("location /s {", "location /s/ {");
    let config = fragment(mended.as_bytes());
    let (shown, _) = silenced(&config);
    let [unused] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!(unused.rule, "suppression-unused");
    let fixed = fix::apply(config.sources()[0], mended.as_bytes(), &unused.fixes[0].edits).expect("it fits");
    assert_eq!(String::from_utf8(fixed).expect("UTF-8"), text.replace("location /s {", "location /s/ {"));
}

#[test]
fn many_comments_about_many_findings_take_no_longer_each() {
    let text = |count: usize| {
        let body: String = (0..count)
            .map(|n| format!("    # nginspect: ignore[alias-traversal, hsts-missing] why\n    location /s{n} {{ alias /srv/s/; }}\n"))
            .collect();
        server(&body)
    };
    let config = fragment(text(20_000).as_bytes());
    let found = run_all(&config, &read_project(&config)).diagnostics;
    let start = Instant::now();
    let comments = Comments::read(config.library(), None);
    let outcome = suppress::silence(&comments, found, &[]);
    let unused = suppress::unused(&comments, &outcome, config.library().sources(), &|_, _| true);
    assert_eq!((outcome.silenced.len(), unused.len()), (20_000, 20_000));
    // Comparing each with each would take minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn the_examples_of_the_readme_silence_what_they_say() {
    let readme = include_str!("../README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Silencing findings")).expect("the section");
    let examples: Vec<&str> = section.split("```nginx\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let place = folder(&[("conf.d/a.conf", example)]);
        let (shown, silenced) = check(place.path(), &["."]);
        // A comment that did nothing would be shown.
        assert!(shown.is_empty() && !silenced.is_empty(), "{shown:?} {example}");
    }
}
