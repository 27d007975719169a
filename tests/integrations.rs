//! What stands between the program and its users: hooks, actions, editors, shells, manuals, and the commands that explain.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use crate::cli::{folder, json, run, stderr, stdout};
use crate::support::command;

const WARNING: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n}\n";
const CLEAN: &str = "server {\n    listen 80;\n    root /srv/s;\n}\n";

fn project_file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the project")
}

/// The words of a help text that begin like this, without what follows their letters.
fn words<'t>(text: &'t str, start: &str) -> Vec<&'t str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text.lines().filter_map(|line| line.trim_start().strip_prefix("-h, ").or(Some(line.trim_start())));
    let words =
        words.map(|line| line.split_once(", ").filter(|(short, _)| short.len() == 2).map_or(line, |(_, long)| long));
    let found = words.filter(|line| line.starts_with(start));
    found.map(|line| &line[..line.find(|c| !is_letter(c)).unwrap_or(line.len())]).collect()
}

/// The commands, with the long options of each, as the help has them.
fn commands() -> Vec<(String, Vec<String>)> {
    let here = Path::new(".");
    let help = stdout(&run(here, &["--help"]));
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names = list.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let options = |name: &str| {
        let help = stdout(&run(here, &[name, "--help"]));
        words(&help, "--").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    names.map(|name| (name.to_owned(), options(name))).collect()
}

#[test]
fn completions_know_every_command_and_option() {
    let commands = commands();
    assert!(commands.iter().any(|(name, options)| name == "check" && options.len() > 15), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&run(Path::new("."), &["completions", shell]));
        for (name, options) in &commands {
            assert!(script.contains(name.as_str()), "{shell}: {name}");
            for option in options {
                let option = option.trim_start_matches('-');
                assert!(script.contains(option), "{shell}: {name} --{option}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_can_read_and_use_its_completions() {
    let place = folder(&[]);
    fs::write(place.path().join("c"), run(place.path(), &["completions", "bash"]).stdout).expect("written");
    let complete = "source c; COMP_WORDS=(nginspect check --show-f); COMP_CWORD=2; \
        _nginspect nginspect --show-f check; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").current_dir(place.path()).args(["-c", complete]).output().expect("bash runs");
    assert_eq!((stdout(&output).trim(), stderr(&output).as_str()), ("--show-files", ""));
}

#[test]
fn manual_pages_know_every_command_and_option() {
    let place = folder(&[]);
    assert!(run(place.path(), &["man", "."]).status.success());
    let all = stdout(&run(place.path(), &["man"]));
    for (name, options) in commands() {
        let page = fs::read_to_string(place.path().join(format!("nginspect-{name}.1"))).expect("a page");
        assert!(page.contains(".TH ") && all.contains(&page), "{name}");
        for option in options {
            assert!(page.contains(&option.replace('-', "\\-")), "{name} {option}");
        }
    }
    assert_eq!(run(place.path(), &["man", "nowhere"]).status.code(), Some(3));
}

#[test]
fn files_are_shown_with_what_they_are_taken_for() {
    let main = "events {}\nhttp {\n    include conf.d/*.conf;\n    include mime.types;\n    include ../up.conf;\n}\n";
    let place = folder(&[
        ("nginx.conf", main),
        ("conf.d/a.conf", CLEAN),
        ("lonely.conf", CLEAN),
        ("site.conf.template", "server { listen ${PORT}; root /srv; }\n"),
        ("other.conf.j2", "server { listen {{ port }}; root /srv; }\n"),
        ("chrony.conf", "server 0.pool.ntp.org iburst\ndriftfile /x\n"),
        ("Dockerfile", "FROM nginx:1.27.3\nCOPY nginx.conf /etc/nginx/nginx.conf\n"),
    ]);
    let output = run(place.path(), &["check", "--show-files", "--format", "json", "."]);
    let document = json(&output);
    let of = |path: &str| -> Value {
        let files = document["files"].as_array().expect("files");
        files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("{path} in {document}")).clone()
    };
    assert_eq!(output.status.code(), Some(0), "{document}");
    assert_eq!(of("nginx.conf")["role"], "main");
    assert_eq!(of("<stock>/mime.types")["role"], "stock");
    assert_eq!(
        (&of("conf.d/a.conf")["role"], &of("conf.d/a.conf")["included_by"][0]),
        (&"included".into(), &"nginx.conf:3".into())
    );
    assert_eq!((&of("lonely.conf")["role"], &of("lonely.conf")["context"]), (&"fragment".into(), &"http".into()));
    assert!(of("site.conf.template")["template"].as_str().is_some_and(|how| how.contains("envsubst")), "{document}");
    assert!(of("other.conf.j2")["template"].as_str().is_some_and(|how| how.contains("Jinja")), "{document}");
    assert_eq!(of("Dockerfile")["role"], "evidence");
    assert_eq!((&of("chrony.conf")["role"], of("chrony.conf")["reason"].is_string()), (&"skipped".into(), true));
    assert_eq!(document["includes_not_followed"][0]["include"], "../up.conf");
    let table = stdout(&run(place.path(), &["check", "--show-files", "."]));
    assert!(
        table.lines().any(|line| line.starts_with("conf.d/a.conf ") && line.ends_with("included by nginx.conf:3")),
        "{table}"
    );
    // Whatever a check looks at is in the list, and nothing else.
    let checked = json(&run(place.path(), &["check", "--format", "json", "."]));
    let roles = ["main", "fragment", "included", "stock"];
    let shown = document["files"].as_array().into_iter().flatten();
    let shown = shown.filter(|file| file["role"].as_str().is_some_and(|role| roles.contains(&role))).count();
    assert_eq!(checked["summary"]["files"], shown);
}

#[test]
fn the_doctor_says_what_is_seen_and_why() {
    let main = "events {}\nhttp { include conf.d/*.conf; include ../up.conf; }\n";
    let place = folder(&[
        ("deploy/nginx.conf", main),
        ("deploy/conf.d/a.conf", CLEAN),
        (
            "deploy/Dockerfile",
            "FROM nginx:1.27.3\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY conf.d /etc/nginx/conf.d\n",
        ),
        ("compose.yaml", "services:\n  web:\n    build: deploy\n"),
        ("deploy/php.conf", "[www]\nuser = x\n"),
    ]);
    let output = run(place.path(), &["doctor"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for expected in [
        concat!("nginspect ", env!("CARGO_PKG_VERSION")),
        "(because of compose.yaml)",
        "1.27.3, because of the image in deploy/Dockerfile:1",
        "main: 1 file",
        "deploy/nginx.conf:2: include ../up.conf: ",
        "deploy/php.conf: it does not look like nginx",
        "colours: no",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let output = run(place.path(), &["doctor", "nowhere"]);
    assert_eq!((output.status.code(), stderr(&output).contains("nowhere")), (Some(3), true));
}

/// Ends a program that would go on for ever.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn watching_runs_again_when_something_changes() {
    let main = "worker_processes auto;\nevents {}\nhttp { server_tokens off; include conf.d/*.conf; }\n";
    let place = folder(&[("nginx.conf", main), ("conf.d/a.conf", CLEAN)]);
    let mut command = command();
    command.current_dir(place.path()).args(["check", "--watch", "--format", "compact", "nginx.conf"]);
    let out = fs::File::create(place.path().join("findings")).expect("a file");
    let mut child = Watching(command.stdout(out).stderr(Stdio::piped()).spawn().expect("the program runs"));
    let lines = BufReader::new(child.0.stderr.take().expect("standard error")).lines();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let next_line = || receiver.recv_timeout(Duration::from_secs(60)).expect("a line in time");
    let mut told = 0;
    let mut findings_of_run = || {
        let next = [next_line(), next_line()];
        assert_eq!(next, ["nginspect: watching, run begins", "nginspect: watching, run ends"]);
        let all = fs::read_to_string(place.path().join("findings")).expect("text").lines().count();
        all - std::mem::replace(&mut told, all)
    };
    // A run may come while a file is being written, and another one when that is done. No line in time is a failure.
    let mut settles_at = |count| while findings_of_run() != count {};
    settles_at(0);
    // A file that was read, then one that was not there before.
    fs::write(place.path().join("conf.d/a.conf"), WARNING).expect("written");
    settles_at(1);
    fs::write(place.path().join("conf.d/b.conf"), WARNING.replace("80", "81")).expect("written");
    settles_at(2);
    let output = run(place.path(), &["check", "--watch", "-"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_problem_matcher_reads_compact_output() {
    let matcher: Value = serde_json::from_str(&project_file(".github/nginspect-matcher.json")).expect("JSON");
    let matchers = matcher["problemMatcher"].as_array().expect("matchers");
    let info = "server {\n    listen 443 ssl;\n    ssl_certificate a;\n    ssl_certificate_key b;\n    root /srv;\n    http2 on;\n}\n";
    let place =
        folder(&[("a b/C: x.conf", WARNING), ("info.conf", info), ("broken.conf", "server {\n    listen 80\n}\n")]);
    let text = stdout(&run(place.path(), &["check", "--pedantic", "--format", "compact", "."]));
    let document = json(&run(place.path(), &["check", "--pedantic", "--format", "json", "."]));
    let findings = document["diagnostics"].as_array().expect("findings");
    let severities: Vec<&str> = findings.iter().filter_map(|finding| finding["severity"].as_str()).collect();
    assert!(severities.contains(&"info") && severities.contains(&"error"), "{severities:?}");
    assert_eq!(text.lines().count(), findings.len());
    for (line, finding) in text.lines().zip(findings) {
        let reads = |matcher: &Value| {
            let pattern = &matcher["pattern"][0];
            let found = Regex::new(pattern["regexp"].as_str()?).expect("a pattern").captures(line)?;
            let group = |name: &str| pattern[name].as_u64().and_then(|index| found.get(index as usize));
            let text = |name: &str| group(name).map(|found| found.as_str().to_owned());
            let severity = text("severity").or(matcher["severity"].as_str().map(str::to_owned));
            Some([text("file"), text("line"), text("column"), severity, text("message"), text("code")])
        };
        let read: Vec<_> = matchers.iter().filter_map(reads).collect();
        let string = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
        let start = &finding["start"];
        let severity = string(&finding["severity"]).replace("info", "notice");
        let expected =
            [&finding["path"], &start["line"], &start["column"], &Value::Null, &finding["message"], &finding["rule"]];
        let mut expected = expected.map(|value| Some(string(value)));
        expected[3] = Some(severity);
        assert_eq!(read, [expected], "{line}");
    }
}

#[test]
fn hooks_choose_what_is_nginx() {
    let hooks = project_file(".pre-commit-hooks.yaml");
    let pattern = |key: &str| {
        let start = format!("  {key}: &{key} ");
        let text = hooks.lines().find_map(|line| line.strip_prefix(&start)).expect("a pattern");
        Regex::new(text).expect("a pattern that Python reads the same way")
    };
    let (files, exclude) = (pattern("files"), pattern("exclude"));
    let chosen = [
        "nginx.conf",
        "nginx-prod.conf",
        "docker/nginx.conf.template",
        "my-nginx.conf",
        "demoNginx/default.conf",
        "conf.d/a.conf",
        "deploy/nginx/templates/default.conf.template",
        "nginx/site.tpl",
        "nginx/snippets/tls.inc",
        "templates/site.conf.template",
        "templates/nginx.conf.j2",
        "nginx/sites-enabled/default",
        "sites-available/shop.example",
        "web.nginx",
    ];
    let left = [
        "app/other.conf",
        "templates/_helpers.tpl",
        "templates/index.html.j2",
        "nginx/README.md",
        "nginx/Dockerfile",
        "nginx/entrypoint.sh",
        "sites-enabled/.keep",
        "sites-enabled/README.md",
        "src/nginx.rs",
        "compose.yaml",
        "nginx/ssl/site.pem",
    ];
    let is_chosen = |path: &&str| files.is_match(path) && !exclude.is_match(path);
    assert_eq!(chosen.iter().filter(|path| !is_chosen(path)).collect::<Vec<_>>(), [&""; 0]);
    assert_eq!(left.iter().filter(|path| is_chosen(path)).collect::<Vec<_>>(), [&""; 0]);
    for id in ["nginspect", "nginspect-fix", "nginspect-docker", "nginspect-system"] {
        assert!(hooks.contains(&format!("- id: {id}\n")), "{id}");
    }
}

/// The scripts of the action, step by step.
fn scripts_of_action() -> Vec<String> {
    let action = project_file("action.yml");
    let after = action.split("      run: ").skip(1);
    let body = |text: &str| match text.strip_prefix("|\n") {
        Some(block) => block
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with("        "))
            .fold(String::new(), |script, line| format!("{script}{}\n", line.trim_start_matches("        "))),
        None => text.lines().next().unwrap_or_default().to_owned(),
    };
    after.map(body).collect()
}

#[cfg(unix)]
#[test]
fn the_action_passes_its_inputs_on_word_by_word() {
    use std::os::unix::fs::PermissionsExt;
    let scripts = scripts_of_action();
    assert!(scripts.len() == 3 && scripts.iter().all(|script| !script.contains("${{")), "{scripts:?}");
    // A program that prints its arguments stands in for the real one.
    let place = folder(&[("nginspect", "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\nexit 1\n"), ("output", "")]);
    let program = place.path().join("nginspect");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
    let run = |format: &str| {
        let path = format!("{}:{}", place.path().display(), std::env::var("PATH").unwrap_or_default());
        Command::new("bash")
            .current_dir(place.path())
            .args(["-c", &scripts[1]])
            .env("PATH", path)
            .env("RUNNER_TEMP", "/tmp/r")
            .env("GITHUB_OUTPUT", place.path().join("output"))
            .env("NGINSPECT_PATHS", "a b.conf\n$(touch pwned)\n--fix\n`touch pwned`; touch pwned\n")
            .env("NGINSPECT_ARGS", "--select\nhsts-missing\n")
            .env("NGINSPECT_FORMAT", format)
            .env("NGINSPECT_FAIL_ON", "error; touch pwned")
            .output()
            .expect("bash runs")
    };
    let common =
        "<--select>\n<hsts-missing>\n<-->\n<a b.conf>\n<$(touch pwned)>\n<--fix>\n<`touch pwned`; touch pwned>\n";
    let github = run("github");
    let start = "<check>\n<--fail-on=error; touch pwned>\n";
    assert_eq!(stdout(&github), format!("{start}<--format>\n<github>\n{common}"), "{}", stderr(&github));
    let sarif = stdout(&run("sarif"));
    assert_eq!(sarif, format!("{start}<--format>\n<human>\n<--format>\n<sarif=/tmp/r/nginspect.sarif>\n{common}"));
    assert_eq!(run("xml; touch pwned").status.code(), Some(2));
    assert!(!place.path().join("pwned").exists());
    let output = fs::read_to_string(place.path().join("output")).expect("text");
    assert_eq!(output, "exit-code=1\nsarif-file=/tmp/r/nginspect.sarif\nexit-code=1\n");
}

#[test]
fn the_image_is_built_from_what_is_let_in() {
    let let_in = project_file(".dockerignore");
    let manifest = project_file("Cargo.toml");
    for name in ["Cargo.toml", "Cargo.lock", "build.rs", "src", "rules", "README.md"] {
        assert!(let_in.lines().any(|line| line == format!("!/{name}")), "{name}");
    }
    assert!(manifest.contains("readme = \"README.md\""));
    let image = project_file("Dockerfile");
    for line in ["FROM scratch", "USER 65534:65534", "WORKDIR /io", "ENTRYPOINT [\"nginspect\"]"] {
        assert!(image.lines().any(|found| found == line), "{line}");
    }
}
