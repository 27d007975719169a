use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::*;
use crate::diagnostic::{Edit, Safety, Silenced, Silencer};
use crate::output::testing::Sample;
use crate::output::{Inclusion, RunError};

fn hash_of(text: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// The page without what is the same in all of them.
fn body(sample: &Sample) -> String {
    let page = render(&sample.report());
    let (_, body) = page.split_once("<body>").expect("a body");
    let body = body.replace(SCRIPT, "…").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    // One element a line, so that a change can be read.
    body.replace("><", ">\n<")
}

/// Two files, of which one includes the other; a finding with everything that a finding can have, and a silenced one.
fn site() -> Sample {
    let mut sample = Sample::new();
    let main = sample.file("nginx.conf", "http {\n  include conf.d/*.conf;\n  include gone.conf;\n}\n");
    let site = sample.file("conf.d/site.conf", "location /static {\n\talias /srv/static/;\n}\n");
    let (location, include) = (sample.span(site, "/static"), sample.span(main, "include conf.d/*.conf"));
    let found = sample.finding("alias-traversal", site, "/srv/static/", "/static../ leaves the folder of `alias`");
    found.label("and this one does").related(location, "no slash here").include_chain.push(include);
    found.help("end the location in a slash, too: `location /static/`");
    found.fix("append a slash", Safety::Unsafe, vec![Edit::insert(location.at_end(), "/")]);
    sample.finding("no-page", main, "http", "something").severity(Severity::Info);
    let diagnostic = sample.diagnostics.pop().expect("two findings");
    sample.silenced.push(Silenced { diagnostic, by: Silencer::Comment("it is known".into()) });
    let gone = sample.span(main, "include gone.conf");
    sample.inclusions = vec![
        Inclusion { by: None, brought: Ok(main) },
        Inclusion { by: Some(include), brought: Ok(site) },
        Inclusion { by: Some(gone), brought: Err("the file is not there".into()) },
    ];
    sample.errors.push(RunError { kind: "io", path: "x.conf".into(), message: "there is no such file".into() });
    sample.notes.push("1 file was read as a Jinja2 template".into());
    sample
}

#[test]
fn the_page_has_everything() {
    insta::with_settings!({ snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("html_report", body(&site()));
    });
}

#[test]
fn the_policy_lets_through_what_is_brought_along() {
    assert_eq!((STYLE_HASH, SCRIPT_HASH), (hash_of(STYLE).as_str(), hash_of(SCRIPT).as_str()));
}

#[test]
fn a_page_without_findings_is_small_and_loads_nothing() {
    let page = render(&Sample::new().report());
    assert!(page.len() < 60 * 1024, "{} bytes", page.len());
    assert!(page.contains("No problems were found."));
    for word in ["http://", "https://", "src=", "url(", "@import", "style="] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn hostile_text_is_text_wherever_it_stands() {
    let evil = "</script></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u{202e}\u{1b}[31m";
    let mut sample = Sample::new();
    let file = sample.file(evil, format!("a {evil};\n"));
    let span = sample.span(file, evil);
    let found = sample.finding_at("some-rule", span, evil);
    found.label(evil).related(span, evil).help(evil).include_chain.push(span);
    found.fix(evil, Safety::Safe, vec![Edit::replace(span, evil), Edit::insert(span.at_end(), evil)]);
    let diagnostic = found.clone();
    sample.silenced.push(Silenced { diagnostic, by: Silencer::Comment(evil.into()) });
    sample.inclusions.push(Inclusion { by: None, brought: Ok(file) });
    sample.inclusions.push(Inclusion { by: Some(span), brought: Err(evil.into()) });
    sample.errors.push(RunError { kind: "io", path: evil.into(), message: evil.into() });
    sample.notes.push(evil.into());
    let page = render(&sample.report());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.matches("&lt;img src=x").count() > 10);
}

#[test]
fn a_line_without_end_is_cut() {
    let mut sample = Sample::new();
    let file = sample.file("long.conf", format!("{}needle{}", "é".repeat(1_000_000), "ö".repeat(1_000_000)));
    let span = sample.span(file, "needle");
    let found = sample.finding_at("some-rule", span, "long");
    found.fix("mend it", Safety::Safe, vec![Edit::replace(span, "thread")]);
    found.fix("fill it", Safety::Safe, vec![Edit::insert(span, "x".repeat(100_000))]);
    let page = body(&sample);
    assert!(page.len() < 20_000, "{} bytes", page.len());
    assert!(page.contains("ééneedleöö") && page.contains("ééthreadöö"), "{page}");
    assert!(page.contains("the change is too long to be shown"));
}

#[test]
fn of_too_many_findings_the_severe_ones_stay() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "listen 80;\n");
    for _ in 0..MOST_FINDINGS {
        sample.finding("some-rule", file, "80", "of a crowd").severity(Severity::Info);
    }
    sample.finding("some-rule", file, "listen", "the grave one");
    let page = render(&sample.report());
    assert!(page.contains("the grave one") && page.contains("The 1 least severe findings are not on this page"));
    assert_eq!(page.matches("<details class=\"finding").count(), MOST_FINDINGS);
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
}

#[test]
fn files_that_include_each_other_end() {
    let mut sample = Sample::new();
    let (a, b) = (sample.file("a.conf", "include b.conf;"), sample.file("b.conf", "include a.conf;"));
    let (to_b, to_a) = (sample.span(a, "include b.conf"), sample.span(b, "include a.conf"));
    sample.inclusions = vec![
        Inclusion { by: None, brought: Ok(a) },
        Inclusion { by: Some(to_b), brought: Ok(b) },
        Inclusion { by: Some(to_a), brought: Ok(a) },
    ];
    assert!(body(&sample).contains("its includes are listed above"));
}
