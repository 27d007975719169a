//! Templates, from the outside: what `check` says about them, and what `render` makes of them.

use std::path::Path;

use nginspect::syntax::Terminator;
use nginspect::template::{self, Environment, Recipe};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::cli::{folder, json, run, stderr, stdout};

const TEMPLATE: &str = "server {\n    listen ${PORT};\n    server_name $host ${NONE:-a.test};\n}\n";

#[test]
fn render_prints_the_text_alone_and_explains_itself_elsewhere() {
    let place = folder(&[("a.template", TEMPLATE), (".env", "PORT=8080 # the port\n")]);
    let output = run(place.path(), &["render", "a.template", "--env-file", ".env"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), TEMPLATE.replace("${PORT}", "8080"));
    let explained = stderr(&output);
    for part in ["mode: known", "PORT = \"8080\" from .env:1 (line 2)", "left as it is: $host", "default in ${NONE"] {
        assert!(explained.contains(part), "{part} in {explained}");
    }
    let output =
        run(place.path(), &["render", "a.template", "--mode", "all", "--define", "PORT=1", "--env-file", ".env"]);
    assert_eq!(stdout(&output), TEMPLATE.replace("${PORT}", "1").replace("$host", ""));
    assert!(stderr(&output).contains("not defined: host (line 3)"), "{}", stderr(&output));
}

#[test]
fn render_knows_lists_and_the_image() {
    let place = folder(&[("a.template", TEMPLATE)]);
    let text = |arguments: &[&str]| {
        let all: Vec<&str> = ["render", "a.template"].iter().chain(arguments).copied().collect();
        stdout(&run(place.path(), &all))
    };
    assert_eq!(text(&["--list", "$host", "--define", "PORT=1"]), TEMPLATE.replace("$host", ""));
    let image = ["--mode", "image", "--define", "PORT=1", "--define", "host=h", "--define", "NGINX_ENVSUBST_FILTER=^P"];
    assert_eq!(text(&image), TEMPLATE.replace("${PORT}", "1"));
}

#[test]
fn render_answers_in_one_document() {
    let place = folder(&[("a.template", TEMPLATE)]);
    let output = run(place.path(), &["render", "a.template", "--define", "PORT=8080", "--format", "json"]);
    let document = json(&output);
    assert_eq!(document["text"], TEMPLATE.replace("${PORT}", "8080"));
    assert_eq!(
        document["values"],
        serde_json::json!([
            { "name": "PORT", "value": "8080", "source": "--define", "lines": [2] }
        ])
    );
    assert_eq!(document["left"], serde_json::json!([{ "name": "host", "lines": [3] }]));
    assert_eq!(document["unsupported"], serde_json::json!([{ "name": "NONE", "lines": [3] }]));
    assert!(stderr(&output).is_empty());
}

#[test]
fn render_fails_as_check_does() {
    let place = folder(&[("a.template", TEMPLATE)]);
    let cases: &[(&[&str], i32)] = &[
        (&["render", "missing"], 3),
        (&["render", "."], 3),
        (&["render", "a.template", "--env-file", "missing"], 3),
        (&["render", "a.template", "--define", "1=2"], 2),
        (&["render", "a.template", "--mode", "image", "--define", "NGINX_ENVSUBST_FILTER=["], 2),
        (&["check", "a.template", "--env-file", "missing"], 3),
    ];
    for (arguments, code) in cases {
        assert_eq!(run(place.path(), arguments).status.code(), Some(*code), "{arguments:?}");
    }
}

#[test]
fn known_values_are_judged_where_their_placeholders_stand() {
    let text = "server {\n    listen 80;\n    location /s {\n        alias ${DIR};\n    }\n    ${MORE}\n}\n";
    let place = folder(&[("a.template", text)]);
    let findings = |arguments: &[&str]| {
        let all: Vec<&str> =
            ["check", "a.template", "--format", "json", "--select", "alias-traversal,directive-unknown"]
                .iter()
                .chain(arguments)
                .copied()
                .collect();
        let document = json(&run(place.path(), &all));
        let found = document["diagnostics"].as_array().expect("diagnostics").iter();
        found
            .map(|one| format!("{} {}", one["rule"].as_str().expect("a rule"), one["start"]["line"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(findings(&[]), [""; 0]);
    assert_eq!(findings(&["--define", "DIR=/srv/s/"]), ["alias-traversal 4"]);
    let more = findings(&["--define", "MORE=root /a; rot /b;"]);
    assert_eq!(more, ["directive-unknown 6"]);
}

#[test]
fn other_languages_are_read_and_that_is_said() {
    let jinja = "server {\n    listen {{ port }};\n{% if ssl %}\n    listen 443 ssl;\n{% endif %}\n    location /s { alias /srv/s/; }\n}\n";
    let place = folder(&[("a.conf.j2", jinja), ("b.conf.j2", jinja), ("c.conf.m4", "server { NAME }\n")]);
    let text = stdout(&run(place.path(), &["check", "--color", "never", "."]));
    assert!(text.contains("2 files were read as Jinja2 templates"), "{text}");
    assert_eq!(text.matches("[alias-traversal]").count(), 2, "{text}");
    let text = stdout(&run(place.path(), &["check", "--color", "never", "c.conf.m4"]));
    assert!(text.contains("not analysed, because written in another template language (m4)"), "{text}");
}

#[test]
fn branches_do_not_clash() {
    let text = "server {\n{% if a %}\n    root /a;\n{% else %}\n    root /b;\n{% endif %}\n}\n";
    let clash = "server {\n    root /a;\n    listen {{ port }};\n    root /b;\n}\n";
    let place = folder(&[("a.conf.j2", text), ("b.conf.j2", clash)]);
    let codes = ["a.conf.j2", "b.conf.j2"].map(|name| run(place.path(), &["check", name]).status.code());
    assert_eq!(codes, [Some(0), Some(1)]);
}

#[test]
fn templates_of_other_languages_are_followed() {
    let main = "events {}\nhttp {\n    include sites/*.conf;\n}\n";
    let site = "{% for s in sites %}\nserver {\n    location /s { alias /srv/s/; }\n}\n{% endfor %}\n";
    let place = folder(&[("nginx.conf", main), ("sites/a.conf", site)]);
    let output = run(place.path(), &["check", "--format", "compact", "nginx.conf"]);
    assert!(stdout(&output).contains("sites/a.conf:3:"), "{}", stdout(&output));
}

fn template() -> impl Strategy<Value = String> {
    let parts = [
        "{{ a }}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{% if a %}",
        "{% else %}",
        "{% endif %}",
        "{# a #}",
        "<%= a %>",
        "<% if a %>",
        "<% end %>",
        "[% a %]",
        "{{#a}}",
        "{{/a}}",
        "{{ define \"a\" }}",
        "{{ end }}",
        "{{{ a }}}",
        "__A__",
        "%a%",
        "${a.b}",
        "@A@",
        "{% raw %}",
        "{% endraw %}",
        "{% macro a() %}",
        "{% endmacro %}",
        "{#",
        "listen",
        "server",
        " ",
        "\n",
        ";",
        "{",
        "}",
        "\"",
        "'",
        "#",
        "$a",
        "${A}",
        "\\",
        "content_by_lua_block",
        "é",
        "map $a $b",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn templates_of_any_kind_are_read(text in template(), name in prop::sample::select(vec![
        "a.conf", "a.j2", "a.erb", "a.tmpl", "a.mustache", "a.gotmpl", "a.tt", "a.liquid", "a.template",
    ]), value in prop::sample::select(vec!["", "1", "a b;", "{ c }", "\"d\" 'e", "}\n}", "$a"])) {
        let mut values = Environment::default();
        values.insert("A", value, "test");
        for values in [Environment::default(), values] {
            let tree = template::read(Path::new(name), text.as_bytes(), Recipe::of_name(Path::new(name), &values)).tree;
            let mut behind = 0;
            for (id, node) in tree.nodes().iter().enumerate() {
                prop_assert!(node.start <= node.end && node.end as usize <= text.len());
                prop_assert!(node.subtree_end as usize > id && node.subtree_end as usize <= tree.nodes().len());
                for word in tree.words(id as u32) {
                    prop_assert!(behind <= word.start && word.start <= word.end, "{:?}", tree);
                    prop_assert!(text.is_char_boundary(word.start as usize) && text.is_char_boundary(word.end as usize));
                    behind = word.end;
                }
                if let Terminator::Block { open, close: Some(close) } = node.terminator {
                    prop_assert!(node.start <= open && open <= close && close as usize <= text.len());
                }
            }
            for error in tree.errors() {
                prop_assert!(error.start <= error.end && error.end as usize <= text.len());
            }
        }
    }
}

#[test]
fn rules_fail_on_no_template() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut texts = Vec::new();
    for index in 0..150 {
        let tree = template().new_tree(&mut runner).expect("a value");
        texts.push((format!("{index}.conf.{}", ["j2", "erb", "gotmpl", "template"][index % 4]), tree.current()));
    }
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let place = folder(&files);
    for values in [&[][..], &["--define", "A=b c;\nd { e f"]] {
        let all: Vec<&str> = ["check", "--format", "json", "--pedantic", "--context", "http,server", "."]
            .iter()
            .chain(values)
            .copied()
            .collect();
        assert_eq!(json(&run(place.path(), &all))["errors"], serde_json::json!([]));
    }
}
