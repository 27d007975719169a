//! `nginspect render`: what a template becomes, and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::args::{ListFormat, ModeName, RenderOptions};
use super::{CLEAN, INCOMPLETE, USAGE, complain, explain_lines, print, print_bytes, values};
use crate::source::Source;
use crate::template::envsubst::{self, Rendered, Selection};
use crate::template::{self, Environment, Mode};

/// Everything that `render --format json` says.
#[derive(Debug, Serialize)]
struct Document<'a> {
    /// Version of this format.
    version: u32,
    /// The template, as it was named.
    path: String,
    mode: &'static str,
    /// Why it is this mode.
    evidence: &'a str,
    /// What the template becomes; U+FFFD for what is not UTF-8.
    text: String,
    /// The names that were replaced.
    values: Vec<Replaced<'a>>,
    /// The names that stay.
    left: Vec<Left<'a>>,
    /// What looks like a default value, which envsubst does not know.
    unsupported: Vec<Left<'a>>,
}

/// A name that was replaced; by nothing, if nobody defined it.
#[derive(Debug, Serialize)]
struct Replaced<'a> {
    name: &'a str,
    value: Option<&'a str>,
    source: Option<&'a str>,
    lines: Vec<u32>,
}

/// A name that stays.
#[derive(Debug, Serialize)]
struct Left<'a> {
    name: &'a str,
    lines: Vec<u32>,
}

pub(super) fn run(options: &RenderOptions) -> u8 {
    let (environment, errors) = options.values.environment();
    let bytes = values::read(&options.file);
    let failed = bytes.as_ref().err().map(|why| format!("{}: {why}", options.file.display()));
    for error in errors.iter().map(|error| format!("{}: {}", error.path, error.message)).chain(failed) {
        complain(&error);
    }
    let (Ok(bytes), true) = (bytes, errors.is_empty()) else { return INCOMPLETE };
    let (mode, evidence) = mode_of(options);
    let Some(selection) = mode.selection(&environment) else {
        complain("the value of NGINX_ENVSUBST_FILTER is no pattern that every awk reads alike");
        return USAGE;
    };
    let lookup = |name: &str| environment.get(name).map(|value| value.text.clone());
    let rendered = envsubst::render(&bytes, &selection, lookup);
    let document = document(options, &bytes, &rendered, &selection, &environment, (&mode, evidence));
    match options.format {
        ListFormat::Json => match serde_json::to_string(&document) {
            Ok(text) => print(&format!("{text}\n"), CLEAN),
            Err(error) => {
                complain(&format!("the output could not be written: {error}"));
                INCOMPLETE
            }
        },
        ListFormat::Human => {
            explain_lines(&explanation(&document, foreign_language(&options.file, &bytes)));
            print_bytes(&rendered.text, CLEAN)
        }
    }
}

/// How the template is rendered, and what says so.
fn mode_of(options: &RenderOptions) -> (Mode, &'static str) {
    match (&options.list, options.mode) {
        (Some(list), _) => (Mode::List(list.clone()), "--list"),
        (None, Some(ModeName::All)) => (Mode::All, "--mode"),
        (None, Some(ModeName::Image)) => (Mode::Image, "--mode"),
        (None, Some(ModeName::List)) => (Mode::Known, "--mode; without --list, every name with a known value is in it"),
        (None, None) => (Mode::Known, "nothing tells how it is rendered; --mode does"),
    }
}

/// The name of the other language that the template seems to be written in.
fn foreign_language(path: &Path, bytes: &[u8]) -> Option<&'static str> {
    template::read(path, bytes, &Environment::default()).language.map(|language| language.name())
}

fn document<'a>(
    options: &RenderOptions,
    bytes: &'a [u8],
    rendered: &Rendered<'a>,
    selection: &Selection,
    environment: &'a Environment,
    (mode, evidence): (&Mode, &'a str),
) -> Document<'a> {
    let source = Source::new(options.file.clone(), bytes.to_vec());
    let substitutions = rendered.map.substitutions().iter().map(|substitution| substitution.placeholder);
    let stays = |name: &str| !selection.contains(name);
    let left = envsubst::placeholders(bytes).filter(|placeholder| stays(placeholder.name));
    let unsupported = envsubst::expansions(bytes).map(|expansion| (expansion.name, expansion.start));
    let values = by_name(&source, substitutions.map(|placeholder| (placeholder.name, placeholder.start)));
    let to_left = |(name, lines)| Left { name, lines };
    Document {
        version: 1,
        path: options.file.display().to_string(),
        mode: mode.name(),
        evidence,
        text: String::from_utf8_lossy(&rendered.text).into_owned(),
        values: values
            .into_iter()
            .map(|(name, lines)| {
                let value = environment.get(name);
                let text = value.map(|value| value.text.as_str());
                Replaced { name, value: text, source: value.map(|value| value.source.as_str()), lines }
            })
            .collect(),
        left: by_name(&source, left.map(|placeholder| (placeholder.name, placeholder.start)))
            .into_iter()
            .map(to_left)
            .collect(),
        unsupported: by_name(&source, unsupported).into_iter().map(to_left).collect(),
    }
}

/// Names with the lines that they are on, sorted.
fn by_name<'a>(source: &Source, places: impl Iterator<Item = (&'a str, usize)>) -> BTreeMap<&'a str, Vec<u32>> {
    let mut lines: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (name, offset) in places {
        lines.entry(name).or_default().push(source.line_of(offset as u32));
    }
    lines
}

/// The same for people.
fn explanation(document: &Document<'_>, foreign: Option<&str>) -> String {
    let mut text = format!("mode: {} ({})\n", document.mode, document.evidence);
    let at = |lines: &[u32]| {
        let shown: Vec<String> = lines.iter().take(5).map(u32::to_string).collect();
        let more = if lines.len() > 5 { ", …" } else { "" };
        format!("{} {}{more}", if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "))
    };
    for Replaced { name, value, source, lines } in &document.values {
        let _ = match (value, source) {
            (Some(value), Some(source)) => writeln!(text, "replaced: {name} = {value:?} from {source} ({})", at(lines)),
            _ => writeln!(text, "replaced by nothing, because not defined: {name} ({})", at(lines)),
        };
    }
    for Left { name, lines } in &document.left {
        let _ = writeln!(text, "left as it is: ${name} ({})", at(lines));
    }
    for Left { name, lines } in &document.unsupported {
        let _ = writeln!(text, "not known to envsubst, and left: the default in ${{{name}…}} ({})", at(lines));
    }
    if let Some(language) = foreign {
        let _ = writeln!(text, "the tags of {language} in it are left as they are");
    }
    text
}
