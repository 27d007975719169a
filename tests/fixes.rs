//! `check --fix` on real files: what changes, what survives, and what happens when it cannot be written.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::cli::{folder, run, stderr, stdout};
use crate::support::command;

/// With a fix that is safe, one that is not, and one that is both further down.
const SITE: &str = "server {\n    listen 80;\n    location /s { alias /srv/s/; }\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n";
/// After the safe fixes.
const MENDED: &str = "server {\n    listen 80;\n    location /s/ { alias /srv/s/; }\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n";

fn read(folder: &Path, name: &str) -> String {
    String::from_utf8(fs::read(folder.join(name)).expect("it can be read")).expect("UTF-8")
}

/// No temporary file is left.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn piped(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = command();
    let command = command.current_dir(folder).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    child.stdin.take().expect("standard input").write_all(input).expect("it is read");
    child.wait_with_output().expect("the program ends")
}

#[test]
fn safe_fixes_are_written_and_counted() {
    let place = folder(&[("site.conf", SITE)]);
    let output = run(place.path(), &["check", "--fix", "site.conf"]);
    assert_eq!(read(place.path(), "site.conf"), MENDED);
    assert!(stdout(&output).contains("fixed 2 findings in 1 file (2 more with --unsafe-fixes)"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(0), "what remains is of no weight");
    let again = run(place.path(), &["check", "--fix", "site.conf"]);
    assert!(stdout(&again).contains("fixed nothing (2 with --unsafe-fixes)"), "{}", stdout(&again));
    assert_eq!(
        (read(place.path(), "site.conf"), names(place.path())),
        (MENDED.to_owned(), vec!["site.conf".to_owned()])
    );
}

#[test]
fn unsafe_fixes_are_made_on_demand() {
    let place = folder(&[("site.conf", SITE)]);
    let output = run(place.path(), &["check", "--fix", "--unsafe-fixes", "--fail-on", "info", "site.conf"]);
    assert!(stdout(&output).contains("fixed 4 findings in 1 file\n"), "{}", stdout(&output));
    assert!(read(place.path(), "site.conf").contains("client_max_body_size"));
    assert_eq!(output.status.code(), Some(0));
    for arguments in [&["check", "--unsafe-fixes", "site.conf"][..], &["check", "--fix", "-", "site.conf"]] {
        assert_eq!(run(place.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_exit_code_is_about_what_remains() {
    let place = folder(&[("site.conf", SITE)]);
    assert_eq!(run(place.path(), &["check", "site.conf"]).status.code(), Some(1));
    let only = run(place.path(), &["check", "--fix-only", "--fail-on", "info", "site.conf"]);
    assert_eq!((only.status.code(), stdout(&only)), (Some(0), String::new()));
    assert!(stderr(&only).contains("fixed 2 findings"), "{}", stderr(&only));
    assert_eq!(run(place.path(), &["check", "--fix", "--fail-on", "info", "site.conf"]).status.code(), Some(1));
}

#[test]
fn a_diff_is_a_patch_and_writes_nothing() {
    let place = folder(&[("conf.d/site.conf", SITE)]);
    let output = run(place.path(), &["check", "--diff", "conf.d"]);
    assert_eq!((output.status.code(), read(place.path(), "conf.d/site.conf").as_str()), (Some(1), SITE));
    fs::write(place.path().join("fix.patch"), &output.stdout).expect("written");
    let patched =
        Command::new("patch").args(["-p0", "-i", "fix.patch"]).current_dir(&place).output().expect("patch runs");
    assert!(patched.status.success(), "{}", stdout(&patched));
    assert_eq!(read(place.path(), "conf.d/site.conf"), MENDED);
    let nothing = run(place.path(), &["check", "--diff", "conf.d"]);
    assert_eq!((nothing.status.code(), stdout(&nothing)), (Some(0), String::new()));
}

#[test]
fn standard_input_comes_out_mended() {
    let place = folder(&[]);
    let output = piped(place.path(), &["check", "--fix", "-"], SITE.as_bytes());
    assert_eq!((stdout(&output).as_str(), output.status.code()), (MENDED, Some(0)));
    assert!(stderr(&output).contains("body-size-default"), "{}", stderr(&output));
    let output =
        piped(place.path(), &["check", "--fix", "--format", "compact=out.txt", "-"], b"server {\n    listen 80\n}\n");
    assert_eq!(stdout(&output), "server {\n    listen 80;\n}\n");
    assert_eq!(read(place.path(), "out.txt"), "");
}

#[test]
fn bytes_that_no_fix_is_about_stay() {
    let dos = SITE.replace('\n', "\r\n");
    let mut latin = SITE.trim_end().replace("listen 80;", "listen 80; # caf").into_bytes();
    latin.insert(SITE.find("80;").expect("a port") + 9, 0xe9);
    let place = folder(&[("dos.conf", &dos), ("main.conf", "http {\r\n    server { listen 80; }\r\n}\r\n")]);
    fs::write(place.path().join("latin.conf"), &latin).expect("written");
    run(place.path(), &["check", "--fix", "dos.conf"]);
    assert_eq!(read(place.path(), "dos.conf"), MENDED.replace('\n', "\r\n"));
    // This fix brings a line of its own.
    run(place.path(), &["check", "--fix", "--context", "main", "--select", "events-missing", "main.conf"]);
    assert_eq!(read(place.path(), "main.conf"), "events {}\r\nhttp {\r\n    server { listen 80; }\r\n}\r\n");
    run(place.path(), &["check", "--fix", "latin.conf"]);
    let mended = fs::read(place.path().join("latin.conf")).expect("it can be read");
    assert!(mended.windows(4).any(|bytes| bytes == b"caf\xe9") && !mended.ends_with(b"\n"));
    assert!(String::from_utf8_lossy(&mended).contains("location /s/ {"));
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    // Two files: the first would fit.
    let long = format!("{SITE}{}", "# and so on\n".repeat(1_000));
    let place = folder(&[("a.conf", SITE), ("b.conf", &long)]);
    let limited =
        format!("ulimit -f 4; exec {} check --fix a.conf b.conf", assert_cmd::cargo::cargo_bin!("nginspect").display());
    let output = Command::new("bash").args(["-c", &limited]).current_dir(&place).output().expect("bash runs");
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("b.conf: it could not be written") && !said.contains("fixed"), "{said}");
    assert_eq!((read(place.path(), "a.conf").as_str(), read(place.path(), "b.conf")), (SITE, long));
    assert_eq!(names(place.path()), ["a.conf", "b.conf"]);
}

#[test]
fn links_mode_and_owner_stay() {
    let place = folder(&[("available/site", SITE), ("two.conf", SITE), ("mode.conf", SITE), ("enabled/.keep", "")]);
    let at = |name: &str| place.path().join(name);
    symlink("../available/site", at("enabled/site")).expect("a link");
    fs::hard_link(at("two.conf"), at("other-name")).expect("a link");
    fs::set_permissions(at("mode.conf"), fs::Permissions::from_mode(0o640)).expect("a mode");
    // Only root can give a file away.
    let is_root = chown(at("mode.conf"), Some(1234), Some(2345)).is_ok();
    let inode = fs::metadata(at("two.conf")).expect("it is there").ino();
    for name in ["enabled/site", "two.conf", "mode.conf"] {
        run(place.path(), &["check", "--fix", "--context", "http", name]);
        assert_eq!(read(place.path(), name), MENDED, "{name}");
    }
    assert!(at("enabled/site").is_symlink() && !at("available/site").is_symlink());
    assert_eq!(read(place.path(), "other-name"), MENDED);
    let two = fs::metadata(at("two.conf")).expect("it is there");
    assert_eq!((two.ino(), two.nlink()), (inode, 2));
    let mode = fs::metadata(at("mode.conf")).expect("it is there");
    assert_eq!(mode.mode() & 0o7777, 0o640);
    assert!(!is_root || (mode.uid(), mode.gid()) == (1234, 2345));
    assert_eq!(names(place.path()), ["available", "enabled", "mode.conf", "other-name", "two.conf"]);
}

#[test]
fn a_file_that_is_read_only_stays_as_it_is() {
    let place = folder(&[("site.conf", SITE)]);
    let path = place.path().join("site.conf");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("a mode");
    let output = run(place.path(), &["check", "--fix", "site.conf"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("site.conf: it could not be written: it is read-only"), "{}", stdout(&output));
    assert!(stdout(&output).contains("alias-traversal"), "what was found is still there");
    assert_eq!(read(place.path(), "site.conf"), SITE);
}

#[test]
fn output_files_are_written_whole_or_not_at_all() {
    let place = folder(&[("site.conf", SITE), ("old.json", "{}")]);
    let full = run(place.path(), &["check", "--format", "json=/dev/full", "site.conf"]);
    assert_eq!(full.status.code(), Some(3));
    assert!(stderr(&full).contains("/dev/full: it could not be written"), "{}", stderr(&full));
    let limited = format!(
        "ulimit -f 1; exec {} check --format json=old.json site.conf",
        assert_cmd::cargo::cargo_bin!("nginspect").display()
    );
    let output = Command::new("bash").args(["-c", &limited]).current_dir(&place).output().expect("bash runs");
    assert_eq!((output.status.code(), read(place.path(), "old.json").as_str()), (Some(3), "{}"));
    run(place.path(), &["check", "--format", "json=new.json", "--format", "compact=/dev/null", "site.conf"]);
    assert!(read(place.path(), "new.json").contains("alias-traversal"));
    assert_eq!(fs::metadata(place.path().join("new.json")).expect("it is there").mode() & 0o600, 0o600);
    assert_eq!(names(place.path()), ["new.json", "old.json", "site.conf"]);
}

#[test]
fn what_comes_from_elsewhere_is_not_edited() {
    let main = "worker_processes auto;\nevents {}\nhttp {\n    server_tokens off;\n    include /etc/letsencrypt/options-ssl-nginx.conf;\n    include part.conf;\n}\n";
    let part = format!("# Managed by a tool. Do not edit.\n{SITE}");
    let place = folder(&[("nginx.conf", main), ("part.conf", &part), ("clean.conf", "server { listen 80; }\n")]);
    let output = run(place.path(), &["check", "--fix", "nginx.conf"]);
    assert_eq!((read(place.path(), "nginx.conf").as_str(), read(place.path(), "part.conf")), (main, part));
    assert!(
        stdout(&output).contains("left alone: part.conf, for it says that it is not to be edited"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_snippet_that_needs_different_fixes_is_left_alone() {
    // What is lost is another header in each server.
    let site = |name: &str| {
        format!(
            "server {{\n    listen 80;\n    server_name {name}.test;\n    root /srv;\n    proxy_set_header X-{name} 1;\n    include part.inc;\n}}\n"
        )
    };
    let part = "location / {\n    proxy_set_header Host $host;\n    proxy_pass http://127.0.0.1:8000;\n}\n";
    let main = format!("events {{}}\nhttp {{\n{}{}}}\n", site("a"), site("b"));
    let place = folder(&[("nginx.conf", &main), ("part.inc", part)]);
    let select = ["check", "--fix", "--unsafe-fixes", "--select", "proxy-set-header-dropped", "nginx.conf"];
    run(place.path(), &select);
    assert_eq!(read(place.path(), "part.inc"), part);
    fs::write(place.path().join("nginx.conf"), main.replace("X-b", "X-a")).expect("written");
    run(place.path(), &select);
    assert!(read(place.path(), "part.inc").contains("X-a 1;"), "{}", read(place.path(), "part.inc"));
    // Nor is it changed where only one of the servers lacks something.
    fs::write(place.path().join("part.inc"), part).expect("written");
    fs::write(place.path().join("nginx.conf"), main.replace("    proxy_set_header X-b 1;\n", "")).expect("written");
    assert_eq!(
        run(place.path(), &["check", "--select", "proxy-set-header-dropped", "nginx.conf"]).status.code(),
        Some(1)
    );
    run(place.path(), &select);
    assert_eq!(read(place.path(), "part.inc"), part);
}

#[test]
fn scripts_of_the_project_are_mended_too() {
    let script = "#!/bin/sh\nenvsubst < /etc/nginx/site.template > /etc/nginx/conf.d/site.conf\nexec nginx\n";
    let template = "server {\n    listen 80;\n    server_name ${NAME};\n    location / {\n        return 301 https://$host$request_uri;\n    }\n}\n";
    let dockerfile =
        "FROM nginx:1.27\nENV NAME=a.test\nCOPY site.template /etc/nginx/\nCOPY run.sh /\nCMD [\"/run.sh\"]\n";
    let place = folder(&[("run.sh", script), ("site.template", template), ("Dockerfile", dockerfile)]);
    let output = run(place.path(), &["check", "--fix", "."]);
    assert!(read(place.path(), "run.sh").contains("envsubst '${NAME}' <"), "{}", stdout(&output));
    assert_eq!(read(place.path(), "site.template"), template);
}

/// A program that takes its words for those of nginx: it accepts everything that does not contain the word.
fn judge(place: &Path, word: &str) -> String {
    let path = place.join("judge.sh");
    let text = format!(
        "#!/bin/sh\n# -t -p DIR -c FILE\nif grep -rqs '{word}' \"$5\" \"$3/conf.d\"; then echo '[emerg] no {word}' >&2; exit 1; fi\n"
    );
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
    path.display().to_string()
}

#[test]
fn a_program_can_have_the_last_word() {
    let main = "events {}\nhttp {\n    include conf.d/*.conf;\n}\n";
    let place = folder(&[("nginx.conf", main), ("conf.d/site.conf", SITE)]);
    let with = |program: &str| run(place.path(), &["check", "--fix", "--verify-with", program, "nginx.conf"]);
    let output = with(&judge(place.path(), "Host"));
    assert_eq!(output.status.code(), Some(3));
    let said = stdout(&output);
    assert!(said.contains("nothing was written") && said.contains("[emerg] no Host"), "{said}");
    assert_eq!(read(place.path(), "conf.d/site.conf"), SITE);
    assert_eq!(with("no-such-program").status.code(), Some(3));
    assert_eq!(read(place.path(), "conf.d/site.conf"), SITE);
    let output = with(&judge(place.path(), "alias"));
    assert!(stdout(&output).contains("does not accept nginx.conf without the fixes either"), "{}", stdout(&output));
    assert_eq!(read(place.path(), "conf.d/site.conf"), MENDED);
}
