//! A Code Quality report of GitLab: an array of issues. What could not be analysed is not in here.

use serde::Serialize;

use super::{Report, in_repository, json_text, sanitize};
use crate::diagnostic::{Diagnostic, Severity};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    /// GitLab takes two issues with the same one for the same issue.
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    /// From the root of the repository, without `./`.
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// One array, also when nothing was found.
pub fn render(report: &Report<'_>) -> String {
    let shown = report.fingerprinted().filter(|(.., silencer)| silencer.is_none());
    let issues: Vec<Issue> = shown.map(|(found, fingerprint, _)| issue(report, found, fingerprint)).collect();
    json_text(&issues) + "\n"
}

fn issue(report: &Report<'_>, found: &Diagnostic, fingerprint: String) -> Issue {
    let (start, end) = report.sources.positions(found.primary.span);
    let path = report.sources.get(found.primary.span.source).display_path();
    Issue {
        description: sanitize::line(&found.message).into_owned(),
        check_name: found.rule,
        fingerprint,
        severity: severity(found),
        location: Location { path: in_repository(&path).to_owned(), lines: Lines { begin: start.line, end: end.line } },
    }
}

/// GitLab knows five; what keeps nginx from starting is the worst.
fn severity(found: &Diagnostic) -> &'static str {
    match found.severity {
        Severity::Error if found.nginx_rejects => "blocker",
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Silenced, Silencer};
    use crate::output::testing::Sample;

    #[test]
    fn issues_have_what_gitlab_asks_for() {
        let mut sample = Sample::new();
        let file = sample.file("./conf.d/a.conf", "server {\n 80;\n}\n");
        sample.finding("some-rule", file, "80", "a\u{1b}b").nginx_rejects = true;
        sample.finding("some-rule", file, "{\n 80;\n}", "c").severity(Severity::Warning);
        let silenced = sample.finding("some-rule", file, "80", "silent").clone();
        sample.diagnostics.pop();
        sample.silenced.push(Silenced { diagnostic: silenced, by: Silencer::Baseline });
        insta::assert_snapshot!(render(&sample.report()), @r#"[{"description":"a␛b","check_name":"some-rule","fingerprint":"2cbd277ec2a561d1:1","severity":"blocker","location":{"path":"conf.d/a.conf","lines":{"begin":2,"end":2}}},{"description":"c","check_name":"some-rule","fingerprint":"2ba0faf2cacccb20:1","severity":"major","location":{"path":"conf.d/a.conf","lines":{"begin":1,"end":3}}}]"#);
    }

    #[test]
    fn fingerprints_differ_within_a_report() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "a b; a b; a b;");
        for _ in 0..3 {
            sample.finding("some-rule", file, "a b;", "m");
        }
        let issues: Vec<serde_json::Value> = serde_json::from_str(&render(&sample.report())).unwrap();
        let fingerprints: std::collections::HashSet<_> = issues.iter().map(|issue| &issue["fingerprint"]).collect();
        assert_eq!(fingerprints.len(), 3);
    }

    #[test]
    fn nothing_found_is_an_empty_array() {
        assert_eq!(render(&Sample::new().report()), "[]\n");
    }
}
