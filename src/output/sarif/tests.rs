use serde_json::{Value, json};

use super::*;
use crate::diagnostic::{Edit, Safety, Severity, Silenced};
use crate::output::RunError;
use crate::output::testing::Sample;

fn log(report: &Report<'_>) -> Value {
    let log: Value = serde_json::from_str(&render(report)).expect("one JSON document");
    log["runs"][0].clone()
}

/// One finding with everything that a finding can have, and one with nothing.
fn sample() -> Sample {
    let mut sample = Sample::new();
    let main = sample.file("nginx.conf", "http {\n  include a.conf;\n}\n");
    let file = sample.file("./conf d/a.conf", "location /i {\n  alias \u{1f600} /srv;\n}\n");
    let (location, include) = (sample.span(file, "/i"), sample.span(main, "include a.conf;"));
    let found = sample.finding("alias-traversal", file, "/srv", "a\u{1b}b").label("here");
    found.help("end it with a slash").related(location, "no slash here").include_chain.push(include);
    found.fix("append a slash", Safety::Unsafe, vec![Edit::insert(location.at_end(), "/")]);
    sample.finding("plain-rule", main, "http", "m").severity(Severity::Info);
    sample
}

#[test]
fn a_result_has_what_code_scanning_and_editors_ask_for() {
    let sample = sample();
    let run = log(&sample.report());
    assert_eq!((&run["columnKind"], &run["results"].as_array().map(Vec::len)), (&json!("utf16CodeUnits"), &Some(2)));
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"], json!({ "uri": "conf%20d/a.conf", "uriBaseId": "%SRCROOT%" }));
    assert_eq!(place["region"], json!({ "startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 16 }));
    assert!(run["originalUriBaseIds"]["%SRCROOT%"].is_object());
    assert_eq!(result["message"]["text"], "a␛b\nend it with a slash");
    assert_eq!(
        (&result["level"], &result["ruleId"], &result["ruleIndex"]),
        (&json!("error"), &json!("alias-traversal"), &json!(0))
    );
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "no slash here");
    let steps = &result["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(steps[0]["location"]["physicalLocation"]["artifactLocation"]["uri"], "nginx.conf");
    assert_eq!(steps[1]["location"]["physicalLocation"]["region"]["startLine"], 2);
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    let region = json!({ "startLine": 1, "startColumn": 12, "endLine": 1, "endColumn": 12 });
    assert_eq!(replacement, &json!({ "deletedRegion": region, "insertedContent": { "text": "/" } }));
    assert_eq!(result["fixes"][0]["properties"]["applicability"], "unsafe");
    assert_eq!(run["results"][1]["level"], "note");
}

#[test]
fn fingerprints_are_those_of_the_uploader_and_our_own() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", " a\nb\n  \t\tc\n d");
    sample.finding("some-rule", file, "c", "m");
    let fingerprints = &log(&sample.report())["results"][0]["partialFingerprints"];
    assert_eq!(fingerprints["primaryLocationLineHash"], "180aee12dab6264:1");
    let own = fingerprints["nginspect/v1"].as_str().expect("a text");
    assert!(own.ends_with(":1") && own.len() == 18, "{own}");
}

#[test]
fn rules_that_have_results_are_described() {
    let sample = sample();
    let rules = &log(&sample.report())["tool"]["driver"]["rules"];
    assert_eq!(rules.as_array().map(Vec::len), Some(2));
    let markdown = rules[0]["help"]["markdown"].clone();
    assert!(
        markdown
            .as_str()
            .is_some_and(|text| text.contains("## Why it matters") && text.ends_with("- https://nginx.org/en/docs/\n"))
    );
    assert_eq!(
        rules[0],
        json!({
            "id": "alias-traversal",
            "name": "AliasTraversal",
            "shortDescription": { "text": "something is not as it should be" },
            "fullDescription": { "text": "Somebody is called at `3 a.m.`" },
            "help": {
                "text": "Somebody is called at `3 a.m.`\n\nnginspect explain alias-traversal tells more, with examples.",
                "markdown": markdown,
            },
            "helpUri": "https://nginx.org/en/docs/",
            "defaultConfiguration": { "level": "error" },
            "properties": {
                "tags": ["nginx", "security"],
                "precision": "very-high",
                "problem.severity": "error",
                "security-severity": "8.0",
            },
        })
    );
    assert_eq!(rules[1]["name"], "PlainRule");
}

#[test]
fn a_rule_without_a_page_has_results_alone() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "a");
    sample.finding("no-page", file, "a", "m");
    let run = log(&sample.report());
    assert_eq!(run["tool"]["driver"]["rules"], json!([]));
    assert_eq!((&run["results"][0]["ruleId"], &run["results"][0]["ruleIndex"]), (&json!("no-page"), &Value::Null));
}

#[test]
fn silenced_findings_say_what_silences_them() {
    let mut sample = sample();
    for by in [Silencer::Comment("legacy".into()), Silencer::Comment(String::new()), Silencer::Baseline] {
        sample.silenced.push(Silenced { diagnostic: sample.diagnostics[0].clone(), by });
    }
    let results = log(&sample.report())["results"].clone();
    assert_eq!((&results[0]["suppressions"], &results[0]["baselineState"]), (&Value::Null, &json!("new")));
    assert_eq!(results[2]["suppressions"], json!([{ "kind": "inSource", "justification": "legacy" }]));
    assert_eq!(results[3]["suppressions"], json!([{ "kind": "inSource" }]));
    assert_eq!(
        (&results[4]["suppressions"][0]["kind"], &results[4]["baselineState"]),
        (&json!("external"), &json!("unchanged"))
    );
}

#[test]
fn without_a_baseline_nothing_is_new() {
    assert_eq!(log(&sample().report())["results"][0]["baselineState"], Value::Null);
}

#[test]
fn what_could_not_be_analysed_is_a_failure_of_the_run() {
    let mut sample = Sample::new();
    assert_eq!(log(&sample.report())["invocations"][0], json!({ "executionSuccessful": true }));
    sample.errors.push(RunError { kind: "io", path: "x y".into(), message: "gone".into() });
    sample.notes.push("read as a part".into());
    let run = log(&sample.report());
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &run["results"]), (&json!(false), &json!([])));
    let notifications = &invocation["toolExecutionNotifications"];
    assert_eq!((&notifications[0]["level"], &notifications[0]["message"]["text"]), (&json!("error"), &json!("gone")));
    assert_eq!(notifications[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "x%20y");
    assert_eq!(notifications[1]["level"], "note");
}

#[test]
fn a_log_that_would_be_too_large_keeps_the_most_severe() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "a b c d");
    for (needle, severity) in
        [("a", Severity::Info), ("b", Severity::Error), ("c", Severity::Info), ("d", Severity::Warning)]
    {
        sample.finding("some-rule", file, needle, needle).severity(severity);
    }
    let report = sample.report();
    let run = run(&report, 3);
    let messages: Vec<&str> = run.results.iter().map(|result| result.message.text.as_str()).collect();
    assert_eq!(messages, ["a", "b", "d"]);
    assert!(run.invocations[0].tool_execution_notifications[0].message.text.starts_with("1 more findings"));
}

#[test]
fn further_places_are_limited() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "a");
    let span = sample.span(file, "a");
    let found = sample.finding("some-rule", file, "a", "m");
    (0..MOST_RELATED + 20).for_each(|_| {
        found.related(span, "r");
    });
    let run = log(&sample.report());
    assert_eq!(run["results"][0]["relatedLocations"].as_array().map(Vec::len), Some(MOST_RELATED));
}
