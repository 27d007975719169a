//! What holds for every input.

use std::path::{Path, PathBuf};

use nginspect::check::{self, Check, Rule, Settings};
use nginspect::nginx::context::Context;
use nginspect::project::{Project, ProjectFile, Told};
use nginspect::rules::RULES;
use nginspect::source::{Source, Sources};
use nginspect::syntax::{Dialect, Lexer, Terminator, parse};
use proptest::prelude::*;

use crate::support::{Memory, read, run_all};

/// Texts that are made of what matters to the lexer.
pub(crate) fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "server",
        "location",
        "listen",
        "include",
        "a",
        "/x",
        "$b",
        "${c}",
        "~",
        "^~",
        "=",
        "alias",
        "add_header",
        "443 ssl",
        "content_by_lua_block",
        "map",
        "--",
        "[[",
        "]]",
        "\\",
        "2}",
        "proxy_pass",
        "http://a",
        "return",
        "if",
        "(",
        ")",
        "server_name",
        "a.test",
        "ssl_certificate",
        "80",
        "{2}",
        "\u{a0}",
        "\u{201c}",
        "#",
    ];
    let marks = [" ", "\n", "\r\n", "\t", ";", "{", "}", "\"", "'", "#", "\\", "$", "\0", "\u{feff}"];
    let word = prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec());
    let mark = prop::sample::select(marks.to_vec()).prop_map(|mark| mark.as_bytes().to_vec());
    let any = prop::collection::vec(any::<u8>(), 0..4);
    let piece = prop_oneof![6 => word, 8 => mark, 1 => any];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

/// A tree of directives, printed as a configuration in one of several layouts.
fn configuration() -> impl Strategy<Value = Vec<Item>> {
    let word = "[a-z/._$:0-9-]{1,8}";
    let simple = prop::collection::vec(word, 1..4).prop_map(|words| Item { words, body: None });
    let item = simple.prop_recursive(4, 40, 5, move |inner| {
        let words = prop::collection::vec(word, 1..3);
        (words, prop::collection::vec(inner, 0..5)).prop_map(|(words, body)| Item { words, body: Some(body) })
    });
    prop::collection::vec(item, 0..6)
}

#[derive(Debug, Clone, PartialEq)]
struct Item {
    words: Vec<String>,
    body: Option<Vec<Item>>,
}

fn print(items: &[Item], space: &str) -> String {
    let mut text = String::new();
    for item in items {
        text.push_str(&item.words.join(space));
        match &item.body {
            None => text.push_str(&format!("{space};{space}")),
            Some(body) => text.push_str(&format!("{space}{{{space}{}{space}}}{space}", print(body, space))),
        }
    }
    text
}

/// Blocks and lines of which many rules have something to say.
pub(crate) fn configuration_text() -> impl Strategy<Value = Vec<u8>> {
    let lines = [
        "server {",
        "location /a {",
        "location = /b {",
        "location ~ \\.php$ {",
        "if ($host = a.test) {",
        "upstream u {",
        "http {",
        "}",
        "}",
        "}",
        "listen 443 ssl http2;",
        "listen 80;",
        "server_name a.test;",
        "ssl on;",
        "ssl_protocols TLSv1 TLSv1.2;",
        "ssl_certificate /etc/letsencrypt/live/a.test/cert.pem;",
        "ssl_certificate_key a.key;",
        "alias /srv/a/;",
        "root /srv/a/;",
        "proxy_pass http://127.0.0.1:8000;",
        "proxy_pass http://u;",
        "proxy_pass https://b.example;",
        "fastcgi_pass 127.0.0.1:9000;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header Host $http_host;",
        "add_header Strict-Transport-Security max-age=60; includeSubDomains;",
        "add_header X-Frame-Options DENY;",
        "client_max_body_size 10 m;",
        "gzip yes;",
        "server 127.0.0.1:8000;",
        "keepalive 8;",
        "return 301 https://$hst$request_uri;",
        "root /srv",
        "try_files $uri $uri/ =404",
        "sendfil on;",
        ";",
        "events {}",
        "worker_processes auto;",
    ];
    let line = (prop::sample::select(lines.to_vec()), prop::sample::select(vec!["\n", "\r\n", " "]));
    let text =
        |lines: Vec<(&str, &str)>| lines.into_iter().map(|(line, end)| format!("{line}{end}")).collect::<String>();
    prop::collection::vec(line, 0..30).prop_map(move |lines| text(lines).into_bytes())
}

fn read_back(text: &str) -> Vec<Item> {
    let tree = parse(text.as_bytes(), Dialect::default());
    assert_eq!(tree.errors(), &[]);
    let mut stack: Vec<(u32, Item)> = Vec::new();
    let mut top = Vec::new();
    let close = |stack: &mut Vec<(u32, Item)>, top: &mut Vec<Item>| {
        let Some((_, item)) = stack.pop() else { return };
        match stack.last_mut().and_then(|(_, outer)| outer.body.as_mut()) {
            Some(body) => body.push(item),
            None => top.push(item),
        }
    };
    for (id, node) in (0..).zip(tree.nodes()) {
        while stack.last().is_some_and(|(end, _)| *end <= id) {
            close(&mut stack, &mut top);
        }
        let words = (0..node.word_count as usize).filter_map(|i| tree.value(text.as_bytes(), id, i)).map(str::to_owned);
        let body = matches!(node.terminator, Terminator::Block { .. }).then(Vec::new);
        stack.push((node.subtree_end, Item { words: words.collect(), body }));
    }
    while !stack.is_empty() {
        close(&mut stack, &mut top);
    }
    top
}

/// Files of a project, made of what matters to their readers.
fn project_file() -> impl Strategy<Value = String> {
    let pieces = [
        "services:\n",
        "  web:\n",
        "    image: nginx\n",
        "    build: .\n",
        "    volumes:\n",
        "      - .:/etc/nginx\n",
        "    environment:\n",
        "      - A=${B:-$$c}\n",
        "    command: \"",
        "&a ",
        "*a",
        "<<: *a\n",
        "[",
        "]",
        "{",
        "}",
        ": ",
        "- ",
        "FROM nginx:1 AS a\n",
        "FROM a\n",
        "COPY --from=a * /etc/nginx/\n",
        "ENV A=$A b\n",
        "RUN cp a b\n",
        "CMD [\"a\"]\n",
        "<<E\n",
        "E\n",
        "envsubst ",
        "'$A' ",
        "< x.template ",
        "> y ",
        "| ",
        "&& ",
        "; ",
        "if ",
        "then ",
        "else ",
        "fi\n",
        "case ",
        "in ",
        ";; ",
        "esac\n",
        "for a in ",
        "do ",
        "done\n",
        "export A=\\$A\n",
        "$(",
        ")",
        "${",
        "`",
        "\"",
        "'",
        "\\",
        "\\\n",
        "#",
        "\n",
        "sh -c ",
        "\u{e9}",
        "\u{1f600}",
        "\0",
        "\t",
        "docker run -v a:/b nginx\n",
        "\r\n",
        "|\n",
        ">\n",
        "!",
        "%",
        "@",
    ];
    let piece = prop_oneof![30 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// What all rules say about a text, without places.
fn said_about(text: &str) -> Vec<(&'static str, String)> {
    let config = read(&Memory::new([("x.conf", text.as_bytes())]), "x.conf", Some(Context::Http));
    let findings = run_all(&config, &Project::default()).diagnostics;
    let mut said: Vec<_> = findings.into_iter().map(|finding| (finding.rule, finding.message)).collect();
    said.sort();
    said
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn projects_are_read_whatever_they_are(
        compose in project_file(), dockerfile in project_file(), script in project_file(), env in project_file()
    ) {
        let texts = [
            ("compose.yml", compose), ("Dockerfile", dockerfile), ("a.sh", script), (".env", env), ("x.template", String::new()),
        ];
        let mut sources = Sources::default();
        let ids = texts.clone().map(|(path, text)| (path, sources.add(Source::new(path, text.into_bytes()))));
        let files = ids.map(|(path, id)| ProjectFile { id, path: Path::new(path), source: sources.get(id) });
        let paths = texts.iter().map(|(path, _)| PathBuf::from(path)).collect();
        let project = Project::read(&files[..4], paths, &Told::default());
        let rendering = project.deployment.rendering_of(Path::new("x.template"));
        for span in rendering.and_then(|rendering| rendering.evidence).into_iter() {
            prop_assert!(span.end as usize <= sources.get(span.source).bytes().len());
        }
    }

    #[test]
    fn tokens_tile_any_bytes(text in pieces()) {
        let mut end = 0;
        for token in Lexer::new(&text) {
            prop_assert_eq!(token.start, end);
            prop_assert!(token.end > token.start);
            end = token.end;
        }
        prop_assert_eq!(end as usize, text.len());
    }

    #[test]
    fn trees_nest_whatever_is_read(text in pieces(), placeholders in any::<bool>()) {
        let tree = parse(&text, Dialect { placeholders, tags: &[] });
        for (id, node) in (0..).zip(tree.nodes()) {
            prop_assert!(node.start <= node.end && node.end as usize <= text.len());
            prop_assert!(node.subtree_end > id && node.subtree_end as usize <= tree.nodes().len());
            if let Some(parent) = node.parent {
                let outer = tree.node(parent);
                prop_assert!(parent < id && node.subtree_end <= outer.subtree_end);
                prop_assert!(outer.start <= node.start && node.end <= outer.end);
            }
            for index in 0..node.word_count as usize {
                prop_assert!(tree.value(&text, id, index).is_some());
            }
        }
        for error in tree.errors() {
            prop_assert!(error.start <= error.end && error.end as usize <= text.len());
        }
    }

    #[test]
    fn what_is_printed_is_read_back(items in configuration(), space in prop::sample::select(vec![" ", "\n", "\t \r\n", " # c\n"])) {
        prop_assert_eq!(read_back(&print(&items, space)), items);
    }

    #[test]
    fn blanks_and_comments_change_no_finding(
        text in configuration_text(), between in prop::sample::select(vec!["\n\n", "\r\n\t ", "\n# a note\n", "\n\n  # listen 80; }\n\n"])
    ) {
        let text = String::from_utf8(text).expect("made of text");
        prop_assert_eq!(said_about(&text.replace('\n', between)), said_about(&text));
    }

    #[test]
    fn rules_come_to_an_end_on_anything(text in pieces()) {
        let files = Memory::new([("x.conf", text.as_slice())]);
        for context in [Context::Main, Context::Http, Context::Server] {
            let config = read(&files, "x.conf", Some(context));
            let findings = run_all(&config, &Project::default());
            prop_assert!(findings.crashed.is_empty(), "{:?}", findings.crashed);
            for finding in findings.diagnostics {
                let labels = std::iter::once(&finding.primary).chain(&finding.related);
                for label in labels {
                    let length = config.library().sources().get(label.span.source).bytes().len();
                    prop_assert!(label.span.start <= label.span.end && label.span.end as usize <= length);
                }
                prop_assert!(RULES.iter().any(|rule| rule.id == finding.rule));
            }
        }
    }
}

#[test]
fn a_rule_that_panics_takes_nothing_with_it() {
    fn panics(_: &mut Check<'_>) {
        panic!("a bug");
    }
    let page = RULES[0].page;
    fn reports(check: &mut Check<'_>) {
        check.report(check.config.root(), "still here");
    }
    let rules = [Rule { id: "panics", page, check: panics }, Rule { id: "reports", page, check: reports }];
    let config = read(&Memory::new([("x.conf", &b"server {}"[..])]), "x.conf", Some(Context::Http));
    let findings = check::check(&config, &Project::default(), &Settings::default(), &rules);
    assert_eq!((findings.crashed.as_slice(), findings.diagnostics.len()), (&["panics"][..], 1));
}
