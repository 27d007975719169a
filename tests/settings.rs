//! Settings files: where they are found, what counts more, what they may say, and what is said about their mistakes.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{folder, json, run, stderr, stdout};
use crate::support::command;
use crate::tidy::assert_fresh;

/// An error, `alias-traversal`, on line 3, and a warning.
const SITE: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";
/// Its findings are info at the most.
const HARMLESS: &str = "[rules]\nalias-traversal = \"info\"\n";

/// The rules with their severities, as `alias-traversal=error`, in order.
fn found(output: &Output) -> Vec<String> {
    let document = json(output);
    let findings = document["diagnostics"].as_array().expect("a list").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    findings.map(|finding| format!("{}={}", text(finding, "rule"), text(finding, "severity"))).collect()
}

fn check(place: &TempDir, arguments: &[&str]) -> Output {
    run(place.path(), &[&["check", "--format", "json"][..], arguments].concat())
}

/// The severities of `alias-traversal` in the files that the arguments name.
fn alias(place: &TempDir, arguments: &[&str]) -> Vec<String> {
    found(&check(place, &[&["--select", "alias-traversal"][..], arguments].concat()))
}

const ERROR: &[&str] = &["alias-traversal=error"];
const INFO: &[&str] = &["alias-traversal=info"];
const NOTHING: &[&str] = &[];

#[test]
fn the_nearest_file_up_to_the_repository_counts() {
    let place = folder(&[
        ("nginspect.toml", HARMLESS),
        ("a/site.conf", SITE),
        ("b/.nginspect.toml", "[rules]\nalias-traversal = \"warning\"\n"),
        ("b/deep/site.conf", SITE),
        ("repository/.git/HEAD", ""),
        ("repository/site.conf", SITE),
    ]);
    assert_eq!(alias(&place, &["a/site.conf"]), INFO);
    assert_eq!(alias(&place, &["b/deep/site.conf"]), ["alias-traversal=warning"]);
    assert_eq!(alias(&place, &["repository/site.conf"]), ERROR);
    assert_eq!(alias(&place, &["."]), ["alias-traversal=info", "alias-traversal=warning", "alias-traversal=error"]);
    // The working folder makes no difference.
    let inside = run(&place.path().join("a"), &["check", "--format", "json", "site.conf"]);
    assert!(found(&inside).contains(&INFO[0].to_owned()));
    let shown = stdout(&run(&place.path().join("a"), &["check", "--color", "never", "site.conf"]));
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("no repository around it ends the search"), "{shown}");
}

#[test]
fn standard_input_has_the_settings_of_its_name() {
    let place = folder(&[("conf.d/nginspect.toml", HARMLESS)]);
    let arguments =
        ["check", "--format", "json", "--select", "alias-traversal", "--stdin-filename", "conf.d/a.conf", "-"];
    let output =
        assert_cmd::Command::from_std(command()).current_dir(place.path()).args(arguments).write_stdin(SITE).output();
    assert_eq!(found(&output.expect("it runs")), INFO);
}

#[test]
fn a_file_can_be_named_and_all_can_be_left_out() {
    let place =
        folder(&[("nginspect.toml", HARMLESS), ("other.toml", "rules.alias-traversal = \"off\"\n"), ("a.conf", SITE)]);
    let named = found(&check(&place, &["a.conf", "--config", "other.toml"]));
    assert_eq!(named, NOTHING);
    assert_eq!(alias(&place, &["a.conf", "--isolated"]), ERROR);
    let by_environment = |arguments: &[&str]| {
        let arguments = [&["check", "--format", "compact", "a.conf"][..], arguments].concat();
        let mut command = command();
        command.current_dir(place.path()).env("NGINSPECT_CONFIG", "other.toml").args(arguments);
        stdout(&command.output().expect("it runs"))
    };
    assert!(!by_environment(&[]).contains("alias-traversal"));
    assert!(
        by_environment(&["--isolated"]).contains("error")
            && by_environment(&["--config", "nginspect.toml"]).contains("info")
    );
    let both = run(place.path(), &["check", "a.conf", "--isolated", "--config", "other.toml"]);
    assert_eq!(both.status.code(), Some(2));
    let missing = run(place.path(), &["check", "a.conf", "--config", "missing.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("no such file"), "{}", stderr(&missing));
}

#[test]
fn of_two_files_in_a_folder_the_one_without_a_dot_counts_and_that_is_said() {
    let place = folder(&[("nginspect.toml", HARMLESS), (".nginspect.toml", "pedantic = 1\n"), ("a.conf", SITE)]);
    let output = run(place.path(), &["check", "--color", "never", "a.conf"]);
    assert!(stdout(&output).contains(".nginspect.toml does not count"), "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn severities_of_settings_count_for_the_exit_code_and_the_least_severity() {
    let place = folder(&[("nginspect.toml", HARMLESS), ("a.conf", SITE)]);
    let code = |arguments: &[&str]| {
        check(&place, &[&["a.conf", "--select", "alias-traversal"][..], arguments].concat()).status.code()
    };
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--fail-on", "info"]), Some(1));
    assert_eq!(alias(&place, &["a.conf", "--min-severity", "warning"]), NOTHING);
    let set = |text: &str| fs::write(place.path().join("nginspect.toml"), text).expect("written");
    set("fail-on = \"never\"\n");
    assert_eq!((code(&[]), code(&["--fail-on", "error"])), (Some(0), Some(1)));
    set("min-severity = \"error\"\n");
    assert!(found(&check(&place, &["a.conf"])).iter().all(|finding| finding.ends_with("=error")));
    set("rules.alias-traversal = \"off\"\nmin-severity = \"error\"\n");
    assert_eq!(found(&check(&place, &["a.conf"])), NOTHING);
    // The command line counts more.
    assert_eq!(alias(&place, &["a.conf"]), ERROR);
}

#[test]
fn each_configuration_fails_by_its_own_threshold() {
    let place = folder(&[
        ("lax/nginspect.toml", "fail-on = \"never\"\n"),
        ("lax/a.conf", SITE),
        ("b/a.conf", "server { listen 80; }\n"),
    ]);
    assert_eq!(check(&place, &["lax", "b"]).status.code(), Some(0));
    fs::write(place.path().join("b/a.conf"), SITE).expect("written");
    assert_eq!(check(&place, &["lax", "b"]).status.code(), Some(1));
}

#[test]
fn what_nginx_refuses_can_be_off_and_low_confidence_on() {
    let place = folder(&[("a.conf", "server {\n    listen 80;\n    nonsense_of_mine 1;\n    root /srv;\n}\n")]);
    let set = |text: &str| fs::write(place.path().join("nginspect.toml"), text).expect("written");
    assert_eq!(found(&check(&place, &["a.conf"])), ["directive-unknown=error"]);
    for text in ["rules.directive-unknown = \"off\"\n", "extra-directives = [\"nonsense_of_mine\"]\n"] {
        set(text);
        assert_eq!(found(&check(&place, &["a.conf"])), NOTHING, "{text}");
    }
    let low = "server {\n    listen 80;\n    server_name a.test;\n    location / { proxy_pass http://app; }\n}\n";
    fs::write(place.path().join("a.conf"), low).expect("written");
    set("");
    let (quiet, loud) = (found(&check(&place, &["a.conf"])), found(&check(&place, &["a.conf", "--pedantic"])));
    let hidden = loud.iter().find(|finding| !quiet.contains(finding)).expect("a finding of low confidence");
    let rule = hidden.split('=').next().expect("a rule");
    for (word, severity) in [("on", hidden.split('=').nth(1)), ("error", Some("error"))] {
        set(&format!("rules.{rule} = \"{word}\"\n"));
        let expected = format!("{rule}={}", severity.expect("a severity"));
        assert!(found(&check(&place, &["a.conf"])).contains(&expected), "{word}");
    }
    set("pedantic = true\n");
    assert_eq!(found(&check(&place, &["a.conf"])), loud);
}

#[test]
fn findings_in_certain_files_have_levels_of_their_own() {
    let text = "rules.alias-traversal = \"off\"\n\
        [[per-path]]\npaths = [\"legacy/\", \"*.inc\"]\nrules = { alias-traversal = \"info\" }\n\
        [[per-path]]\npaths = [\"legacy/strict.conf\"]\nrules.alias-traversal = \"error\"\n";
    let main = "events {}\nhttp { server { listen 80; include part.inc; } }\n";
    let place = folder(&[
        ("nginspect.toml", text),
        ("legacy/lax.conf", SITE),
        ("legacy/strict.conf", SITE),
        ("new/a.conf", SITE),
        ("main/nginx.conf", main),
        ("main/part.inc", "location /s { alias /srv/s/; }\n"),
    ]);
    let one = |path: &str| {
        found(&check(&place, &[path])).into_iter().filter(|found| found.contains("alias-tr")).collect::<Vec<_>>()
    };
    assert_eq!(one("legacy/lax.conf"), INFO);
    assert_eq!(one("legacy/strict.conf"), ERROR);
    assert_eq!(one("new/a.conf"), NOTHING);
    // The mark decides, not the file that includes it.
    assert_eq!(one("main/nginx.conf"), INFO);
}

#[test]
fn excluded_files_are_left_alone_unless_they_are_named() {
    let place = folder(&[
        ("nginspect.toml", "exclude = [\"/vendor/\", \"*.bak.conf\", \"!keep.bak.conf\"]\n"),
        ("vendor/a.conf", SITE),
        ("b.bak.conf", SITE),
        ("keep.bak.conf", SITE),
        ("x/vendor/c.conf", SITE),
    ]);
    let paths = |output: Output| {
        let mut paths: Vec<String> = json(&output)["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|finding| finding["path"].as_str().unwrap_or_default().to_owned())
            .collect();
        paths.dedup();
        paths
    };
    let alias = ["--select", "alias-traversal"];
    assert_eq!(paths(check(&place, &[&alias[..], &["."]].concat())), ["keep.bak.conf"]);
    assert_eq!(paths(check(&place, &[&alias[..], &["b.bak.conf"]].concat())), ["b.bak.conf"]);
    assert_eq!(paths(check(&place, &[&alias[..], &["--exclude", "keep*", "."]].concat())), NOTHING);
    let forced = check(&place, &["--force-exclude", "b.bak.conf", "vendor/a.conf"]);
    assert_eq!((forced.status.code(), paths(forced)), (Some(0), Vec::new()));
}

#[test]
fn nothing_is_said_about_excluded_files_that_others_include() {
    let main = "events {}\nhttp { server { listen 80; include vendor/part.inc; } }\n";
    let place = folder(&[("nginx.conf", main), ("vendor/part.inc", "location /s { alias /srv/s/; }\n")]);
    assert_eq!(alias(&place, &["nginx.conf"]), ERROR);
    assert_eq!(alias(&place, &["nginx.conf", "--exclude", "vendor/"]), NOTHING);
}

#[test]
fn values_modes_paths_and_modules_come_from_settings() {
    let text = "nginx-version = \"1.20\"\nenv-files = [\"values.env\"]\n[define]\nPORT = 8080\n\
        [[template]]\npaths = [\"site.txt\"]\nmode = \"list\"\nlist = [\"PORT\"]\n";
    let place = folder(&[
        ("nginspect.toml", text),
        ("values.env", "PORT=1\nNAME=a.test\n"),
        ("site.txt", "server { listen $PORT; server_name $NAME; }\n"),
        ("a.conf", "server { listen 443 ssl; http2 on; }\n"),
    ]);
    let rendered = run(place.path(), &["render", "site.txt"]);
    assert_eq!(stdout(&rendered), "server { listen 8080; server_name $NAME; }\n");
    assert!(
        stderr(&rendered).contains("from nginspect.toml:4") && stderr(&rendered).contains("the settings say so"),
        "{}",
        stderr(&rendered)
    );
    let isolated = run(place.path(), &["render", "--isolated", "site.txt"]);
    assert!(stdout(&isolated).contains("$PORT"));
    let old = "http2-directive-unsupported=error".to_owned();
    assert!(found(&check(&place, &["a.conf"])).contains(&old));
    assert!(!found(&check(&place, &["a.conf", "--nginx-version", "1.27"])).contains(&old));
    fs::write(place.path().join("site.template"), "server { listen $LISTEN; }\n").expect("written");
    fs::write(place.path().join("nginspect.toml"), "define.LISTEN = \"80:80:80\"\n").expect("written");
    assert_eq!(found(&check(&place, &["site.template"])), ["listen-invalid=error"]);
}

#[test]
fn modules_paths_and_the_root_can_be_told() {
    let text =
        "extra-modules = [\"ngx_http_perl_module\"]\nroot = \"in\"\n[path-map]\n\"/etc/nginx\" = \"in/deploy\"\n";
    let main = "events {}\nhttp { perl_modules perl/lib; include /etc/nginx/parts/*.conf; include ../out.conf; }\n";
    let place = folder(&[
        ("nginspect.toml", text),
        ("in/nginx.conf", main),
        ("in/deploy/parts/a.conf", "server { listen 80; nonsense_of_mine 1; }\n"),
        ("out.conf", "more_nonsense 1;\n"),
    ]);
    let output = check(&place, &["in/nginx.conf"]);
    assert_eq!(found(&output), ["directive-unknown=error"], "{}", stdout(&output));
    let path = json(&output)["diagnostics"][0]["path"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(path.ends_with("in/deploy/parts/a.conf"), "{path}");
    let isolated = stdout(&check(&place, &["in/nginx.conf", "--isolated"]));
    assert!(isolated.contains("perl_modules") && !isolated.contains("nonsense_of_mine"), "{isolated}");
}

#[test]
fn certificates_are_looked_for_if_settings_ask() {
    let text = "server { listen 443 ssl; server_name a.test; ssl_certificate /nowhere/a.pem; ssl_certificate_key /nowhere/a.key; root /srv; }\n";
    let place = folder(&[("nginspect.toml", "check-files = true\n"), ("a.conf", text)]);
    assert!(found(&check(&place, &["a.conf"])).iter().any(|found| found.starts_with("file-missing")));
    assert!(found(&check(&place, &["a.conf", "--isolated"])).iter().all(|found| !found.starts_with("file-missing")));
}

#[test]
fn options_have_kinds_in_settings_and_on_the_command_line() {
    let place = folder(&[("a.conf", SITE)]);
    for wrong in ["hsts-missing.min-age=long", "hsts-missing.backend-sends-hsts=yes", "body-size-excessive.max=much"] {
        let output = run(place.path(), &["check", "a.conf", "--set", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
    let big = "server { listen 80; client_max_body_size 20g; location / { proxy_pass http://127.0.0.1:1; } }\n";
    fs::write(place.path().join("a.conf"), big).expect("written");
    let select = ["--select", "body-size-excessive", "a.conf"];
    assert_eq!(found(&check(&place, &select)).len(), 1);
    fs::write(place.path().join("nginspect.toml"), "rules.body-size-excessive.max = \"30g\"\n").expect("written");
    assert_eq!(found(&check(&place, &select)), NOTHING);
    assert_eq!(found(&check(&place, &[&select[..], &["--set", "body-size-excessive.max=1g"]].concat())).len(), 1);
}

#[test]
fn mistakes_end_the_run_and_are_shown_at_their_lines() {
    let text = "pedantc = true\n\n[rules]\nhsts-mising = \"off\"\nhsts-missing = { min-age = \"long\" }\n";
    let place = folder(&[("conf/nginspect.toml", text), ("conf/a.conf", SITE), ("b.conf", SITE)]);
    for format in ["human", "json"] {
        let output = run(place.path(), &["check", "--format", format, "b.conf", "conf"]);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{format}");
        let said = stderr(&output);
        for expected in [
            "there is no setting pedantc here; did you mean pedantic?",
            "conf/nginspect.toml:1:1",
            "pedantc = true",
            "there is no rule of this name; did you mean hsts-missing?",
            "conf/nginspect.toml:4:1",
            "min-age is a whole number",
            "conf/nginspect.toml:5:",
        ] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
    // Settings that do not count for what was asked do no harm.
    assert_eq!(run(place.path(), &["check", "b.conf", "--fail-on", "never"]).status.code(), Some(0));
    fs::write(place.path().join("conf/nginspect.toml"), "exclude = [\n\nx = =").expect("written");
    let output = run(place.path(), &["check", "conf"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("conf/nginspect.toml:"), "{}", stderr(&output));
    fs::write(place.path().join("conf/nginspect.toml"), b"exclude = [\"\xff\"]").expect("written");
    let output = run(place.path(), &["check", "conf"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("not UTF-8"), "{}", stderr(&output));
}

#[test]
fn a_root_that_is_not_there_and_modules_that_nobody_knows_are_mistakes() {
    let place = folder(&[("nginspect.toml", "root = \"nowhere\"\nextra-modules = [\"geoip3\"]\n"), ("a.conf", SITE)]);
    let output = run(place.path(), &["config", "validate"]);
    assert!(stderr(&output).contains("did you mean geoip2?"), "{}", stderr(&output));
    fs::write(place.path().join("nginspect.toml"), "root = \"nowhere\"\n").expect("written");
    let output = run(place.path(), &["config", "validate"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("no such folder"), "{}", stderr(&output));
}

#[test]
fn a_starter_is_written_once_and_has_no_mistakes_with_or_without_its_comments() {
    let place = folder(&[]);
    assert_eq!(run(place.path(), &["config", "validate"]).status.code(), Some(2));
    assert!(run(place.path(), &["config", "init"]).status.success());
    assert!(run(place.path(), &["config", "validate"]).status.success());
    let again = run(place.path(), &["config", "init"]);
    assert!(again.status.code() == Some(2) && stderr(&again).contains("there is nginspect.toml already"));
    let file = place.path().join("nginspect.toml");
    let text = fs::read_to_string(&file).expect("it was written");
    let settings: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# ").filter(|line| is_setting(line))).collect();
    assert!(settings.len() > 20, "{settings:?}");
    fs::write(&file, settings.join("\n")).expect("written");
    let output = run(place.path(), &["config", "validate"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_valid(&settings.join("\n"));
    fs::rename(&file, place.path().join(".nginspect.toml")).expect("renamed");
    assert_eq!(run(place.path(), &["config", "init"]).status.code(), Some(2));
}

/// Is this TOML, and no sentence?
fn is_setting(line: &str) -> bool {
    line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
}

fn assert_valid(text: &str) {
    let schema: Value = serde_json::from_slice(&run(Path::new("."), &["config", "schema"]).stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema that can be used");
    let value: toml::Table = toml::from_str(text).expect("TOML");
    let value = serde_json::to_value(value).expect("JSON");
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn the_example_of_the_readme_is_valid() {
    let readme = include_str!("../README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let place = folder(&[("nginspect.toml", example)]);
    let output = run(place.path(), &["config", "validate"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_valid(example);
}

#[test]
fn the_schema_is_fresh_and_knows_what_is_wrong() {
    let schema = stdout(&run(Path::new("."), &["config", "schema"]));
    assert_fresh("tests/schema/nginspect.schema.json", &schema);
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema that can be used");
    for wrong in [
        "pedantc = true",
        "min-severity = \"never\"",
        "rules.x = \"off\"",
        "rules.hsts-missing.min-age = \"a\"",
        "template = [{}]",
    ] {
        let value: toml::Table = toml::from_str(wrong).expect("TOML");
        assert!(!validator.is_valid(&serde_json::to_value(value).expect("JSON")), "{wrong}");
    }
}

#[test]
fn what_counts_for_a_path_can_be_shown() {
    let text = "pedantic = true\nexclude = [\n  \"b.conf\",\n]\n\n[rules]\nhsts-missing = \"off\"\n\
        [[per-path]]\npaths = [\"a.conf\"]\nrules = { alias-traversal = \"info\" }\n";
    let place = folder(&[("nginspect.toml", text), ("a.conf", SITE), ("b.conf", SITE)]);
    let shown = |arguments: &[&str]| stdout(&run(place.path(), &[&["config", "show"][..], arguments].concat()));
    let a = shown(&["a.conf"]);
    for line in [
        "pedantic = true  # nginspect.toml:1",
        "exclude = [ \"b.conf\", ]  # nginspect.toml:2",
        "rules.hsts-missing = \"off\"  # nginspect.toml:7",
        "rules.alias-traversal = \"info\"  # nginspect.toml:10, for this path",
        "fail-on = \"warning\"  # default",
    ] {
        assert!(a.lines().any(|shown| shown == line), "{line}: {a}");
    }
    let b = shown(&["b.conf"]);
    assert!(b.contains("# excluded") && !b.contains("alias-traversal"), "{b}");
    assert!(shown(&["a.conf", "--isolated"]).contains("pedantic = false  # default"));
}
