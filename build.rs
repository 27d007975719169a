//! Turns the fact tables of `src/nginx` into static arrays, so that a look-up needs no parsing at run time.
//!
//! Words of a table become the names of enum variants ("if-in-server" is `IfInServer`), so a word that the
//! code does not know fails the build. A malformed table does so too, hence the panics.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The cells of one line by column name.
type Row<'t> = HashMap<&'t str, &'t str>;

/// The literals that rows of other tables add to a directive, by name and module.
type Details = HashMap<(String, String), Vec<String>>;

fn main() -> Result<(), Box<dyn Error>> {
    let (changes, words) = (details("history", change)?, details("values", word)?);
    generate("directives", "Definition", |row| directive(row, &changes, &words))?;
    generate("variables", "Variable", variable)?;
    generate("vulnerabilities", "Vulnerability", vulnerability)
}

fn read(table: &str) -> Result<String, Box<dyn Error>> {
    let path = format!("src/nginx/{table}.tsv");
    println!("cargo:rerun-if-changed={path}");
    Ok(fs::read_to_string(&path)?)
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let header = text.lines().next().unwrap_or_default();
    text.lines().skip(1).map(|line| row(header, line)).collect()
}

fn details(table: &str, literal: fn(&Row<'_>) -> String) -> Result<Details, Box<dyn Error>> {
    let mut details = Details::new();
    let text = read(table)?;
    let mut rows = rows(&text);
    // What changed later comes later; words without a version stay in their order.
    rows.sort_by_key(|row| row.get("version").map(|version| numbers(version)));
    for row in &rows {
        details.entry((row["name"].to_owned(), row["module"].to_owned())).or_default().push(literal(row));
    }
    Ok(details)
}

fn generate(table: &str, item: &str, literal: impl Fn(&Row<'_>) -> String) -> Result<(), Box<dyn Error>> {
    let text = read(table)?;
    let mut rows = rows(&text);
    // The order is what makes a binary search possible; stable, so that the main definition stays first.
    rows.sort_by_key(|row| row["name"]);

    let mut code = format!("static {}: [{item}; {}] = [\n", table.to_uppercase(), rows.len());
    for row in &rows {
        code.push_str(&format!("    {item} {{ {} }},\n", literal(row)));
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join(format!("{table}.rs")), code)?;
    Ok(())
}

fn row<'t>(header: &'t str, line: &'t str) -> Row<'t> {
    let (columns, cells) = (header.split('\t'), line.split('\t'));
    assert_eq!(columns.clone().count(), cells.clone().count(), "cells in the line {line:?}");
    columns.zip(cells).collect()
}

fn directive(row: &Row<'_>, changes: &Details, words: &Details) -> String {
    let key = (row["name"].to_owned(), row["module"].to_owned());
    let of = |details: &Details| details.get(&key).map(|literals| literals.join(", ")).unwrap_or_default();
    let mut fields: Vec<String> =
        ["name", "module", "default", "replacement"].map(|column| format!("{column}: {:?}", row[column])).into();
    fields.push(format!("arity: {}", arity(row["args"])));
    fields.push(format!("changes: &[{}]", of(changes)));
    let (shape, inside) = row["value_type"].split_once('{').unwrap_or((row["value_type"], ""));
    let inside = inside.trim_end_matches('}');
    fields.push(format!("value: {}", value_type(shape, inside)));
    let has_words = matches!(shape, "enum" | "bitmask");
    let plain = |word: &str| format!("Word {{ text: {word:?}, since: None, removed: None }}");
    let words = match of(words) {
        words if !words.is_empty() => words,
        _ if has_words => inside.split(',').filter(|word| !word.is_empty()).map(plain).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    fields.push(format!("words: &[{words}]"));
    fields.push(format!("origin: {}", origin(row["origin"])));
    fields.push(format!("kind: Kind::{}", variant(row["kind"])));
    fields.push(format!("contexts: {}", contexts(row["contexts"])));
    fields.push(format!("repeatable: {}", yes_no(row["repeatable"])));
    fields.push(format!("repeat: Repeat::{}", variant(row["repeat_mode"])));
    fields.push(format!("inheritance: Inheritance::{}", variant(row["inheritance"])));
    fields.push(format!("since: {}", version(row["since"])));
    fields.push(format!("deprecated: {}", version(row["deprecated_in"])));
    fields.push(format!("removed: {}", version(row["removed_in"])));
    fields.push(format!("variables: {}", yes_no(row["variables"])));
    fields.join(", ")
}

/// One line of the history: what has to be undone to get the facts of an older version.
fn change(row: &Row<'_>) -> String {
    let before = match row["event"] {
        "context-removed" => format!("Before::With({})", contexts(row["detail"])),
        "args-changed" => format!("Before::Arity({})", arity(row["detail"])),
        "variables-allowed" => "Before::NoVariables".to_owned(),
        event => panic!("the event {event:?} of {}", row["name"]),
    };
    format!("Change {{ version: Version::new({}), before: {before} }}", row["version"].replace('.', ", "))
}

fn word(row: &Row<'_>) -> String {
    let (since, removed) = (version(row["since"]), version(row["removed_in"]));
    format!("Word {{ text: {:?}, since: {since}, removed: {removed} }}", row["value"])
}

/// `flag` (one), `any`, `N`, `N-M`, `N+`, or several of these joined with `|`.
fn arity(mask: &str) -> String {
    let (mut counts, mut from) = (0_u16, None);
    for part in mask.split('|') {
        let number = |text: &str| text.parse::<u8>().unwrap_or_else(|_| panic!("the number of arguments {mask:?}"));
        match (part, part.split_once('-'), part.strip_suffix('+')) {
            ("flag", ..) => counts |= 1 << 1,
            ("any", ..) => from = Some(0),
            (_, Some((least, most)), _) => (number(least)..=number(most)).for_each(|count| counts |= 1 << count),
            (.., Some(least)) => from = Some(number(least)),
            _ => counts |= 1 << number(part),
        }
    }
    format!("Arity {{ counts: {counts}, from: {from:?} }}")
}

fn value_type(shape: &str, inside: &str) -> String {
    match shape {
        "flag" => "Value::Flag".to_owned(),
        "size" => "Value::Size".to_owned(),
        "off" => "Value::Offset".to_owned(),
        "num" => match inside.split_once("..") {
            Some((least, most)) => format!("Value::Number {{ least: {least}, most: {most} }}"),
            None => "Value::Number { least: 0, most: i64::MAX as u64 }".to_owned(),
        },
        "msec" => "Value::Milliseconds".to_owned(),
        "sec" => "Value::Seconds".to_owned(),
        "enum" => "Value::Enum".to_owned(),
        "bitmask" => "Value::Bitmask".to_owned(),
        "bufs" => "Value::Buffers".to_owned(),
        "access" => "Value::Access".to_owned(),
        "mime-list" => "Value::MimeList".to_owned(),
        "keyval" => "Value::KeyValue".to_owned(),
        "str" | "str-list" | "none" | "custom" | "" => "Value::Other".to_owned(),
        _ => panic!("the value type {shape:?}"),
    }
}

fn variable(row: &Row<'_>) -> String {
    let (name, prefix) = (row["name"].trim_end_matches('*'), row["prefix"] == "yes");
    let mut fields = vec![format!("name: {name:?}, prefix: {prefix}, optional: {}", row["optional"] == "yes")];
    fields.push(format!("family: Family::{}", variant(row["family"])));
    fields.push(format!("origin: {}", origin(row["origin"])));
    fields.push(format!("since: {}", version(row["since"])));
    fields.push(format!("removed: {}", version(row["removed_in"])));
    fields.push(format!("settable: {}", row["settable"] == "yes"));
    fields.push(format!("user_controlled: UserControlled::{}", variant(row["user_controlled"])));
    fields.push(format!("may_contain_newline: {}", yes_no(row["may_contain_newline"])));
    fields.join(", ")
}

/// `used_by`: directives, each perhaps with a word that has to be among its arguments.
fn vulnerability(row: &Row<'_>) -> String {
    let release = |text: &str| format!("Version::new({})", text.replace('.', ", "));
    let fixed: Vec<String> = row["fixed"].split(' ').map(release).collect();
    let uses = row["used_by"]
        .split(',')
        .filter(|words| !words.is_empty())
        .map(|words| words.split_once(' ').unwrap_or((words, "")));
    let mut fields: Vec<String> = ["name", "title"].map(|column| format!("{column}: {:?}", row[column])).into();
    fields.push(format!("rating: Rating::{}", variant(row["rating"])));
    fields.push(format!("first: {}", release(row["first"])));
    fields.push(format!("fixed: &[{}]", fixed.join(", ")));
    fields.push(format!("used_by: &{:?}", uses.collect::<Vec<_>>()));
    fields.join(", ")
}

fn variant(word: &str) -> String {
    let capitalized = |part: &str| part[..1].to_uppercase() + &part[1..];
    match word {
        "" => "Unknown".to_owned(),
        "n/a" => "NotApplicable".to_owned(),
        _ => word.split(['-', '_']).map(capitalized).collect(),
    }
}

fn origin(word: &str) -> String {
    word.strip_prefix("third-party:")
        .map_or_else(|| format!("Origin::{}", variant(word)), |name| format!("Origin::ThirdParty({name:?})"))
}

fn contexts(words: &str) -> String {
    let contexts: Vec<String> = words.split(',').map(|word| format!("Context::{}", variant(word))).collect();
    if words == "any" { "ContextSet::ANY".to_owned() } else { format!("ContextSet::of(&[{}])", contexts.join(", ")) }
}

fn yes_no(word: &str) -> String {
    if word.is_empty() { "None".to_owned() } else { format!("Some({})", word == "yes") }
}

fn numbers(version: &str) -> Vec<u16> {
    version.split('.').map(|number| number.parse().unwrap_or_else(|_| panic!("the version {version:?}"))).collect()
}

/// An add-on's version has the add-on's name before it ("njs 0.4.0").
fn version(text: &str) -> String {
    let numbers = text.split(' ').next_back().unwrap_or_default().replace('.', ", ");
    if text.is_empty() { "None".to_owned() } else { format!("Some(Version::new({numbers}))") }
}
