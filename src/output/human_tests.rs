use super::*;
use crate::diagnostic::Edit;
use crate::output::testing::Sample;
use crate::source::SourceId;

pub(super) const PLAIN: Style = Style { color: false, links: false, unicode: true, width: 80 };

/// `nginx.conf` with an `include` directive, and a file that it includes.
fn site(path: &str, text: &str) -> (Sample, SourceId, SourceId) {
    let mut sample = Sample::new();
    let main = "events {}\nhttp {\n    server_tokens off;\n    add_header X-Frame-Options DENY always;\n\n    include conf.d/*.conf;\n}\n";
    let (main, file) = (sample.file("nginx.conf", main), sample.file(path, text));
    (sample, main, file)
}

fn shown_as_included(mut sample: Sample, main: SourceId) -> String {
    let include = sample.span(main, "include conf.d/*.conf;");
    sample.diagnostics.iter_mut().for_each(|found| found.include_chain.push(include));
    render(&sample.report(), &PLAIN)
}

const STATIC_SITE: &str = "server {\n    listen 443 ssl;\n\n    location /static {\n        alias /srv/static/;\n        add_header Cache-Control \"public\";\n    }\n}\n";

#[test]
fn cause_and_symptom_in_one_file_and_in_two() {
    let (mut sample, main, site) = site("conf.d/site.conf", STATIC_SITE);
    let (location, header) =
        (sample.span(site, "/static"), sample.span(main, "add_header X-Frame-Options DENY always;"));
    let message = "a request for /static../ leaves the directory that alias names";
    let found = sample.finding("alias-traversal", site, "/srv/static/", message);
    found.label("and this one does").related(location, "this prefix does not end in a slash");
    found.help("end the location in a slash too: location /static/");
    found.fix("append a slash", Safety::Unsafe, vec![Edit::insert(location.at_end(), "/")]);

    let message = "this add_header drops the ones inherited from http, X-Frame-Options among them";
    let found = sample.finding("add-header-dropped", site, "add_header Cache-Control \"public\";", message);
    found.severity(Severity::Warning).label("the list starts anew here").related(header, "not sent for this location");
    found.help("repeat the header here, or move all of them to one file and include it in both places, or use add_header_inherit merge");
    insta::assert_snapshot!(shown_as_included(sample, main), @r#"
    error[alias-traversal]: a request for /static../ leaves the directory that alias
      names
       ╭─[conf.d/site.conf:5:15]
     4 │     location /static {
       ·              ───┬───
       ·                 ╰── this prefix does not end in a slash
     5 │         alias /srv/static/;
       ·               ──────┬─────
       ·                     ╰── and this one does
     6 │         add_header Cache-Control "public";
       ╰────
      included from nginx.conf:6
      help: end the location in a slash too: location /static/
       fix: append a slash (unsafe)

    warning[add-header-dropped]: this add_header drops the ones inherited from http,
      X-Frame-Options among them
       ╭─[conf.d/site.conf:6:9]
     5 │         alias /srv/static/;
     6 │         add_header Cache-Control "public";
       ·         ─────────────────┬────────────────
       ·                          ╰── the list starts anew here
     7 │     }
       ├─[nginx.conf:4:5]
     3 │     server_tokens off;
     4 │     add_header X-Frame-Options DENY always;
       ·     ───────────────────┬───────────────────
       ·                        ╰── not sent for this location
       ╰────
      included from nginx.conf:6
      help: repeat the header here, or move all of them to one file and include it
            in both places, or use add_header_inherit merge

    1 error, 1 warning in 2 files (1 fixable)
    "#);
}

#[test]
fn line_ends_of_windows() {
    let (mut sample, main, file) = site("conf.d/windows.conf", "server {\r\n\tlisten 80;\r\n\tlisten 80;\r\n}\r\n");
    let first = sample.span(file, "listen 80;");
    let second = Span::new(first.source, first.start + 13, first.end + 13);
    let message = "nginx refuses to start: the same address is given twice";
    sample.finding_at("listen-duplicate", second, message).related(first, "first given here");
    insta::assert_snapshot!(shown_as_included(sample, main), @"
    error[listen-duplicate]: nginx refuses to start: the same address is given twice
       ╭─[conf.d/windows.conf:3:2]
     1 │ server {
     2 │     listen 80;
       ·     ─────┬────
       ·          ╰── first given here
     3 │     listen 80;
       ·     ──────────
     4 │ }
       ╰────
      included from nginx.conf:6

    1 error in 2 files
    ");
}

#[test]
fn long_lines_are_cut() {
    let (before, after) = ("https://cdn.example.org/a ".repeat(9), "https://cdn.example.net/b ".repeat(9));
    let text = format!("map $uri $csp {{\n    default \"script-src 'self' {before}'unsafe-inline' {after}\";\n}}\n");
    let (mut sample, main, file) = site("conf.d/csp.conf", &text);
    let found = sample.finding("csp-unsafe-inline", file, "'unsafe-inline'", "the policy allows inline scripts");
    found.severity(Severity::Info).label("allows every inline script");
    insta::assert_snapshot!(shown_as_included(sample, main), @"
    info[csp-unsafe-inline]: the policy allows inline scripts
       ╭─[conf.d/csp.conf:2:266]
     1 │ map $uri $csp {
     2 │ …tps://cdn.example.org/a 'unsafe-inline' https://cdn.example.net/b https:/…
       ·                          ───────┬───────
       ·                                 ╰── allows every inline script
     3 │ }
       ╰────
      included from nginx.conf:6

    1 info in 2 files
    ");
}

#[test]
fn colours_follow_the_severity() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "listen 80;\n");
    let listen = sample.span(file, "listen");
    sample.finding("some-rule", file, "80", "message").related(listen, "this").help("help").label("that");
    let shown = render(&sample.report(), &Style { color: true, ..PLAIN });
    insta::assert_snapshot!(shown.replace('\x1b', "^"), @"
    ^[31;1merror[some-rule]:^[0m ^[1mmessage^[0m
       ╭─[^[36ma.conf:1:8^[0m]
     ^[2m1^[0m │ listen 80;
       · ^[36m───┬──^[0m^[31;1m ─┬^[0m
       ·    ^[36m│^[0m    ^[31;1m╰── ^[31;1mthat^[0m^[0m
       ·    ^[36m╰── ^[36mthis^[0m^[0m
       ╰────
      ^[32;1mhelp:^[0m help

    ^[31;1m1 error^[0m in 1 file
    ");
}

#[test]
fn ascii_only() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", format!("{}listen 80;\n", "x".repeat(100)));
    sample.finding("some-rule", file, "80", "message").label("that");
    insta::assert_snapshot!(render(&sample.report(), &Style { unicode: false, ..PLAIN }), @"
    error[some-rule]: message
       ,-[a.conf:1:108]
     1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxlisten 80;
       :                                                                         ^^
       :                                                                          `-- that
       `----

    1 error in 1 file
    ");
}

#[test]
fn clean_runs_say_so() {
    let mut sample = Sample::new();
    sample.file("a.conf", "");
    assert_eq!(render(&sample.report(), &PLAIN), "no problems in 1 file\n");
    sample.notes.push("a.conf was read as a fragment of http".into());
    sample.errors.push(RunError { kind: "io", path: "b\n.conf".into(), message: "permission denied".into() });
    sample.errors.push(RunError { kind: "internal", path: String::new(), message: "rule x gave up".into() });
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error: b␊.conf: permission denied
    internal error: rule x gave up
    note: a.conf was read as a fragment of http
    no problems in 1 file; the run is incomplete, see above
    ");
}

#[test]
fn places_at_the_end_of_a_file() {
    let mut sample = Sample::new();
    let (empty, file) = (sample.file("empty.conf", ""), sample.file("a.conf", "server {\n}\n"));
    sample.finding_at("in-an-empty-file", Span::new(empty, 0, 0), "m").label("here");
    sample.finding_at("at-the-end-of-the-file", Span::new(file, 11, 11), "m").label("here");
    sample.finding_at("behind-the-end-of-the-file", Span::new(file, 18, 20), "m").label("here");
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[in-an-empty-file]: m
       ╭─[empty.conf:1:1]
     1 │
       · ▲
       · ╰── here
       ╰────

    error[at-the-end-of-the-file]: m
       ╭─[a.conf:3:1]
     2 │ }
     3 │
       · ▲
       · ╰── here
       ╰────

    error[behind-the-end-of-the-file]: m
       ╭─[a.conf:3:1]
     2 │ }
     3 │
       · ▲
       · ╰── here
       ╰────

    3 errors in 2 files
    ");
}

#[test]
fn places_at_the_end_of_a_line_and_on_several_lines() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "server {\n\n    listen 80\n}\n");
    let end_of_line = sample.span(file, "listen 80").at_end();
    sample.finding_at("at-the-end-of-a-line", end_of_line, "m").label("a semicolon is missing");
    sample.finding_at("on-a-line-feed", Span::new(file, 8, 9), "m").label("here");
    let found = sample.finding_at("on-all-lines", Span::new(file, 0, 26), "m");
    found.label("this block").related(end_of_line, "this end");
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[at-the-end-of-a-line]: m
       ╭─[a.conf:3:14]
     3 │     listen 80
       ·              ▲
       ·              ╰── a semicolon is missing
     4 │ }
       ╰────

    error[on-a-line-feed]: m
       ╭─[a.conf:1:9]
     1 │ server {
       ·         ▲
       ·         ╰── here
       ╰────

    error[on-all-lines]: m
       ╭─[a.conf:1:1]
     1 │ server {
       · ────────
     2 │
     3 │     listen 80
       ·     ─────────▲
       ·         │    ╰── this end
     4 │ }
       · ┬
       · ╰── this block
       ╰────

    3 errors in 1 file
    ");
}

#[test]
fn labels_that_meet() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", "proxy_pass http://backend/$uri;\n");
    let (all, uri) = (sample.span(file, "proxy_pass http://backend/$uri;"), sample.span(file, "$uri"));
    let url = sample.span(file, "http://backend/$uri");
    sample.finding_at("same", uri, "m").label("one").related(uri, "two").related(uri, "one");
    sample.finding_at("nested", all, "m").label("whole").related(url, "middle").related(uri, "inmost");
    sample
        .finding_at("same-start", all, "m")
        .label("whole")
        .related(all.at_start(), "point")
        .related(sample_start(all), "name");
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[same]: m
       ╭─[a.conf:1:27]
     1 │ proxy_pass http://backend/$uri;
       ·                           ──┬─
       ·                             ╰── one; two
       ╰────

    error[nested]: m
       ╭─[a.conf:1:1]
     1 │ proxy_pass http://backend/$uri;
       · ─────┬────────────┬─────────┬─
       ·      │            │         ╰── inmost
       ·      │            ╰── middle
       ·      ╰── whole
       ╰────

    error[same-start]: m
       ╭─[a.conf:1:1]
     1 │ proxy_pass http://backend/$uri;
       · ▲────┬──────────────┬──────────
       · │    │              ╰── whole
       · │    ╰── name
       · ╰── point
       ╰────

    3 errors in 1 file
    ");
}

fn sample_start(span: Span) -> Span {
    Span::new(span.source, span.start, span.start + 10)
}

/// A file of many lines, and a place on the line with a number.
fn tall() -> (Sample, SourceId, impl Fn(u32) -> Span) {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", format!("http {{\n{}}}\n", "    listen 80;\n".repeat(120)));
    (sample, file, move |line| Span::new(file, 7 + 15 * (line - 2) + 4, 7 + 15 * (line - 2) + 10))
}

#[test]
fn tall_and_far_labels() {
    let (mut sample, file, line) = tall();
    let end = sample.sources.get(file).bytes().len() as u32;
    let message = "far below, and with a lot to say, more than fits into a line, so it wraps";
    sample.finding_at("tall", Span::new(file, 0, end), "m").label("the block").related(line(112), message);
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[tall]: m
         ╭─[a.conf:1:1]
       1 │ http {
         · ───┬──
         ·    ╰── the block (to line 122)
       2 │     listen 80;
         ├─[a.conf:112:5]
     111 │     listen 80;
     112 │     listen 80;
         ·     ───┬──
         ·        ╰─┤ far below, and with a lot to say, more than fits into a line,
         ·          │ so it wraps
     113 │     listen 80;
         ╰────

    1 error in 1 file
    ");
}

#[test]
fn many_labels() {
    let (mut sample, _, line) = tall();
    let found = sample.finding_at("many", line(101), "m");
    for n in 2..11 {
        found.related(line(n), format!("on line {n}"));
        found.include_chain.push(line(n));
    }
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[many]: m
         ╭─[a.conf:101:5]
     100 │     listen 80;
     101 │     listen 80;
         ·     ──────
     102 │     listen 80;
         ├─[a.conf:2:5]
       1 │ http {
       2 │     listen 80;
         ·     ───┬──
         ·        ╰── on line 2
       3 │     listen 80;
         ·     ───┬──
         ·        ╰── on line 3
       4 │     listen 80;
         ·     ───┬──
         ·        ╰── on line 4
       5 │     listen 80;
         ·     ───┬──
         ·        ╰── on line 5
       6 │     listen 80;
         ·     ───┬──
         ·        ╰── on line 6
       7 │     listen 80;
         ╰────
      … and 4 more
      included from a.conf:10, from a.conf:9, from a.conf:8, … and 6 more

    1 error in 1 file
    ");
}

#[test]
fn long_labels_wrap_at_the_margin() {
    let mut sample = Sample::new();
    let file = sample.file("a.conf", format!("{} proxy_pass http://backend;\n", "x".repeat(40)));
    sample
        .finding("some-rule", file, "http://backend", "m")
        .label("there is much to be said about this place, and all of it here");
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"
    error[some-rule]: m
       ╭─[a.conf:1:53]
     1 │ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx proxy_pass http://backend;
       ·                                                     ───────┬──────
       ·                                                            ╰─┤ there is much to be said
       ·                                                              │ about this place, and all of
       ·                                                              │ it here
       ╰────

    1 error in 1 file
    ");
}
