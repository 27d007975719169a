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

fn main() -> Result<(), Box<dyn Error>> {
    generate("directives", "Directive", directive)?;
    generate("variables", "Variable", variable)
}

fn generate(table: &str, item: &str, literal: fn(&Row<'_>) -> String) -> Result<(), Box<dyn Error>> {
    let path = format!("src/nginx/{table}.tsv");
    println!("cargo:rerun-if-changed={path}");
    let text = fs::read_to_string(&path)?;
    let header = text.lines().next().unwrap_or_default();
    let mut rows: Vec<Row<'_>> = text.lines().skip(1).map(|line| row(header, line)).collect();
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

fn directive(row: &Row<'_>) -> String {
    let mut fields: Vec<String> = ["name", "module", "args", "value_type", "default", "replacement"]
        .map(|column| format!("{column}: {:?}", row[column]))
        .into();
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

fn variable(row: &Row<'_>) -> String {
    let (name, prefix) = (row["name"].trim_end_matches('*'), row["prefix"] == "yes");
    let mut fields = vec![format!("name: {name:?}, prefix: {prefix}")];
    fields.push(format!("family: Family::{}", variant(row["family"])));
    fields.push(format!("origin: {}", origin(row["origin"])));
    fields.push(format!("since: {}", version(row["since"])));
    fields.push(format!("removed: {}", version(row["removed_in"])));
    fields.push(format!("settable: {}", row["settable"] == "yes"));
    fields.push(format!("user_controlled: UserControlled::{}", variant(row["user_controlled"])));
    fields.push(format!("may_contain_newline: {}", yes_no(row["may_contain_newline"])));
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

/// An add-on's version has the add-on's name before it ("njs 0.4.0").
fn version(text: &str) -> String {
    let numbers = text.split(' ').next_back().unwrap_or_default().replace('.', ", ");
    if text.is_empty() { "None".to_owned() } else { format!("Some(Version::new({numbers}))") }
}
