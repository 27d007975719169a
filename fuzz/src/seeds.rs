//! What the targets start from: the examples on the pages of the rules, and the corpus.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nginspect::page::Example;
use nginspect::rules::RULES;

/// Longer seeds make the search slow.
const LONGEST: usize = 8_192;

/// Writes the seeds of a target.
pub(crate) fn plant(target: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("seeds").join(target);
    fs::create_dir_all(&folder).expect("a folder for the seeds");
    let seeds = match target {
        "regex" => expressions(),
        "settings" => settings(),
        "template" => templates(&root.join("../corpus")),
        _ => configurations(&root.join("../corpus")),
    };
    for (number, seed) in seeds.iter().filter(|seed| seed.len() <= LONGEST).enumerate() {
        fs::write(folder.join(format!("{number:04}")), seed).expect("a seed can be written");
    }
}

fn examples() -> impl Iterator<Item = Example> {
    RULES.iter().flat_map(|rule| rule.parsed_page().examples())
}

/// All files of an example as one input.
fn joined(example: &Example) -> Vec<u8> {
    let context = example.attribute("context").unwrap_or("http");
    let files = example.files.iter().map(|(name, text)| format!("# file: {name}\n{text}\n"));
    let text = files.collect::<String>();
    // The context is told behind the mark of the first file.
    text.replacen('\n', &format!("\n# nginspect: context={context}\n"), 1).into_bytes()
}

fn configurations(corpus: &Path) -> BTreeSet<Vec<u8>> {
    examples().map(|example| joined(&example)).chain(trees(corpus)).collect()
}

/// Each tree of the corpus as one input, and each of its files as another.
fn trees(corpus: &Path) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for tree in entries(corpus).iter().filter(|path| path.is_dir()) {
        let mut whole = Vec::new();
        for file in files(tree) {
            let Ok(text) = fs::read(&file) else { continue };
            let name = file.strip_prefix(tree).unwrap_or(&file);
            whole.extend_from_slice(format!("# file: {}\n", name.display()).as_bytes());
            whole.extend_from_slice(&text);
            seeds.push(text);
        }
        seeds.push(whole);
    }
    seeds
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}

/// Every word of an example that looks like an expression, with the other words of its line to try it on.
fn expressions() -> BTreeSet<Vec<u8>> {
    let words = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let bare = |word: &&str| word.trim_matches(['"', ';', '{']).trim_start_matches(['~', '*']).to_owned();
        let is_expression = |word: &&&str| word.contains(['^', '$', '(', '[', '\\', '*']) && word.len() > 2;
        let found: Vec<Vec<u8>> =
            words.iter().filter(is_expression).map(|word| format!("{}\n{}", bare(word), words.join("\n")).into_bytes()).collect();
        found
    };
    examples().flat_map(|example| example.files).flat_map(|(_, text)| text.lines().flat_map(words).collect::<Vec<_>>()).collect()
}

/// Every option of every rule, and each setting that there is.
fn settings() -> BTreeSet<Vec<u8>> {
    let mut seeds: BTreeSet<Vec<u8>> = BTreeSet::new();
    for rule in RULES {
        seeds.insert(format!("[rules]\n{} = \"off\"\n", rule.id).into_bytes());
        for option in rule.parsed_page().options() {
            for value in [option.default.to_owned(), format!("\"{}\"", option.default), format!("[\"{}\"]", option.default)] {
                seeds.insert(format!("[rules]\n{} = {{ level = \"error\", {} = {value} }}\n", rule.id, option.name).into_bytes());
            }
        }
    }
    seeds.insert(include_bytes!("../../src/cli/settings/starter.toml").to_vec());
    let plain: String = include_str!("../../src/cli/settings/starter.toml")
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line)))
        .collect();
    seeds.insert(plain.into_bytes());
    seeds
}

/// Everything with a dollar, below a few values.
fn templates(corpus: &Path) -> BTreeSet<Vec<u8>> {
    let texts = examples().flat_map(|example| example.files).map(|(_, text)| text.into_bytes()).chain(trees(corpus));
    let values = "PORT=8080\nexport NAME='a b'\nLIST=\"$PORT ${NAME}\"\n# file: a.template\n";
    texts.filter(|text| text.contains(&b'$')).map(|text| [values.as_bytes(), &text].concat()).collect()
}
