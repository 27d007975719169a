//! The pages and the corpus, judged by real nginx binaries: those that `NGINX_BIN` names, separated by `:`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use nginspect::nginx::version::Version;
use nginspect::page::{Example, ExampleKind};
use nginspect::rules::RULES;
use nginspect::template;

use crate::support::nginx::{Certificates, Nginx, Texts, Verdict};

/// A configuration of the corpus. The `clean-*` trees are not listed: each is a folder of `/etc/nginx` as it stands.
struct Deployment {
    folder: &'static str,
    /// Where a file is, and where it would lie below `/etc/nginx`; the entry comes first.
    files: &'static [(&'static str, &'static str)],
    /// Where the entry belongs.
    context: &'static str,
}

const fn deployment(
    folder: &'static str,
    context: &'static str,
    files: &'static [(&'static str, &'static str)],
) -> Deployment {
    Deployment { folder, files, context }
}

const DEPLOYMENTS: [Deployment; 10] = [
    deployment("django-gunicorn-basic", "http", &[("demoNginx/default.conf", "conf.d/default.conf")]),
    deployment("django-gunicorn-systemd", "http", &[("deploy/nginx.conf", "sites-enabled/portal")]),
    deployment("django-gunicorn-systemd", "http", &[("fragments/client_max_body_size.conf", "conf.d/size.conf")]),
    deployment(
        "django-portainer-certbot",
        "main",
        &[("nginx/nginx.conf", "nginx.conf"), ("nginx/ssl.conf", "conf.d/ssl.conf")],
    ),
    deployment("django-portainer-certbot", "http", &[("nginx/ssl.conf", "conf.d/ssl.conf")]),
    deployment("django-portainer-certbot", "server", &[("fragments/nginx-ssl.conf.performance", "performance.conf")]),
    deployment(
        "django-portainer-certbot",
        "main",
        &[
            ("with-performance-section/nginx/nginx.conf", "nginx.conf"),
            ("with-performance-section/nginx/ssl.conf", "conf.d/ssl.conf"),
        ],
    ),
    deployment("django-uwsgi-ec2", "http", &[(".config/nginx/orchard.conf", "sites-enabled/orchard.conf")]),
    deployment("django-uwsgi-envsubst", "http", &[("docker/proxy/nginx/default.conf.tpl", "conf.d/default.conf")]),
    deployment(
        "django-uwsgi-envsubst",
        "http",
        &[
            ("docker/proxy/nginx/default-ssl.conf.tpl", "conf.d/default.conf"),
            ("docker/proxy/nginx/options-ssl-nginx.conf", "options-ssl-nginx.conf"),
            ("docker/proxy/nginx/uwsgi_params", "uwsgi_params"),
        ],
    ),
];

/// What the corpus README says nginx refuses: the folder, the complaint, and the words to take out before asking again.
const KNOWN_DEFECTS: [(&str, &str, &str); 1] =
    [("django-portainer-certbot", r#"invalid value "must-revalidate" in nginx.conf:34"#, " must-revalidate")];

const NO_EVENTS: &str = r#"no "events" section"#;

/// The environment of `django-uwsgi-envsubst`.
const VARIABLES: [(&str, &str); 3] = [("DOMAIN", "bakery.test"), ("APP_HOST", "app"), ("APP_PORT", "9000")];

#[derive(Default)]
struct Tally {
    accepted: usize,
    rejected: usize,
    /// Reason to the number of cases.
    skipped: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

#[test]
fn nginx_agrees() {
    let binaries = Nginx::at_hand();
    // Not captured by the test harness: a skip must be seen.
    let mut stderr = std::io::stderr();
    if binaries.is_empty() {
        writeln!(stderr, "oracle: skipped, NGINX_BIN names no nginx").expect("stderr is open");
        return;
    }
    let certificates = Certificates::new();
    let mut tally = Tally::default();
    for nginx in &binaries {
        for rule in RULES {
            let page = rule.parsed_page();
            for (number, example) in page.examples().iter().enumerate() {
                let name = format!("{} example {} on {}", rule.id, number + 1, nginx.version);
                let is_template = template::is_template_name(Path::new(&example.files[0].0));
                match example.kind {
                    _ if is_template => {
                        tally.skip("a template is no configuration yet".to_owned());
                    }
                    ExampleKind::Bad if page.rejects => tally.rejected(&name, rule.id, example, nginx, &certificates),
                    ExampleKind::Bad => {}
                    _ => tally.accepted(&name, example, nginx, &certificates),
                }
            }
        }
        corpus(&mut tally, nginx, &certificates);
    }
    for (reason, count) in &tally.skipped {
        writeln!(stderr, "oracle: {count} skipped, {reason}").expect("stderr is open");
    }
    let (accepted, rejected, skipped) = (tally.accepted, tally.rejected, tally.skipped.values().sum::<usize>());
    writeln!(stderr, "oracle: {accepted} accepted, {rejected} rejected as wanted, {skipped} skipped")
        .expect("stderr is open");
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
}

impl Tally {
    fn skip(&mut self, reason: String) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Is the example meant for a newer nginx, or for older ones?
    fn skip_unfit(&mut self, example: &Example, nginx: &Nginx) -> bool {
        let end: Option<Version> = example.attribute("before").map(|version| version.parse().expect("a version"));
        if end.is_some_and(|end| nginx.version >= end) {
            self.skip(format!("{} is newer than the example", nginx.version));
            return true;
        }
        let needed: Option<Version> = example.attribute("version").map(|version| version.parse().expect("a version"));
        let is_too_new = needed.is_some_and(|needed| nginx.version < needed);
        if is_too_new {
            self.skip(format!("{} is older than the example", nginx.version));
        }
        is_too_new
    }

    fn accepted(&mut self, name: &str, example: &Example, nginx: &Nginx, certificates: &Certificates) {
        if self.skip_unfit(example, nginx) {
            return;
        }
        match nginx.test(certificates, example.files.clone(), context(example)) {
            Verdict::Accepted => self.accepted += 1,
            // Read to the end without complaint.
            Verdict::Rejected(message) if message.starts_with(NO_EVENTS) => self.accepted += 1,
            Verdict::Rejected(message) => self.wrong.push(format!("{name}: rejected: {message}")),
            Verdict::Lacks(directive) => self.skip(format!("{} has no {directive}", nginx.version)),
        }
    }

    /// The example must be refused, and for what it shows: nginx names a marked line.
    fn rejected(&mut self, name: &str, rule: &str, example: &Example, nginx: &Nginx, certificates: &Certificates) {
        // Of some findings of a rule nginx only warns.
        if example.attribute("nginx") == Some("warns") {
            return self.accepted(name, example, nginx, certificates);
        }
        if self.skip_unfit(example, nginx) {
            return;
        }
        if example.attribute("missing").is_some() {
            return self.skip("what is on the disk is not under test".to_owned());
        }
        match nginx.test(certificates, example.files.clone(), context(example)) {
            Verdict::Accepted => self.wrong.push(format!("{name}: accepted")),
            Verdict::Rejected(message) => {
                let is_marked = |(file, line): &(String, u32)| message.ends_with(&format!(" in {file}:{line}"));
                // A ring ends at any of its lines.
                let is_ring = message.contains("Too many open files");
                // That would be the frame around the example, unless the rule is about places.
                let is_misplaced = message.contains("is not allowed here")
                    && !matches!(rule, "body-size-invalid" | "directive-not-allowed-here");
                let is_marked_at_all = example.marked_lines(rule).iter().any(is_marked);
                if is_ring || is_nowhere(&message) || !is_misplaced && is_marked_at_all {
                    self.rejected += 1;
                } else {
                    self.wrong.push(format!("{name}: rejected, but not for what is marked: {message}"));
                }
            }
            Verdict::Lacks(directive) => self.skip(format!("{} has no {directive}", nginx.version)),
        }
    }
}

/// Does nginx name no line?
fn is_nowhere(message: &str) -> bool {
    let place = message.rsplit_once(" in ").and_then(|(_, place)| place.rsplit_once(':'));
    place.is_none_or(|(_, line)| line.parse::<u32>().is_err())
}

fn context(example: &Example) -> &str {
    example.attribute("context").unwrap_or("http")
}

fn corpus(tally: &mut Tally, nginx: &Nginx, certificates: &Certificates) {
    for (folder, files, context) in deployments() {
        accept_deployment(tally, &folder, files, context, nginx, certificates);
    }
}

/// The configurations of the corpus as they would be deployed: the folder, the files, and the context of the first.
pub(crate) fn deployments() -> Vec<(String, Texts, &'static str)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&root).expect("the corpus is there").map(|entry| entry.expect("it can be read")) {
        let folder = entry.file_name().into_string().expect("names are UTF-8");
        if !entry.path().is_dir() {
            continue;
        }
        if folder.starts_with("clean-") {
            let mut files = Texts::new();
            for file in walkdir::WalkDir::new(entry.path()).into_iter().map(|file| file.expect("it can be read")) {
                if file.file_type().is_file() {
                    let name = file.path().strip_prefix(entry.path()).expect("it is below").display().to_string();
                    files.push((name, std::fs::read_to_string(file.path()).expect("it can be read")));
                }
            }
            files.sort_by_key(|(name, _)| name != "nginx.conf");
            found.push((folder, files, "main"));
            continue;
        }
        let deployments: Vec<_> = DEPLOYMENTS.iter().filter(|deployment| deployment.folder == folder).collect();
        assert!(!deployments.is_empty(), "corpus/{folder}: the oracle does not know what its configuration is");
        for Deployment { files, context, .. } in deployments {
            let read = |from: &str| std::fs::read_to_string(entry.path().join(from)).expect("it can be read");
            let files = files.iter().map(|(from, to)| ((*to).to_owned(), rendered(from, read(from)))).collect();
            found.push((folder.clone(), files, *context));
        }
    }
    found
}

/// Templates with the values of their variables, other files as they are.
fn rendered(name: &str, mut text: String) -> String {
    if name.ends_with(".tpl") {
        for (variable, value) in VARIABLES {
            text = text.replace(&format!("${{{variable}}}"), value);
        }
    }
    text
}

fn accept_deployment(
    tally: &mut Tally,
    folder: &str,
    mut files: Texts,
    context: &str,
    nginx: &Nginx,
    certificates: &Certificates,
) {
    let name = format!("corpus/{folder} {} on {}", files[0].0, nginx.version);
    let mut verdict = nginx.test(certificates, files.clone(), context);
    for (_, complaint, words) in KNOWN_DEFECTS.iter().filter(|(known, ..)| *known == folder) {
        if matches!(&verdict, Verdict::Rejected(message) if message == complaint) {
            tally.rejected += 1;
            files[0].1 = files[0].1.replace(words, "");
            verdict = nginx.test(certificates, files.clone(), context);
        }
    }
    match verdict {
        Verdict::Accepted => tally.accepted += 1,
        Verdict::Rejected(message) => tally.wrong.push(format!("{name}: rejected: {message}")),
        Verdict::Lacks(directive) => tally.skip(format!("{} has no {directive}", nginx.version)),
    }
}
