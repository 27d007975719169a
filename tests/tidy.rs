//! The order of the house: layers, pages and rules, sizes, generated files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use nginspect::diagnostic::{Confidence, Safety};
use nginspect::page::ExampleKind;
use nginspect::rules::RULES;
use walkdir::WalkDir;

/// The parts of the library in the order that data flows: each may use those before it (and itself) alone.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("date", &[]),
    ("diagnostic", &["source"]),
    ("syntax", &[]),
    ("nginx", &[]),
    ("pcre", &[]),
    ("template", &["syntax"]),
    ("project", &["source", "nginx", "template"]),
    ("config", &["source", "syntax", "nginx", "pcre", "template", "project"]),
    ("fingerprint", &["diagnostic", "source"]),
    ("fix", &["diagnostic", "fingerprint", "source"]),
    ("suppress", &["config", "date", "diagnostic", "source", "syntax"]),
    ("baseline", &[]),
    ("page", &["diagnostic", "nginx"]),
    ("check", &["config", "date", "diagnostic", "nginx", "page", "project", "source"]),
    ("validate", &["check", "config", "diagnostic", "nginx", "pcre", "project", "source", "syntax", "template"]),
    (
        "rules",
        &["check", "config", "diagnostic", "nginx", "pcre", "project", "source", "suppress", "template", "validate"],
    ),
    ("output", &["diagnostic", "fingerprint", "fix", "page", "source"]),
    (
        "cli",
        &[
            "baseline",
            "check",
            "config",
            "date",
            "diagnostic",
            "fingerprint",
            "fix",
            "nginx",
            "output",
            "page",
            "project",
            "rules",
            "source",
            "suppress",
            "template",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below a folder of the project, with its text.
fn texts(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let files = WalkDir::new(root().join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.path().extension().is_some_and(|found| found == ending));
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(root()).expect("below the root").to_path_buf();
            (path, fs::read_to_string(entry.path()).expect("a source file can be read"))
        })
        .collect()
}

/// `src/config/http.rs` belongs to `config`, `src/page.rs` to `page`.
fn layer_of(path: &Path) -> Option<String> {
    let inner = path.strip_prefix("src").ok()?;
    let first = inner.components().next()?.as_os_str().to_string_lossy().into_owned();
    let name = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
    (name != "lib" && name != "main").then_some(name)
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn layers_use_what_comes_before_them_alone() {
    let mut wrong = Vec::new();
    for (path, text) in texts("src", "rs") {
        // Tests may make their data with what the formats use for theirs.
        let Some(layer) = layer_of(&path).filter(|_| !path.ends_with("tests.rs")) else { continue };
        let (_, allowed) = LAYERS.iter().find(|(name, _)| *name == layer).unwrap_or_else(|| panic!("no layer {layer}"));
        let code = code(&text);
        for used in code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if used != layer && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_touches_the_world() {
    let worldly =
        ["std::fs", "std::env", "std::net", "std::process", "println!", "eprintln!", "print!(", "stdout()", "stdin()"];
    for (path, text) in texts("src", "rs") {
        if layer_of(&path).is_some_and(|layer| layer != "cli") {
            let code = code(&text);
            let found: Vec<_> = worldly.iter().filter(|word| code.contains(**word)).collect();
            assert!(found.is_empty(), "{} uses {found:?}", path.display());
        }
    }
}

#[test]
fn miette_is_named_in_one_file() {
    let naming = texts("src", "rs").into_iter().filter(|(_, text)| code(text).contains("miette::"));
    let files: Vec<_> = naming.map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(files, ["src/output/snippet.rs"]);
}

#[test]
fn files_and_pages_are_short() {
    let mut long = Vec::new();
    for (path, text) in texts("src", "rs") {
        let is_rule = path.starts_with("src/rules") && !path.ends_with("mod.rs");
        let limit = if is_rule { 120 } else { 400 };
        // The table of rules has a row for each.
        let lines = text.lines().filter(|line| !line.ends_with("::RULE,")).count();
        if lines > limit {
            long.push(format!("{}: {lines} of {limit}", path.display()));
        }
    }
    for (path, text) in texts("rules", "md") {
        let lines = text.lines().count();
        if lines > 120 && !path.ends_with("README.md") {
            long.push(format!("{}: {lines} of 120", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// `src/config/http.rs` is `config::http`; `mod.rs` is its folder.
fn module_of(path: &Path) -> String {
    let inner = path.strip_prefix("src").expect("a file of the library").with_extension("");
    let parts: Vec<String> = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.into_iter().filter(|part| part != "mod").collect::<Vec<_>>().join("::")
}

/// The paths that `use` lines and expressions of a module name, from the root of the crate; `a::{b::C, d}` names two.
fn named_paths(module: &str, is_folder: bool, code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (start, base) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..start];
        if before.ends_with("super::") {
            continue;
        }
        let mut rest = &code[start..];
        let mut prefix: Vec<&str> = if base == "crate::" { Vec::new() } else { module.split("::").collect() };
        if base == "super::" && is_folder {
            prefix.push("mod");
        }
        while let Some(behind) = rest.strip_prefix("super::") {
            prefix.pop();
            rest = behind;
        }
        rest = rest.strip_prefix("crate::").unwrap_or(rest);
        let path: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')).collect();
        let group = rest[path.len()..].strip_prefix('{').and_then(|group| group.split('}').next());
        let prefix = prefix.join("::");
        let full = |tail: &str| format!("{prefix}::{path}{tail}").trim_matches(':').to_owned();
        match group {
            Some(group) => named.extend(group.split(',').map(|name| full(name.trim()))),
            None => named.push(full("")),
        }
    }
    named
}

#[test]
fn files_import_in_no_circle() {
    let files: BTreeMap<String, (bool, String)> = texts("src", "rs")
        .into_iter()
        .map(|(path, text)| (module_of(&path), (path.ends_with("mod.rs"), code(&text))))
        .collect();
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, (is_folder, code)) in &files {
        let uses = edges.entry(module).or_default();
        for path in named_paths(module, *is_folder, code) {
            let holds = |file: &&String| path == **file || path.starts_with(&format!("{file}::"));
            let used = files.keys().filter(holds).max_by_key(|file| file.len());
            // A folder's `mod.rs` and what lies in it are one house.
            let is_family =
                |used: &String| module.starts_with(&format!("{used}::")) || used.starts_with(&format!("{module}::"));
            uses.extend(used.filter(|used| *used != module && !is_family(used)).map(String::as_str));
        }
    }
    let count = edges.values().map(BTreeSet::len).sum::<usize>();
    assert!(count > 200, "only {count} imports were understood");
    while let Some(leaf) = edges.iter().find(|(_, uses)| uses.is_empty()).map(|(name, _)| *name) {
        edges.remove(leaf);
        edges.values_mut().for_each(|uses| {
            uses.remove(leaf);
        });
    }
    assert!(edges.is_empty(), "a circle among {edges:?}");
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(ids, sorted, "the table of rules is sorted");
    let pages: Vec<String> = texts("rules", "md")
        .into_iter()
        .filter_map(|(path, _)| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .filter(|name| name != "README")
        .collect();
    assert_eq!(ids, pages);
}

#[test]
fn pages_say_what_they_must() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = rule.parsed_page();
        let examples = page.examples();
        let has = |kind| examples.iter().any(|example| example.kind == kind);
        if !has(ExampleKind::Good) || !has(ExampleKind::Bad) {
            wrong.push(format!("{} lacks a good or a bad example", rule.id));
        }
        if page.fix == Some(Safety::Safe) && !has(ExampleKind::Fixed) {
            wrong.push(format!("{} has a fix, but no fixed example", rule.id));
        }
        if page.title.ends_with('.') || page.url().is_none() || !page.body.contains("## Why it matters") {
            wrong.push(format!("{}: title, reference or reason", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn options_of_rules_stand_on_their_pages() {
    let mut wrong = Vec::new();
    for (path, text) in texts("src/rules", "rs") {
        let id = path.file_stem().map(|stem| stem.to_string_lossy().replace('_', "-")).unwrap_or_default();
        let Some(rule) = RULES.iter().find(|rule| rule.id == id) else { continue };
        let used = text.split("option(\"").chain(text.split(">(\"")).skip(1);
        let used = used.filter_map(|rest| rest.split_once("\", ")).map(|(name, _)| name);
        let options: Vec<&str> = rule.parsed_page().options().iter().map(|option| option.name).collect();
        let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        wrong.extend(used.filter(is_name).filter(|name| !options.contains(name)).map(|name| format!("{id}: {name}")));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_default_of_an_option_is_a_value_of_its_kind() {
    let mut count = 0;
    for rule in RULES {
        for option in rule.parsed_page().options() {
            count += 1;
            assert!(option.kind.accepts(option.default) && !option.about.is_empty(), "{}: {option:?}", rule.id);
        }
    }
    assert!(count > 10, "only {count} options were found");
}

/// Compares a generated text with the file that holds it; `UPDATE=1` writes it.
pub(crate) fn assert_fresh(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, text).expect("a generated file can be written");
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{path} is not up to date; UPDATE=1 cargo test rewrites it");
}

#[test]
fn the_readme_counts_the_rules() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md can be read");
    assert!(readme.contains(&format!("lists all {} rules", RULES.len())), "{} rules", RULES.len());
}

#[test]
fn the_schema_of_the_json_output_is_fresh() {
    assert_fresh("tests/schema/diagnostics.schema.json", &nginspect::output::json::schema());
}

#[test]
fn the_index_of_rules_is_fresh() {
    let mut rows =
        String::from("| rule | category | severity | confidence | fix | about |\n|---|---|---|---|---|---|\n");
    for rule in RULES {
        let page = rule.parsed_page();
        let fix = page.fix.map_or("–", |fix| fix.as_str());
        let (id, category, severity) = (rule.id, page.category.as_str(), page.severity.as_str());
        rows.push_str(&format!(
            "| [{id}]({id}.md) | {category} | {severity} | {} | {fix} | {} |\n",
            page.confidence.as_str(),
            page.title
        ));
    }
    let guide = include_str!("support/rules-guide.md");
    let coverage = coverage_of_other_linters();
    assert_fresh(
        "rules/README.md",
        &format!("{guide}\n## All rules\n\n{rows}\n## Rules of other linters\n\n{coverage}"),
    );
}

/// The rows of `tests/support/peers.tsv` as a table, with the severity and confidence of our rules.
fn coverage_of_other_linters() -> String {
    let ours = |names: &str| match names.strip_prefix("not: ") {
        Some(reason) => format!("deliberately not, because {reason}"),
        None => names.split(", ").map(link_with_severity).collect::<Vec<_>>().join(", "),
    };
    let row = |line: &str| match line.split('\t').collect::<Vec<_>>()[..] {
        [name, linters, names, remark] => format!("| {name} | {linters} | {} | {remark} |\n", ours(names)),
        _ => panic!("not four columns: {line}"),
    };
    let lines = include_str!("support/peers.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut table = String::from("| rule | of | ours | what is different |\n|---|---|---|---|\n");
    table.extend(lines.map(row));
    table
}

fn link_with_severity(id: &str) -> String {
    let rule = RULES.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule is named {id}"));
    let page = rule.parsed_page();
    let doubt = if page.confidence == Confidence::Low { ", pedantic" } else { "" };
    format!("[{id}]({id}.md) ({}{doubt})", page.severity.as_str())
}
