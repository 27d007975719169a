//! Whole configurations: every rule, every comment, every include.

use std::collections::BTreeSet;

use nginspect::check::{self, Settings};
use nginspect::config::{Config, Library};
use nginspect::diagnostic::Diagnostic;
use nginspect::fingerprint::fingerprints;
use nginspect::fix;
use nginspect::rules::{self, RULES};
use nginspect::suppress::{self, Comments};
use nginspect::template::{self, Recipe};

use super::{assert_places, configurations, files_of};
use crate::support::memory::{read_project, run_all};

/// Every rule comes to an end and points into the texts; what it finds can be silenced.
pub(super) fn lint(input: &[u8]) {
    let (_, files) = files_of(input);
    let (library, configurations) = configurations(&files);
    let mut all = Vec::new();
    for config in &configurations {
        let findings = run_all(config, &read_project(config));
        assert!(findings.crashed.is_empty(), "{:?}", findings.crashed);
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        for finding in findings.diagnostics.iter().chain(&findings.hidden) {
            assert_places(finding, library.sources());
            assert!(ids.contains(finding.rule), "{}", finding.rule);
        }
        all.extend(findings.diagnostics);
    }
    check::sort_and_merge(&mut all, library.sources());
    let known: BTreeSet<String> = fingerprints(library.sources(), &all).into_iter().collect();
    assert_eq!(known.len(), all.len(), "fingerprints are different");
    silence(&library, all);
}

/// Comments that silence all findings can be written, and change nothing that nginx reads.
fn silence(library: &Library, findings: Vec<Diagnostic>) {
    let today = "2026-01-15".parse().ok();
    let comments = Comments::read(library, today);
    let edits = suppress::insertions(library, &comments, &findings, "for a reason");
    for (source, text) in library.sources().iter().filter(|(source, _)| !library.is_plain(*source)) {
        let changed = fix::apply(source, text.bytes(), &edits).expect("edits that fit together");
        let recipe = Recipe { is_template: library.is_template(source), ..Recipe::default() };
        let before = template::read(text.path(), text.bytes(), recipe.clone()).tree;
        let after = template::read(text.path(), &changed, recipe).tree;
        assert_eq!(before.nodes().len(), after.nodes().len(), "{}", String::from_utf8_lossy(&changed));
    }
    let settings = Settings { pedantic: true, today, ..Settings::default() };
    let count = findings.len();
    let outcome = rules::silence(&comments, findings, &[], library.sources(), &|_| &settings, &|_, _| true);
    assert!(outcome.shown.len() + outcome.silenced.len() >= count);
}

/// Whatever files include each other, configurations come of it, and every file has a way that leads to it.
pub(super) fn include(input: &[u8]) {
    let (_, files) = files_of(input);
    let (library, configurations) = configurations(&files);
    let of_includes = RULES.iter().filter(|rule| rule.id.starts_with("include-")).map(|rule| rule.id.to_owned());
    let settings = Settings { pedantic: true, select: of_includes.collect(), ..Settings::default() };
    for config in &configurations {
        assert_chains(config, &library);
        let findings = check::check(config, &read_project(config), &settings, RULES);
        assert!(findings.crashed.is_empty(), "{:?}", findings.crashed);
        findings.diagnostics.iter().for_each(|finding| assert_places(finding, library.sources()));
    }
}

fn assert_chains(config: &Config, library: &Library) {
    for source in config.sources() {
        for span in config.include_chain_of(*source) {
            let text = library.sources().get(span.source);
            assert!(text.slice(span.start, span.end).starts_with(b"include"), "{span:?}");
        }
    }
}
