//! What a file system can be like: what is no file, what nobody may read, names that are no text, links that lead out.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::cli::{folder, json, stderr, stdout};
use crate::reliability::{CLEAN, bounded, check, rules_of};
use crate::support::command;

#[test]
fn r6_what_is_no_file_is_named_and_not_opened() {
    let main = "events {}\nhttp { include pipe.conf; include socket.conf; include folder.conf; }\n";
    let place = folder(&[("nginx.conf", main), ("site.conf", CLEAN), ("folder.conf/.keep", "")]);
    // Evidence is read from such names as well.
    for name in ["pipe.conf", "Dockerfile", "compose.yaml", ".env", "nginx.conf.template"] {
        let made = Command::new("mkfifo").arg(place.path().join(name)).status().expect("mkfifo runs");
        assert!(made.success());
    }
    let _socket = UnixListener::bind(place.path().join("socket.conf")).expect("a socket");
    symlink("pipe.conf", place.path().join("link.conf")).expect("a link");
    for (name, what) in
        [("pipe.conf", "a FIFO"), ("link.conf", "a FIFO"), ("socket.conf", "a socket"), ("/dev/zero", "a device")]
    {
        let output = check(place.path(), &["--format", "json", name]);
        let message = json(&output)["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(output.status.code(), Some(3), "{name}");
        assert!(message.contains(what) && message.contains("not a regular file"), "{name}: {message}");
    }
    for arguments in [&["nginx.conf"][..], &["."], &["--env-file", ".env", "site.conf"], &["site.conf", "--pedantic"]] {
        let output = check(place.path(), arguments);
        let code = if arguments.contains(&"--env-file") { 3 } else { 0 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn r6_links_in_circles_and_files_without_end() {
    let place = folder(&[("site.conf", CLEAN)]);
    symlink("b.conf", place.path().join("a.conf")).expect("a link");
    symlink("a.conf", place.path().join("b.conf")).expect("a link");
    symlink("..", place.path().join("up")).expect("a link");
    fs::create_dir(place.path().join("conf.d")).expect("a folder");
    symlink("../conf.d", place.path().join("conf.d/again")).expect("a link");
    assert_eq!(check(place.path(), &["."]).status.code(), Some(0));
    assert_eq!(check(place.path(), &["a.conf"]).status.code(), Some(3));
    let huge = File::create(place.path().join("huge.conf")).expect("a file");
    huge.set_len(3 << 30).expect("a file with a hole");
    let output = check(place.path(), &["--format", "json", "huge.conf", "site.conf"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("larger than 64 MiB"), "{}", stdout(&output));
    fs::write(place.path().join("long.conf"), format!("#{}\n{CLEAN}", "-".repeat(2000))).expect("a file");
    for (limit, code, said) in
        [("1k", 3, "larger than 1 KiB"), ("2m", 0, ""), ("5g", 2, "at most"), ("x", 2, "k, m or g")]
    {
        let output = check(place.path(), &["--max-file-size", limit, "long.conf"]);
        assert_eq!(output.status.code(), Some(code), "{limit}");
        assert!(format!("{}{}", stdout(&output), stderr(&output)).contains(said), "{limit}: {}", stdout(&output));
    }
}

/// Runs the program as somebody for whom permissions count; root reads everything.
fn check_as_nobody(folder: &Path, arguments: &[&str]) -> Output {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    let program = assert_cmd::cargo::cargo_bin!("nginspect");
    if id.stdout.trim_ascii() != b"0" {
        return check(folder, arguments);
    }
    // Where the program was built, nobody else may be able to look.
    let copy = folder.join("bin/nginspect");
    if !copy.exists() {
        fs::create_dir(folder.join("bin")).expect("a folder");
        fs::copy(program, &copy).expect("the program can be copied");
    }
    fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("a mode");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy);
    command.current_dir(folder).arg("check").args(arguments).env("HOME", "/");
    bounded(command)
}

#[test]
fn r7_what_may_not_be_read_is_named() {
    let main = "events {}\nhttp { include secret.inc; include closed/*.conf; }\n";
    let place = folder(&[
        ("etc/nginx.conf", main),
        ("etc/secret.inc", CLEAN),
        ("etc/closed/a.conf", CLEAN),
        ("alone/site.conf", CLEAN),
        ("tree/site.conf", CLEAN),
        ("tree/closed/b.conf", CLEAN),
    ]);
    for name in ["etc/secret.inc", "etc/closed", "alone/site.conf", "tree/closed"] {
        fs::set_permissions(place.path().join(name), Permissions::from_mode(0o0)).expect("a mode");
    }
    let cases: [(&str, &[&str]); 4] = [
        ("etc/nginx.conf", &["secret.inc", "closed"]),
        ("etc", &["secret.inc", "closed"]),
        ("alone/site.conf", &["site.conf"]),
        ("tree", &["closed"]),
    ];
    for (path, named) in cases {
        let output = check_as_nobody(place.path(), &["--format", "json", path]);
        let document = json(&output);
        assert_eq!(output.status.code(), Some(3), "{path}: {document}");
        for name in named {
            let names = |error: &Value| error["path"].as_str().is_some_and(|path| path.ends_with(name));
            assert!(
                document["errors"].as_array().is_some_and(|all| all.iter().any(names)),
                "{path} {name}: {document}"
            );
        }
    }
    for name in ["etc/closed", "tree/closed"] {
        fs::set_permissions(place.path().join(name), Permissions::from_mode(0o755)).expect("a mode");
    }
}

#[test]
fn r8_bytes_and_names_that_are_no_text() {
    let place =
        folder(&[("nginx.conf", "events {}\nhttp { include conf.d/*.conf; include conf.d/gone\u{e9}.conf; }\n")]);
    let name = OsStr::from_bytes(b"caf\xe9.conf");
    fs::create_dir(place.path().join("conf.d")).expect("a folder");
    let text = b"server {\n    listen 80;\n    # caf\xe9 \xff\xfe\n    location /s { alias /srv/\xe9/; }\n}\n";
    fs::write(place.path().join("conf.d").join(name), text).expect("written");
    for path in ["nginx.conf", "."] {
        let document = json(&check(place.path(), &["--format", "json", "--select", "alias-traversal", path]));
        let finding = &document["diagnostics"][0];
        assert_eq!(finding["path"], "conf.d/caf\u{fffd}.conf", "{document}");
        assert_eq!(finding["include_chain"].as_array().map(Vec::len), Some(1));
        let (start, end) = (&finding["start"]["offset"], &finding["end"]["offset"]);
        let span = start.as_u64().zip(end.as_u64()).map(|(start, end)| &text[start as usize..end as usize]);
        assert_eq!(span, Some(&b"alias /srv/\xe9/"[..]), "{document}");
    }
    let mut by_name = command();
    by_name.current_dir(place.path().join("conf.d")).args(["check", "--format", "compact"]).arg(name);
    let output = bounded(by_name);
    assert!(stdout(&output).contains("alias-traversal"), "{}{}", stdout(&output), stderr(&output));
    // nginx is given the very bytes; a name that cannot be written down here is no missing file.
    fs::write(place.path().join("nginx.conf"), b"events {}\nhttp { include conf.d/caf\xe9.conf; }\n").expect("written");
    let document = json(&check(place.path(), &["--format", "json", "--pedantic", "nginx.conf"]));
    assert_eq!(rules_of(&document), ["include-not-followed"]);
}

#[test]
fn r13_nothing_outside_of_the_tree_is_read() {
    let inside = "events {}\ninclude ../out.conf;\ninclude /etc/passwd;\ninclude linked.conf;\ninclude far/*;\n";
    let place = folder(&[("in/nginx.conf", inside), ("out.conf", "top_secret {"), ("far/x.conf", "top_secret {")]);
    symlink("../out.conf", place.path().join("in/linked.conf")).expect("a link");
    symlink("../far", place.path().join("in/far")).expect("a link");
    for arguments in [&["in/nginx.conf"][..], &["in"], &["--root", "in", "in/nginx.conf"], &["--root", "in", "."]] {
        let output = check(place.path(), &[&["--pedantic", "--format", "json"], arguments].concat());
        let document = json(&output);
        let said = stdout(&output);
        assert!(!said.contains("top_secret") && !said.contains("root:"), "{arguments:?}: {said}");
        assert_eq!(document["summary"]["files"], 1, "{arguments:?}");
        let lost = rules_of(&document).into_iter().filter(|rule| *rule == "include-not-followed").count();
        assert_eq!(lost, 4, "{arguments:?}: {document}");
    }
    let note = stdout(&check(place.path(), &["--color", "never", "in/nginx.conf"]));
    assert!(note.contains("4 includes were not followed"), "{note}");
}
