//! `nginspect config`: writes, checks and shows settings files.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;

use super::file::SettingsFile;
use super::shelf::{Sheet, Shelf};
use super::{FILE_NAMES, SettingsOptions, complain_about, show};
use crate::cli::args::{Color, ConfigCommand};
use crate::cli::{CLEAN, INCOMPLETE, USAGE, complain, print};

/// What `config init` writes.
const STARTER: &str = include_str!("starter.toml");

pub(in crate::cli) fn run(command: &ConfigCommand) -> u8 {
    match command {
        ConfigCommand::Init => init(),
        ConfigCommand::Validate { file } => validate(file.as_deref()),
        ConfigCommand::Schema => print(&schema(), CLEAN),
        ConfigCommand::Show { path, settings } => show::run(path, settings),
    }
}

fn init() -> u8 {
    let [name, other] = FILE_NAMES;
    if Path::new(other).exists() {
        complain(&format!("there is {other} already"));
        return USAGE;
    }
    // Never over a file, not even over one that comes up at this moment.
    let file = OpenOptions::new().write(true).create_new(true).open(name);
    match file.and_then(|mut file| file.write_all(STARTER.as_bytes())) {
        Ok(()) => print(&format!("{name} is written; all settings in it are comments still\n"), CLEAN),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            complain(&format!("there is {name} already"));
            USAGE
        }
        Err(error) => {
            complain(&format!("{name} could not be written: {error}"));
            INCOMPLETE
        }
    }
}

fn validate(file: Option<&Path>) -> u8 {
    let sheet = match file {
        Some(file) => Sheet::load(file, PathBuf::new()).into(),
        None => Shelf::new(&SettingsOptions::default()).of(Path::new(".")),
    };
    if sheet.path.is_none() {
        complain("there is no settings file here; nginspect config init writes one");
        return USAGE;
    }
    let mistaken = sheet.mistaken();
    if mistaken.mistakes.is_empty() {
        return print(&format!("{}: no mistakes\n", sheet.shown.display()), CLEAN);
    }
    complain_about(&[mistaken], Color::Auto);
    USAGE
}

/// The JSON Schema of settings files, in the draft that most editors know.
fn schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<SettingsFile>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
