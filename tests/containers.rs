//! Configurations that live in containers: their includes, their release, their templates.

use crate::cli::{folder, run, stderr, stdout};

const MAIN: &str =
    "events {}\nhttp {\n    add_header X-Frame-Options DENY always;\n    include /etc/nginx/conf.d/*.conf;\n}\n";
const SITE: &str =
    "server {\n    listen 80;\n    root /srv;\n    location /a/ {\n        add_header X-Other 1;\n    }\n}\n";

/// The findings of these rules in a project.
fn findings(files: &[(&str, &str)], more: &[&str]) -> String {
    let place = folder(files);
    let arguments = ["check", ".", "--pedantic", "--format", "compact", "--fail-on", "never"];
    let output = run(place.path(), &[&arguments[..], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

const DROPPED: &[&str] = &["--select", "add-header-dropped"];

#[test]
fn includes_lead_where_the_files_are_copied_to() {
    let dockerfile = "FROM nginx:1.27\nCOPY web/main.conf /etc/nginx/nginx.conf\nCOPY web/sites /etc/nginx/conf.d/\n";
    let files = [("Dockerfile", dockerfile), ("web/main.conf", MAIN), ("web/sites/a.conf", SITE)];
    assert!(findings(&files, DROPPED).contains("web/sites/a.conf:5:9: warning: `add_header` drops"));
    assert_eq!(findings(&files[1..], DROPPED), "");
    // A file that only the container's folders lead to is named as the one that it was asked for with.
    let place = folder(&files);
    let shown = |main: &str| stdout(&run(place.path(), &[&["check", main, "--format", "compact"], DROPPED].concat()));
    assert!(shown("web/main.conf").starts_with("web/sites/a.conf:5:9"));
    let main = place.path().join("web/main.conf");
    assert!(shown(&main.to_string_lossy()).starts_with(&*place.path().join("web/sites/a.conf:5:9").to_string_lossy()));
}

#[test]
fn a_mount_lies_over_what_is_copied() {
    let dockerfile =
        "FROM nginx:1.27\nCOPY main.conf /etc/nginx/nginx.conf\nCOPY old.conf /etc/nginx/conf.d/site.conf\n";
    let compose =
        "services:\n  web:\n    build: ./web\n    volumes:\n      - ./new.conf:/etc/nginx/conf.d/site.conf:ro\n";
    let files = [
        ("web/Dockerfile", dockerfile),
        ("web/main.conf", MAIN),
        ("web/old.conf", SITE),
        ("new.conf", SITE),
        ("compose.yml", compose),
    ];
    let found = findings(&files, DROPPED);
    assert!(found.contains("new.conf:5:9") && !found.contains("old.conf"), "{found}");
}

#[test]
fn configs_of_compose_are_mounted_files() {
    let compose = "services:\n  web:\n    image: nginx:1.27\n    configs:\n      - source: main\n        target: /etc/nginx/nginx.conf\n      - source: site\n        target: /etc/nginx/conf.d/site.conf\nconfigs:\n  main: {file: ./x/main.conf}\n  site: {file: x/a.conf}\n";
    let files = [("compose.yml", compose), ("x/main.conf", MAIN), ("x/a.conf", SITE)];
    assert!(findings(&files, DROPPED).contains("x/a.conf:5:9"));
}

#[test]
fn stock_files_include_each_other() {
    let site = "server {\n    listen 80;\n    location ~ \\.php$ { include snippets/fastcgi-php.conf; }\n}\n";
    assert_eq!(findings(&[("site.conf", site)], &["--select", "include-not-followed,include-not-found"]), "");
}

#[test]
fn files_that_scripts_make_are_not_missed() {
    let main = "events {}\nhttp {\n    include conf.d/resolver.conf;\n    include conf.d/built.conf;\n}\n";
    let dockerfile = "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/\nRUN echo > /etc/nginx/conf.d/built.conf\n";
    let script = "#!/bin/sh\nawk '/^nameserver/' /etc/resolv.conf > /etc/nginx/conf.d/resolver.conf\n";
    let files = [("nginx.conf", main), ("conf.d/a.conf", ""), ("Dockerfile", dockerfile), ("start.sh", script)];
    let missing = &["--select", "include-not-found"];
    assert_eq!(findings(&files[..2], missing).lines().count(), 2);
    assert_eq!(findings(&files, missing), "");
}

#[test]
fn paths_can_be_told() {
    let files = [("main.conf", MAIN), ("x/a.conf", SITE)];
    let told = [DROPPED, &["--path-map", "/etc/nginx/conf.d=x"]].concat();
    assert!(findings(&files, &told).contains("x/a.conf:5:9"));
    let place = folder(&files);
    assert_eq!(run(place.path(), &["check", ".", "--path-map", "x=y"]).status.code(), Some(2));
}

#[test]
fn the_image_tells_the_release() {
    let site = "server {\n    listen 443 ssl;\n    http2 on;\n}\n";
    let compose = |tag: &str| {
        format!("services:\n  web:\n    image: nginx:{tag}\n    volumes: [./a.conf:/etc/nginx/conf.d/a.conf]\n")
    };
    let unsupported = |tag: &str, more: &[&str]| {
        let rule = ["--select", "http2-directive-unsupported"];
        findings(&[("a.conf", site), ("compose.yml", &compose(tag))], &[&rule[..], more].concat())
    };
    assert!(unsupported("1.23.0-alpine", &[]).contains("a.conf:3:5"));
    assert_eq!(unsupported("1.27", &[]), "");
    assert_eq!(unsupported("1.23.0-alpine", &["--nginx-version", "1.27"]), "");
    assert!(unsupported("1.27", &["--nginx-version", "1.23"]).contains("a.conf:3:5"));
}

#[test]
fn a_template_stands_where_its_result_will_be() {
    let compose = "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./main.conf:/etc/nginx/nginx.conf\n      - ./t:/etc/nginx/templates\n";
    let files = [("compose.yml", compose), ("main.conf", MAIN), ("t/a.conf.template", SITE)];
    assert!(findings(&files, DROPPED).contains("t/a.conf.template:5:9"));
}

#[test]
fn alternatives_are_never_one_configuration() {
    let dockerfile = "FROM nginx:1.27\nCOPY *.conf *.tpl run.sh /etc/nginx/\nRUN mv /etc/nginx/main.conf /etc/nginx/nginx.conf\nCMD [\"/etc/nginx/run.sh\"]\n";
    let script = "#!/bin/sh\nif [ -f x ]; then T=a; envsubst '$X' < /etc/nginx/a.tpl > /etc/nginx/conf.d/d.conf\nelse envsubst '$X' < /etc/nginx/b.tpl > /etc/nginx/conf.d/d.conf; fi\nnginx\n";
    let site = "server { listen 80 default_server; server_name ${X}; root /srv; }\n";
    let files = [("Dockerfile", dockerfile), ("run.sh", script), ("main.conf", MAIN), ("a.tpl", site), ("b.tpl", site)];
    let found = findings(&files, &["--ignore", "static-default-root"]);
    assert!(found.contains("`/etc/nginx/conf.d/*.conf` was not read"), "{found}");
    assert!(!found.contains("error"), "{found}");
}

#[test]
fn what_stands_in_a_script_is_told_with_its_template() {
    let site = "server {\n    listen 80;\n    server_name ${DOMAIN};\n    return 301 https://$host;\n}\n";
    let dockerfile = "FROM nginx:1.28\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY a.conf.tpl /t/a.conf.tpl\nCOPY run.sh /\nCMD [\"/run.sh\"]\n";
    let main = "events {}\nhttp { include conf.d/*.conf; }\n";
    let run_with =
        |list: &str| format!("#!/bin/sh\nenvsubst {list} < /t/a.conf.tpl > /etc/nginx/conf.d/a.conf\nexec nginx\n");
    let told = |list: &str| {
        let place = folder(&[
            ("Dockerfile", dockerfile),
            ("nginx.conf", main),
            ("a.conf.tpl", site),
            ("run.sh", &run_with(list)),
        ]);
        let arguments = ["check", "--format", "compact", "--fail-on", "never", "a.conf.tpl"];
        let rules = ["--select", "template-bad-shell-format,template-clobbers-nginx-variable"];
        stdout(&run(place.path(), &[&arguments[..], &rules].concat()))
    };
    assert!(told("'DOMAIN'").contains("run.sh:2:1: error: envsubst gets a list without names"), "{}", told("'DOMAIN'"));
    assert!(told("").contains("a.conf.tpl:4:24: error: envsubst erases nginx's `$host`"), "{}", told(""));
    assert_eq!(told("'$DOMAIN'"), "");
}

#[test]
fn a_configuration_may_be_a_template_by_what_is_done_with_it() {
    let site = "server {\n    listen ${PORT};\n    server_name ${DOMAIN};\n    root /srv/${AREA:-a};\n    return 301 https://$host;\n}\n";
    let rules = [
        "--select",
        "template-clobbers-nginx-variable,template-default-value-unsupported,template-unsubstituted-placeholder",
    ];
    let told = |files: &[(&str, &str)]| {
        let found = findings(&[&[("a.conf", site)], files].concat(), &rules);
        let places = found.lines().map(|line| {
            let place = line.split(": ").next().unwrap_or_default();
            let rule = line.rsplit_once("[template-").map_or("", |(_, rule)| rule.trim_end_matches(']'));
            format!("{place} {rule}")
        });
        places.collect::<Vec<_>>()
    };
    let rendered = ["a.conf:4:15 default-value-unsupported", "a.conf:5:24 clobbers-nginx-variable"];
    assert_eq!(told(&[("run.sh", "envsubst < a.conf > /etc/nginx/conf.d/a.conf\n")]), rendered);
    let alone = ["a.conf:2:12 unsubstituted-placeholder", "a.conf:3:17 unsubstituted-placeholder"];
    assert_eq!(told(&[]), alone);
    for script in ["for f in *.conf; do envsubst '$PORT' < \"$1/$f\"; done\n", "eval \"cat <<X\n$(cat a.conf)\nX\"\n"] {
        assert_eq!(told(&[("run.sh", script)]), [""; 0], "{script}");
    }
}

/// A site whose `alias` leaks if the value ends in a slash.
const ALIAS: &str = "server {\n    listen 80;\n    location /s {\n        alias ${DIR};\n    }\n}\n";
const LEAKS: &[&str] = &["--select", "alias-traversal,listen-invalid"];

fn compose(mount: &str, environment: &str) -> String {
    format!(
        "services:\n  web:\n    image: nginx:1.27\n    volumes: [\"./{mount}\"]\n    environment:\n      - {environment}\n"
    )
}

#[test]
fn templates_are_judged_with_the_values_of_their_container() {
    let mount = "a.conf.template:/etc/nginx/templates/a.conf.template";
    let by_image = |environment: &str, more: &[&str]| {
        let files = [("a.conf.template", ALIAS), ("compose.yml", &compose(mount, environment))];
        findings(&files, &[LEAKS, more].concat())
    };
    let found = by_image("DIR=/srv/s/", &[]);
    assert_eq!(found.matches("[alias-traversal]").count(), 1, "{found}");
    for (environment, more) in [
        ("DIR=/srv/s", &[][..]),
        ("DIR=", &[]),
        ("DIR=${DIR}", &[]),
        ("DIR=/srv/s/\n      - NGINX_ENVSUBST_FILTER=^X", &[]),
        ("DIR=/srv/s/", &["--define", "DIR=/srv/s"]),
    ] {
        assert_eq!(by_image(environment, more), "", "{environment} {more:?}");
    }
}

#[test]
fn the_told_root_is_the_project() {
    let files =
        [("n/a.conf.tpl", "server { return 301 $scheme://a.test; }\n"), ("run.sh", "envsubst < n/a.conf.tpl > x\n")];
    let place = folder(&files);
    let arguments = [
        "check",
        "n/a.conf.tpl",
        "--select",
        "template-clobbers-nginx-variable",
        "--format",
        "compact",
        "--fail-on",
        "never",
    ];
    assert_eq!(stdout(&run(place.path(), &arguments)), "");
    let with_root = stdout(&run(place.path(), &[&arguments[..], &["--root", "."]].concat()));
    assert!(with_root.contains("n/a.conf.tpl:1:21: error"), "{with_root}");
}

#[test]
fn what_a_script_renders_is_a_template_whatever_its_name() {
    let dockerfile =
        "FROM nginx:1.27\nENV DIR=/srv/s/ PORT=x:y\nCOPY a.conf /t/a.conf\nCOPY run.sh /\nCMD [\"/run.sh\"]\n";
    let of = |list: &str, text: &str| {
        let script =
            format!("#!/bin/sh\nexport host='$host'\nenvsubst {list} < /t/a.conf > /etc/nginx/conf.d/a.conf\n");
        findings(&[("Dockerfile", dockerfile), ("a.conf", text), ("run.sh", &script)], LEAKS)
    };
    assert!(of("'$DIR'", ALIAS).contains("a.conf:4:"));
    assert_eq!(of("'$OTHER'", ALIAS), "");
    let port = ALIAS.replace("80", "$PORT");
    let found = of("", &port);
    assert!(found.contains("listen-invalid") && found.contains("alias-traversal"), "{found}");
    assert!(!of("'$DIR'", &port).contains("listen-invalid"));
}

#[test]
fn render_asks_the_project() {
    let script = "#!/bin/sh\nexport host='$host'\nenvsubst < /t/a.conf > /etc/nginx/conf.d/a.conf\n";
    let dockerfile = "FROM nginx:1.27\nENV NAME=a.test\nCOPY a.conf /t/\nCOPY run.sh /\nCMD [\"/run.sh\"]\n";
    let compose = "services:\n  web:\n    build: .\n    environment:\n      OPEN: ${OPEN}\n";
    let text = "server_name ${NAME} $host ${OPEN} ${ERASED};\n";
    let files = [("Dockerfile", dockerfile), ("a.conf", text), ("run.sh", script), ("compose.yml", compose)];
    let place = folder(&files);
    let output = run(place.path(), &["render", "a.conf"]);
    assert_eq!(stdout(&output), "server_name a.test $host ${OPEN} ;\n");
    let explained = stderr(&output);
    for part in [
        "mode: all (envsubst without a list, run.sh:3)",
        "NAME = \"a.test\" from Dockerfile:2",
        "host = \"$host\" from run.sh:2",
        "replaced by nothing, because not defined: ERASED",
        "left as it is, because its value is not known here: $OPEN",
    ] {
        assert!(explained.contains(part), "{part} in {explained}");
    }
    let output = run(place.path(), &["render", "a.conf", "--define", "OPEN=b.test", "--list", "$OPEN"]);
    assert_eq!(stdout(&output), "server_name ${NAME} $host b.test ${ERASED};\n");
}

#[test]
fn alternatives_of_a_script_do_not_clash() {
    let script = "#!/bin/sh\nif test -f /c; then envsubst '$A' < /t/one.conf > /etc/nginx/conf.d/a.conf\n\
                  else envsubst '$A' < /t/two.conf > /etc/nginx/conf.d/a.conf; fi\n";
    let dockerfile =
        "FROM nginx:1.27\nCOPY conf.d /t\nCOPY main.conf /etc/nginx/nginx.conf\nCOPY run.sh /\nCMD [\"/run.sh\"]\n";
    let site = "server {\n    listen 80 default_server;\n    server_name ${A};\n}\n";
    let files = [
        ("Dockerfile", dockerfile),
        ("conf.d/one.conf", site),
        ("conf.d/two.conf", site),
        ("run.sh", script),
        ("main.conf", MAIN),
    ];
    assert_eq!(findings(&files, &["--select", "listen-duplicate,server-name-conflict"]), "");
}

#[test]
fn what_several_configurations_say_of_a_compose_file_is_said_once() {
    let compose = "services:\n  web:\n    image: nginx:1.27\n  certbot:\n    image: certbot/certbot\n    \
                   command: renew --post-hook \"nginx -s reload\"\n";
    let files = [("a/a.conf.template", SITE), ("b/b.conf.template", SITE), ("compose.yml", compose)];
    let found = findings(&files, &["--select", "certbot-hook-wrong-container"]);
    assert_eq!(found.lines().count(), 1, "{found}");
    let place = folder(&files);
    let output = run(place.path(), &["check", ".", "--color", "never"]);
    assert!(!stdout(&output).contains("places that include"), "{}", stdout(&output));
}
