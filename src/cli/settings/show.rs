//! `nginspect config show`: the settings that count for a path, and where each comes from.

use std::fmt::Write;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::shelf::{Sheet, Shelf};
use super::{SettingsOptions, complain_about};
use crate::cli::args::Color;
use crate::cli::{CLEAN, USAGE, print};
use crate::output::sanitize;

/// What counts where nothing is said; settings without a line here are empty lists and tables.
const DEFAULTS: [(&str, &str); 5] = [
    ("nginx-version", "that of the image, else the newest"),
    ("pedantic", "false"),
    ("min-severity", "\"info\""),
    ("fail-on", "\"warning\""),
    ("check-files", "false"),
];

pub(super) fn run(path: &Path, options: &SettingsOptions) -> u8 {
    let shelf = Shelf::new(options);
    let sheet = shelf.of(path);
    let mistaken = shelf.mistaken();
    if !mistaken.is_empty() {
        complain_about(&mistaken, Color::Auto);
        return USAGE;
    }
    let mut text = String::new();
    let file = sheet.path.as_ref().map(|path| path.display().to_string());
    let _ = writeln!(text, "# {}: {}", path.display(), file.as_deref().unwrap_or("no settings file counts"));
    for note in shelf.notes() {
        let _ = writeln!(text, "# {note}");
    }
    if sheet.excludes(path) {
        let _ = writeln!(text, "# excluded");
    }
    text.push_str(&lines(&sheet, path));
    let safe: Vec<_> = text.lines().map(sanitize::line).collect();
    print(&format!("{}\n", safe.join("\n")), CLEAN)
}

/// One line for each setting: those of the file as it has them, then those that nobody sets.
fn lines(sheet: &Sheet, path: &Path) -> String {
    let (table, _) = DeTable::parse_recoverable(&sheet.text);
    let mut lines = Vec::new();
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("per-path" | "template", _) => {}
            (name, DeValue::Table(entries)) => {
                let line = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                    line(sheet, &format!("{name}.{}", key_text(sheet, key)), value, "")
                };
                lines.extend(entries.iter().map(line));
            }
            (name, _) => lines.push(line(sheet, name, value, "")),
        }
    }
    lines.extend(of_path(sheet, path, table.get_ref()));
    let is_set = |name: &str| table.get_ref().iter().any(|(key, _)| key.get_ref() == name);
    let unset = DEFAULTS.iter().filter(|(name, _)| !is_set(name));
    lines.extend(unset.map(|(name, default)| match default.starts_with(['"', 't', 'f']) && !default.contains(' ') {
        true => format!("{name} = {default}  # default"),
        false => format!("# {name}: {default}"),
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What entries for certain files say about this one.
fn of_path(sheet: &Sheet, path: &Path, table: &DeTable<'_>) -> Vec<String> {
    let entries = |name: &str| {
        let found = table.iter().find(|(key, _)| key.get_ref() == name);
        found.and_then(|(_, value)| value.get_ref().as_array()).into_iter().flat_map(|list| list.iter())
    };
    let mut lines = Vec::new();
    let levels = entries("per-path").zip(&sheet.per_path).filter(|(_, (globs, _))| globs.matches(path));
    for (entry, _) in levels {
        let rules = entry.get_ref().get("rules").and_then(|rules| rules.get_ref().as_table());
        let of_rule = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            line(sheet, &format!("rules.{}", key_text(sheet, key)), value, ", for this path")
        };
        lines.extend(rules.into_iter().flatten().map(of_rule));
    }
    let modes = entries("template").zip(&sheet.templates).filter(|(_, (globs, _))| globs.matches(path));
    for (entry, _) in modes {
        let facts = ["mode", "list"].into_iter().filter_map(|name| Some((name, entry.get_ref().get(name)?)));
        lines.extend(facts.map(|(name, value)| line(sheet, &format!("template.{name}"), value, ", for this path")));
    }
    lines
}

/// `KEY = VALUE  # nginspect.toml:3`, the value as the file has it.
fn line(sheet: &Sheet, key: &str, value: &Spanned<DeValue<'_>>, more: &str) -> String {
    let written = sheet.text.get(value.span()).unwrap_or_default();
    let is_table = written.starts_with('[') && value.get_ref().is_table();
    let written =
        if is_table { "{ … }".to_owned() } else { written.split_whitespace().collect::<Vec<_>>().join(" ") };
    format!("{key} = {written}  # {}{more}", sheet.place(value.span().start))
}

/// A key as the file has it, with its quotes.
fn key_text<'s, T>(sheet: &'s Sheet, key: &Spanned<T>) -> &'s str {
    sheet.text.get(key.span()).unwrap_or_default()
}
