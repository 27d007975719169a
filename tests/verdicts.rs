//! Verdicts of nginx that somebody wrote down, in files that lie beside the project on the authors' machines and are not ours
//! to ship: small texts about the language, and real files.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use nginspect::check::{self, Settings};
use nginspect::config::entry::{FileKind, parse_context};
use nginspect::nginx::context::Context;
use nginspect::nginx::directives;
use nginspect::nginx::version::Version;
use nginspect::project::Project;
use nginspect::rules::RULES;
use serde_json::Value;

use crate::support::{Memory, read};

/// Classes of errors that depend on the machine.
const ENVIRONMENT: &[&str] = &["file.open", "ssl.certificate", "host.unresolved"];

/// The same in the words of the table of real files.
const ENVIRONMENT_OF_FILES: &[&str] = &["host-not-found", "file-missing", "env", "not-in-build", "script"];

#[derive(Default)]
struct Tally {
    judged: usize,
    alike: usize,
    with_line: usize,
    same_line: usize,
}

impl Tally {
    /// Both verdicts: the lines where we say that nginx would stop, and what nginx said, with its line if it named one.
    fn add(&mut self, ours: &BTreeSet<u32>, rejected: bool, line: Option<u32>) -> bool {
        self.judged += 1;
        let is_alike = ours.is_empty() != rejected;
        self.alike += usize::from(is_alike);
        if let Some(line) = line.filter(|_| rejected && is_alike) {
            self.with_line += 1;
            self.same_line += usize::from(ours.contains(&line));
        }
        is_alike
    }

    fn print(&self, name: &str) {
        let Self { judged, alike, with_line, same_line } = self;
        say(&format!("{name:24} {judged:5} judged {alike:5} alike {with_line:5} lines {same_line:5} the same"));
    }
}

/// Not captured by the test harness: a table that nobody sees helps nobody.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(crate) fn beside(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !found.exists() {
        say(&format!("skipped: {path} is not beside the project"));
        return None;
    }
    Some(found)
}

/// The lines, in any file, of the findings that nginx would stop at.
fn rejected_lines(files: &Memory, entry: &str, context: Context, target: Option<Version>) -> BTreeSet<u32> {
    let config = read(files, entry, Some(context));
    let settings = Settings { target, ..Settings::default() };
    let findings = check::check(&config, &Project::default(), &settings, RULES);
    assert!(findings.crashed.is_empty(), "{:?} panicked on {entry}", findings.crashed);
    let sources = config.library().sources();
    let line = |span: nginspect::source::Span| sources.get(span.source).line_of(span.start);
    findings.diagnostics.iter().filter(|found| found.nginx_rejects).map(|found| line(found.primary.span)).collect()
}

#[test]
fn small_texts_are_judged_as_nginx_judges_them() {
    let Some(cases) = beside("nginx/syntax-cases.jsonl") else { return };
    let text = std::fs::read_to_string(cases).expect("the cases can be read");
    let mut classes: BTreeMap<String, Tally> = BTreeMap::new();
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case")) {
        let files = case["files"].as_object().expect("files");
        let Some(files) = files.iter().map(|(name, text)| Some((name.as_str(), text.as_str()?.as_bytes()))).collect()
        else {
            say(&format!("left out, for it is no text: {}", case["id"]));
            continue;
        };
        let files: Vec<(&str, &[u8])> = files;
        let files = Memory::new(files);
        for (version, verdict) in case["expect"].as_object().expect("verdicts") {
            let Some(accepted) = verdict["ok"].as_bool() else { continue };
            let error_class = verdict["error_class"].as_str().unwrap_or_default();
            let is_environment = ENVIRONMENT.contains(&error_class);
            let class = if is_environment { "(environment)" } else { case["class"].as_str().expect("a class") };
            let ours = rejected_lines(&files, "nginx.conf", Context::Main, version.parse().ok());
            let line = verdict["line"].as_u64().map(|line| line as u32);
            if !classes.entry(class.to_owned()).or_default().add(&ours, !accepted, line) && !is_environment {
                say(&format!(
                    "{} {version}: ours {ours:?}, nginx {} {}",
                    case["id"], verdict["line"], verdict["message"]
                ));
            }
        }
    }
    let mut all = Tally::default();
    for (class, tally) in &classes {
        tally.print(class);
        if class != "(environment)" {
            all.judged += tally.judged;
            all.alike += tally.alike;
            all.with_line += tally.with_line;
            all.same_line += tally.same_line;
        }
    }
    all.print("all");
    assert!(all.alike * 1000 >= all.judged * 985, "{} of {} verdicts are alike", all.alike, all.judged);
    assert!(all.same_line * 100 >= all.with_line * 95, "{} of {} lines are the same", all.same_line, all.with_line);
}

#[test]
fn real_files_are_judged_as_nginx_judges_them() {
    let Some(folder) = beside("corpus") else { return };
    let table = std::fs::read_to_string(folder.join("verdicts.tsv")).expect("the verdicts can be read");
    let header: Vec<&str> = table.lines().next().expect("a header").split('\t').collect();
    let mut rejected = Tally::default();
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let row: BTreeMap<&str, &str> = header.iter().copied().zip(line.split('\t')).collect();
        if row["variant"] != "raw" || row["template"] != "-" {
            continue;
        }
        let Some(context) = context_of(row["context"]) else { continue };
        let ours = lines_of_real_file(&folder.join(row["path"]), context);
        if row["verdict_best"] == "ok" {
            wrong.extend((!ours.is_empty()).then(|| format!("{}: accepted, rejected at {ours:?}", row["path"])));
        } else if is_about_the_file(&row) {
            let line = row["line_best"].parse().ok();
            if !rejected.add(&ours, true, line) {
                say(&format!("{}: nginx {} {}", row["path"], row["line_best"], row["message_best"]));
            }
        }
    }
    rejected.print("rejected real files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rejected.alike * 100 >= rejected.judged * 95, "{} of {} found", rejected.alike, rejected.judged);
}

fn context_of(words: &str) -> Option<Context> {
    let kind = match words {
        "full" => parse_context("main"),
        "server" => parse_context("http,server"),
        "location" => parse_context("http,server,location"),
        other => parse_context(other),
    };
    match kind? {
        FileKind::Main => Some(Context::Main),
        FileKind::Fragment(context) => context,
        FileKind::Foreign => None,
    }
}

fn lines_of_real_file(path: &Path, context: Context) -> BTreeSet<u32> {
    let text = std::fs::read(path).expect("the file can be read");
    let name = path.file_name().expect("a name").to_string_lossy();
    rejected_lines(&Memory::new([(&*name, &*text)]), &name, context, None)
}

/// Files that are rejected for what the builds are made of, or that a script of their project fills in first: parts of their
/// paths.
const NOT_ABOUT_THE_FILE: &[&str] = &[
    // Patches and add-ons that no table knows.
    "ubuntu-nginx-web-server/etc/nginx/nginx",
    // The method `select` is not built in.
    "naxsi",
    // Lua in stream, which OpenResty has.
    "APIcast/gateway/conf/proxy.conf",
    // Its certificate may stand around it.
    "testData/SslCertificateByLuaBlock",
    // An option of the module in NGINX Plus.
    "nginx-openid-connect/openid_connect_configuration.conf",
    // Words in capitals, or with marks, that stand for values.
    "docker-nginx-frontend/nginx.conf",
    "golang_template/docker/nginx/default.conf.tpl",
    "email-server-starterkit/nginx/mail.conf",
    "proxy.valet.conf",
];

/// Is it rejected for something that stands in it: not for the machine, and not for a module that those builds lack?
fn is_about_the_file(row: &BTreeMap<&str, &str>) -> bool {
    let unknown = row["message_best"].strip_prefix("unknown directive \"").and_then(|rest| rest.split('"').next());
    let is_listed = NOT_ABOUT_THE_FILE.iter().any(|part| row["path"].contains(part));
    !is_listed && !ENVIRONMENT_OF_FILES.contains(&row["class_best"]) && !unknown.is_some_and(directives::is_known)
}
