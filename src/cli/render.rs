//! `nginspect render`: what a template becomes, and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::{Color, ListFormat, ModeName, RenderOptions};
use super::settings::{SheetRef, Shelf, complain_about};
use super::{CLEAN, INCOMPLETE, USAGE, complain, discover, disk, explain_lines, print, print_bytes, project, values};
use crate::config::Library;
use crate::source::Source;
use crate::template::envsubst::{self, Rendered};
use crate::template::{self, Environment, Mode, Recipe};

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
    /// It is replaced, but nobody knows by what.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown: bool,
    lines: Vec<u32>,
}

pub(super) fn run(options: &RenderOptions) -> u8 {
    let shelf = Shelf::new(&options.settings);
    let sheet = shelf.of(&options.file);
    let mistaken = shelf.mistaken();
    if !mistaken.is_empty() {
        complain_about(&mistaken, Color::Auto);
        return USAGE;
    }
    let (environment, errors) = sheet.environment(&options.values);
    let bytes = values::read(&options.file);
    let failed = bytes.as_ref().err().map(|why| format!("{}: {why}", options.file.display()));
    for error in errors.iter().map(|error| format!("{}: {}", error.path, error.message)).chain(failed) {
        complain(&error);
    }
    let (Ok(bytes), true) = (bytes, errors.is_empty()) else { return INCOMPLETE };
    let recipe = recipe_of_project(&options.file, environment, &sheet);
    let Some(recipe) = with_mode(options, recipe) else {
        complain("the value of NGINX_ENVSUBST_FILTER is no pattern that every awk reads alike");
        return USAGE;
    };
    let lookup = |name: &str| recipe.values.get(name).map(|value| value.text.clone());
    let rendered = envsubst::render(&bytes, &recipe.selection_in(&bytes), lookup);
    let document = document(options, &bytes, &rendered, &recipe);
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

/// How the project around a template renders it; with the values that the command line gives.
fn recipe_of_project(file: &Path, told: Environment, sheet: &SheetRef) -> Recipe {
    let mut library = Library::default();
    library.add_values(PathBuf::new(), told);
    let root = discover::project_root(file, None);
    project::read(&mut library, &disk::Disk::new([], disk::MAX_FILE_SIZE), &root, |files| sheet.told(&[], files));
    library.recipe(&disk::canonical(file), file)
}

/// The same, if the command line does not say something else; none if it cannot be known which names go.
fn with_mode(options: &RenderOptions, recipe: Recipe) -> Option<Recipe> {
    let (mode, evidence) = match (&options.list, options.mode) {
        (Some(list), _) => (Mode::List(list.clone()), "--list"),
        (None, Some(ModeName::All)) => (Mode::All, "--mode"),
        (None, Some(ModeName::Image)) => (Mode::Image, "--mode"),
        (None, Some(ModeName::List)) => (Mode::Known, "--mode; without --list, every name with a known value is in it"),
        (None, None) => return Some(recipe),
    };
    let selection = mode.selection(&recipe.values)?;
    Some(Recipe { mode: mode.name(), evidence: evidence.to_owned(), selection, is_complete: true, ..recipe })
}

/// The name of the other language that the template seems to be written in.
fn foreign_language(path: &Path, bytes: &[u8]) -> Option<&'static str> {
    template::read(path, bytes, Recipe::of_name(path, &Environment::default())).language.map(|language| language.name())
}

fn document<'a>(options: &RenderOptions, bytes: &'a [u8], rendered: &Rendered<'a>, recipe: &'a Recipe) -> Document<'a> {
    let source = Source::new(options.file.clone(), bytes.to_vec());
    let substitutions = rendered.map.substitutions().iter().map(|substitution| substitution.placeholder);
    let stays = |name: &str| !recipe.replaces(name);
    let left = envsubst::placeholders(bytes).filter(|placeholder| stays(placeholder.name));
    let unsupported = envsubst::expansions(bytes).map(|expansion| (expansion.name, expansion.start));
    let values = by_name(&source, substitutions.map(|placeholder| (placeholder.name, placeholder.start)));
    let to_left = |(name, lines)| Left { name, unknown: false, lines };
    let is_unknown = |name: &str| recipe.selection.contains(name) && !recipe.replaces(name);
    Document {
        version: 1,
        path: options.file.display().to_string(),
        mode: recipe.mode,
        evidence: &recipe.evidence,
        text: String::from_utf8_lossy(&rendered.text).into_owned(),
        values: values
            .into_iter()
            .map(|(name, lines)| {
                let value = recipe.values.get(name);
                let text = value.map(|value| value.text.as_str());
                Replaced { name, value: text, source: value.map(|value| value.source.as_str()), lines }
            })
            .collect(),
        left: by_name(&source, left.map(|placeholder| (placeholder.name, placeholder.start)))
            .into_iter()
            .map(|(name, lines)| Left { name, unknown: is_unknown(name), lines })
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
    for Left { name, lines, unknown } in &document.left {
        let why = if *unknown { ", because its value is not known here" } else { "" };
        let _ = writeln!(text, "left as it is{why}: ${name} ({})", at(lines));
    }
    for Left { name, lines, .. } in &document.unsupported {
        let _ = writeln!(text, "not known to envsubst, and left: the default in ${{{name}…}} ({})", at(lines));
    }
    if let Some(language) = foreign {
        let _ = writeln!(text, "the tags of {language} in it are left as they are");
    }
    text
}
