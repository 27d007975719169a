use super::*;
use crate::diagnostic::Edit;
use crate::output::testing::Sample;
use proptest::prelude::*;

const PLAIN: Style = Style { color: false, unicode: true, width: 80 };

fn realistic() -> Sample {
    let mut sample = Sample::new();
    let main = sample.file(
        "nginx.conf",
        "events {}\nhttp {\n    server_tokens off;\n    add_header X-Frame-Options DENY always;\n\n    include conf.d/*.conf;\n}\n",
    );
    let site = sample.file(
        "conf.d/site.conf",
        "server {\n    listen 443 ssl;\n    server_name example.org;\n\n    location /static {\n        alias /srv/static/;\n        add_header Cache-Control \"public\";\n    }\n}\n",
    );
    let windows = sample.file("conf.d/windows.conf", "server {\r\n\tlisten 80;\r\n\tlisten 80;\r\n}\r\n");
    let long = format!(
        "map $uri $csp {{\n    default \"default-src 'self'; script-src 'self' {}'unsafe-inline' {}\";\n}}\n",
        "https://cdn.example.org/a ".repeat(9),
        "https://cdn.example.net/b ".repeat(9)
    );
    let long = sample.file("conf.d/csp.conf", long);
    let include = sample.span(main, "include conf.d/*.conf;");

    let (location, alias) = (sample.span(site, "/static"), sample.span(site, "/srv/static/"));
    let found = sample.finding("alias-traversal", site, "alias /srv/static/;", "a request for /static../ leaves the directory that alias names");
    found.primary.span = alias;
    found.label("and this one does").related(location, "this prefix does not end in a slash");
    found.help("end the location in a slash too: location /static/").include_chain.push(include);
    found.fix("append a slash", Safety::Unsafe, vec![Edit::insert(location.at_end(), "/")]);

    let header = sample.span(main, "add_header X-Frame-Options DENY always;");
    let found = sample.finding("add-header-dropped", site, "add_header Cache-Control \"public\";", "this add_header drops the ones inherited from http, X-Frame-Options among them");
    found.severity(Severity::Warning).label("the list starts anew here").related(header, "not sent for this location");
    found.help("repeat the header here, or move all of them to one file and include it in both places, or use add_header_inherit merge");
    found.include_chain.push(include);

    let first = sample.span(windows, "listen 80;");
    let second = Span::new(first.source, first.start + 13, first.end + 13);
    let found = sample.finding_at("listen-duplicate", second, "nginx refuses to start: the same address is given twice");
    found.related(first, "first given here").include_chain.push(include);

    let found = sample.finding("csp-unsafe-inline", long, "'unsafe-inline'", "the policy allows inline scripts");
    found.severity(Severity::Info).label("allows every inline script").include_chain.push(include);
    sample
}

#[test]
fn realistic_findings() {
    let sample = realistic();
    insta::assert_snapshot!(render(&sample.report(), &PLAIN), @"");
}
