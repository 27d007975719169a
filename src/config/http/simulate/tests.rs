//! What real nginx (1.22.1) does, in small. Thousands of random configurations were compared with it when this was written.

use super::*;
use crate::config::testing::read;

/// How a request for this path ends on the first server, for each branch; `?` in front if the branch is conditional.
fn ends(body: &str, path: &str) -> Vec<String> {
    let config = read(&format!("server {{ listen 80; server_name a.test; {body} }}"));
    let request = Request { tls: false, host: "a.test".to_owned(), port: 80, path: path.to_owned() };
    let shown = |outcome: &Outcome<'_>| {
        let end = match &outcome.end {
            End::File(mapping) => mapped_file(*mapping, &outcome.path).unwrap_or_else(|| "some file".to_owned()),
            End::Backend(backend) => backend.arg(0).unwrap_or_default().to_owned(),
            End::Redirect(target) => target.clone(),
            End::Status(status) => status.to_string(),
            End::Loop => "loop".to_owned(),
            End::Unknown => "unknown".to_owned(),
        };
        format!("{}{end}", if outcome.conditional { "?" } else { "" })
    };
    config.simulate(&request).iter().map(shown).collect()
}

fn end(body: &str, path: &str) -> String {
    ends(body, path).join(" ")
}

#[test]
fn locations_are_chosen_in_the_order_of_nginx() {
    let body = r"
        location / { return 200; } location = /a { return 201; } location /a { return 202; } location /a/b/ { return 203; }
        location ^~ /s/ { return 204; } location /s/t/ { return 205; }
        location ~ \.X$ { return 206; } location ~* \.x$ { return 207; } location ~ ^/s/t { return 208; }";
    let cases = [
        ("/q", "200"),
        ("/a", "201"),
        ("/ab", "202"),
        ("/a/b/c", "203"),
        ("/s/1.x", "204"),
        ("/s/t/u", "208"),
        ("/1.X", "206"),
        ("/1.x", "207"),
    ];
    for (path, wanted) in cases {
        assert_eq!(end(body, path), wanted, "{path}");
    }
}

#[test]
fn nested_regexes_come_before_outer_ones_and_only_the_outer_stop_prefix_keeps_those_away() {
    let body = r"location /n/ { location ~ \.css$ { return 201; } location ^~ /n/s/ { return 202; } return 203; }
        location ~ \.css$ { return 204; } location ~ \.js$ { location ~ x { return 205; } return 206; }";
    let cases = [("/n/a.css", "201"), ("/n/s/a.js", "206"), ("/n/s/x.js", "205"), ("/n/s/a", "202"), ("/n/a", "203")];
    for (path, wanted) in cases {
        assert_eq!(end(body, path), wanted, "{path}");
    }
}

#[test]
fn rewrites_of_the_server_come_before_locations() {
    assert_eq!(end("location ^~ /a { return 200; } return 301 https://$host$request_uri;", "/a"), "https://a.test/a");
    assert_eq!(end("rewrite ^(/a/.*) $1 break; return 403; location /a/ { root /r; }", "/a/b"), "/r/a/b");
    assert_eq!(end("rewrite ^/a /b; rewrite ^/b /c last; return 403; location /c { root /r; }", "/a"), "/r/c");
    assert_eq!(end("if ($uri !~ ^/a) { return 403; } location /a { root /r; }", "/a"), "/r/a");
    assert_eq!(end(r#"if ($request_uri ~ "^/(b|c)$") { return 403; } root /r;"#, "/b"), "403");
    assert_eq!(end("set $x 0; if ($uri ~ ^/a) { set $x 1; } if ($x) { return 403; } root /r;", "/a"), "403");
}

#[test]
fn rewrites_of_a_location_choose_a_location_anew() {
    let body = "location /a { rewrite ^/a(.*) /b$1 FLAG; root /a; } location /b { internal; root /b; }";
    assert_eq!(end(&body.replace("FLAG", ""), "/a/x"), "/b/b/x");
    assert_eq!(end(&body.replace("FLAG", "last"), "/a/x"), "/b/b/x");
    assert_eq!(end(&body.replace("FLAG", "break"), "/a/x"), "/a/b/x");
    assert_eq!(end(&body.replace("FLAG", "permanent"), "/a/x"), "404");
    assert_eq!(end("location /a { rewrite ^ /a last; }", "/a"), "500");
}

#[test]
fn unknown_conditions_split_the_run() {
    assert_eq!(ends("if ($http_x) { return 403; } root /r;", "/a").len(), 2);
    assert!(ends("if ($http_x) { return 403; } root /r;", "/a").contains(&"?403".to_owned()));
    assert_eq!(end("if (-f $request_filename) { break; } root /r; location /a { root /q; }", "/a"), "/q/a");
    assert_eq!(end("if (!-e $request_filename) { return 404; } root /r;", "/a"), "/r/a");
}

#[test]
fn access_rules_come_after_rewrites_and_reach_nested_locations() {
    assert_eq!(end("deny all; location /a { root /r; }", "/a"), "403");
    assert_eq!(end("deny all; location /a { allow all; root /r; }", "/a"), "/r/a");
    assert_eq!(end("allow 10.0.0.0/8; deny all; location /a { location /a/b { root /r; } }", "/a/b"), "403");
    assert_eq!(end("location /a { deny all; return 200; }", "/a"), "200");
    assert_eq!(end("auth_basic x; location /a { root /r; }", "/a"), "401");
    assert_eq!(end("auth_basic x; location /a { auth_basic off; root /r; }", "/a"), "/r/a");
    assert_eq!(end("auth_request /q; root /r;", "/a"), "401");
    assert_eq!(end("satisfy any; allow all; auth_basic x; root /r;", "/a"), "/r/a");
    assert_eq!(end("location /a { internal; location /a/b { root /r; } }", "/a/b"), "404");
    assert_eq!(end("location /a { limit_except POST { deny all; } root /r; }", "/a"), "403");
    assert_eq!(end("location /a { limit_except GET { deny all; } root /r; }", "/a"), "/r/a");
}

#[test]
fn try_files_takes_the_file_that_was_asked_for() {
    assert_eq!(end("root /r; location / { try_files $uri $uri/ /index.php; }", "/a"), "/r/a");
    assert_eq!(
        end("location / { try_files /off.html @app; } location @app { proxy_pass http://b; }", "/a"),
        "http://b"
    );
    assert_eq!(end("location / { try_files /off.html =404; }", "/a"), "404");
    assert_eq!(end("try_files /off.html =404; location /a { root /r; }", "/a"), "/r/a");
    assert_eq!(end("try_files /off.html =404; location /b { root /r; }", "/a"), "404");
    // An internal redirect to another path passes the rewrites of the server again.
    let body = "rewrite ^/b$ /c last; location /a { try_files /off.html /b; } location /c { root /r; }";
    assert_eq!(end(body, "/a"), "/r/c");
}

#[test]
fn error_pages_answer_in_the_place_of_errors() {
    let named = "location @n { proxy_pass http://b; } location /a { return 404;";
    assert_eq!(end(&format!("{named} error_page 404 = @n; }}"), "/a"), "http://b");
    assert_eq!(end(&format!("{named} error_page 404 @n; }}"), "/a"), "404");
    assert_eq!(end("error_page 403 https://o.test/; deny all;", "/a"), "https://o.test/");
}

#[test]
fn maps_and_placeholders_have_values() {
    let map = "} map $uri $m { default 1; ~^/a 0; } server { listen 81;";
    assert_eq!(end(&format!("if ($m) {{ return 403; }} root /r; {map}"), "/a"), "/r/a");
    assert_eq!(end(&format!("if ($m) {{ return 403; }} root /r; {map}"), "/b"), "403");
    assert_eq!(end("return 301 https://${DOMAIN}$uri;", "/a"), "https://${DOMAIN}/a");
    assert_eq!(end("if ($host = ${DOMAIN}) { return 403; } root /r;", "/a").split(' ').count(), 2);
}

#[test]
fn redirects_are_followed_on_the_servers_of_the_configuration() {
    let tls = "} server { listen 443 ssl; server_name *.test; root /tls;";
    assert_eq!(end(&format!("return 301 https://$host$request_uri; {tls}"), "/a"), "/tls/a");
    assert_eq!(end(&format!("return 301 https://www.test/b?x; {tls}"), "/a"), "/tls/b");
    assert_eq!(end(&format!("return 301 https://o.example/; {tls}"), "/a"), "https://o.example/");
    assert_eq!(end("return 301 http://$host/b;", "/a"), "loop");
}

#[test]
fn files_below_root_and_alias() {
    assert_eq!(end("location /a/ { alias /r/; }", "/a/b"), "/r/b");
    assert_eq!(end("location /a/ { alias /r/; location ~ b { expires 1d; } }", "/a/b"), "/r/b");
    assert_eq!(end("location /a { alias /r; }", "/a/b"), "/r/b");
    assert_eq!(end("location ~ ^/a { alias /r/f; }", "/a/b"), "/r/f");
    assert_eq!(end("", "/a"), "html/a");
    assert_eq!(end("root $x/r;", "/a"), "some file");
}
