//! Fixes, judged by real nginx binaries (those that `NGINX_BIN` names) and by our own eyes: what was accepted still is, and a
//! second run has nothing left to do.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use nginspect::diagnostic::Safety;
use nginspect::nginx::version::Version;
use nginspect::page::{Example, ExampleKind};
use nginspect::rules::RULES;
use nginspect::template;
use proptest::prelude::*;

use crate::oracle::deployments;
use crate::properties::{configuration_text, pieces};
use crate::support::mending::mend;
use crate::support::nginx::{Certificates, Nginx, Texts, Verdict};
use crate::support::{Memory, context_named};
use crate::verdicts::beside;

#[derive(Default)]
struct Tally {
    /// Texts that fixes changed.
    changed: usize,
    unchanged: usize,
    /// Verdicts before and after: `accepted, accepted` and so on.
    verdicts: BTreeMap<(&'static str, &'static str), usize>,
    wrong: Vec<String>,
}

/// A configuration to be mended.
struct Case<'c> {
    name: String,
    files: Texts,
    context: &'c str,
}

#[test]
fn nginx_still_accepts_what_fixes_leave() {
    let binaries = Nginx::at_hand();
    let certificates = (!binaries.is_empty()).then(Certificates::new);
    let mut tally = Tally::default();
    let cases: Vec<Case<'_>> = of_pages().into_iter().chain(of_corpus()).chain(of_real_files()).collect();
    for case in &cases {
        // Where the release is known everything is tried, where it is not, only what is safe on every release.
        let of_releases = binaries.iter().map(|nginx| (Some(nginx.version), Safety::Unsafe));
        for (target, allowed) in of_releases.chain([(None, Safety::Safe), (None, Safety::Unsafe)]) {
            let fitting = binaries.iter().filter(|nginx| match (target, allowed) {
                (Some(target), _) => nginx.version == target,
                (None, allowed) => allowed == Safety::Safe,
            });
            tally.judge(case, target, allowed, fitting.zip(certificates.iter().cycle()));
        }
    }
    let mut stderr = std::io::stderr();
    let Tally { changed, unchanged, verdicts, wrong } = tally;
    writeln!(stderr, "fixes: {} texts, mended in different ways: {changed} changed, {unchanged} not", cases.len())
        .expect("stderr is open");
    for ((before, after), count) in verdicts {
        writeln!(stderr, "fixes: {count} times {before} before and {after} after").expect("stderr is open");
    }
    assert!(changed > 200, "only {changed} texts were changed");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

impl Tally {
    fn judge<'n>(
        &mut self,
        case: &Case<'_>,
        target: Option<Version>,
        allowed: Safety,
        judges: impl Iterator<Item = (&'n Nginx, &'n Certificates)>,
    ) {
        let Case { name, files, context } = case;
        let name = format!("{name} for {target:?}, {allowed:?}");
        let mut memory = Memory::new(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        let (entry, place) = (&files[0].0, context_named(context));
        let fixed = mend(&mut memory, entry, place, target, allowed).fixed;
        let text_of = |name: &str| String::from_utf8(memory.0[Path::new(name)].clone()).expect("fixes write UTF-8");
        let after: Texts = files.iter().map(|(name, _)| (name.clone(), text_of(name))).collect();
        if after == *files {
            self.unchanged += 1;
            return;
        }
        self.changed += 1;
        let again = mend(&mut memory, entry, place, target, allowed);
        if !again.texts.is_empty() {
            self.wrong.push(format!("{name}: a second run changes {:?}", as_text(&again.texts)));
        }
        for (nginx, certificates) in judges {
            let before = nginx.test(certificates, files.clone(), context);
            let now = nginx.test(certificates, after.clone(), context);
            *self.verdicts.entry((word(&before), word(&now))).or_default() += 1;
            // One that was refused may get further and be refused for what only another machine has.
            if matches!(before, Verdict::Accepted) && !matches!(now, Verdict::Accepted) {
                let why = if let Verdict::Rejected(why) = now { why } else { "it lacks something".to_owned() };
                self.wrong.push(format!("{name}: {fixed} fixed, then {} says {why}: {after:?}", nginx.version));
            }
        }
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected(_) => "rejected",
        Verdict::Lacks(_) => "not judged",
    }
}

fn as_text(texts: &nginspect::fix::Texts) -> Vec<String> {
    texts.iter().map(|(path, text)| format!("{}: {}", path.display(), String::from_utf8_lossy(text))).collect()
}

fn of_pages() -> Vec<Case<'static>> {
    let of_rule = |rule: &'static nginspect::check::Rule| {
        let examples = rule.parsed_page().examples();
        let is_judged = |example: &Example| {
            example.kind == ExampleKind::Bad && !template::is_template_name(Path::new(&example.files[0].0))
        };
        let number = 1..;
        let cases = number.zip(examples).filter(move |(_, example)| is_judged(example)).map(|(number, example)| {
            let context = example.attribute("context").unwrap_or("http").to_owned();
            let name = format!("{} example {number}", rule.id);
            Case { name, files: example.files, context: Box::leak(context.into_boxed_str()) }
        });
        cases.collect::<Vec<_>>()
    };
    RULES.iter().flat_map(of_rule).collect()
}

fn of_corpus() -> Vec<Case<'static>> {
    let case = |(folder, files, context): (String, Texts, &'static str)| {
        let name = format!("corpus/{folder} {}", files[0].0);
        Case { name, files, context }
    };
    deployments().into_iter().map(case).collect()
}

/// The files that nginx accepted in the collection beside the project.
fn of_real_files() -> Vec<Case<'static>> {
    let Some(folder) = beside("corpus") else { return Vec::new() };
    let table = std::fs::read_to_string(folder.join("verdicts.tsv")).expect("the verdicts can be read");
    let header: Vec<&str> = table.lines().next().expect("a header").split('\t').collect();
    let rows = table.lines().skip(1).map(|line| header.iter().copied().zip(line.split('\t')));
    let case = |row: BTreeMap<&str, &str>| {
        let context =
            ["full", "http", "server", "location", "stream"].into_iter().find(|word| *word == row["context"])?;
        let is_plain = row["variant"] == "raw" && row["template"] == "-" && row["verdict_best"] == "ok";
        let text = std::fs::read_to_string(folder.join(row["path"])).ok().filter(|_| is_plain)?;
        let context = if context == "full" { "main" } else { context };
        Some(Case { name: row["path"].to_owned(), files: vec![("site.conf".to_owned(), text)], context })
    };
    rows.filter_map(|row| case(row.collect())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixes_leave_text_that_parses_and_nothing_to_fix(text in prop_oneof![pieces(), configuration_text()], safe in any::<bool>()) {
        let allowed = if safe { Safety::Safe } else { Safety::Unsafe };
        for word in ["main", "http", "server"] {
            let context = context_named(word);
            let errors = |text: &[u8]| nginspect::syntax::parse(text, Default::default()).errors().len();
            let mut files = Memory::new([("x.conf", text.as_slice())]);
            mend(&mut files, "x.conf", context, None, allowed);
            prop_assert!(errors(&files.0[Path::new("x.conf")]) <= errors(&text));
            let again = mend(&mut files, "x.conf", context, None, allowed);
            prop_assert!(again.texts.is_empty(), "in {word}, {:?} becomes {:?}", String::from_utf8_lossy(&text), as_text(&again.texts));
        }
    }
}
