//! Settings files: `nginspect.toml` or `.nginspect.toml`, the nearest one above each configuration.
//!
//! [`file`] says what can stand in one, [`reading`] takes one apart and finds all its mistakes, [`shelf`] finds the file
//! that counts for a path, and [`effective`] puts it together with the command line.

pub(super) mod command;
mod effective;
mod file;
mod globs;
mod mistake;
mod of_texts;
mod reading;
mod rules;
mod shelf;
mod show;

use std::ops::Range;
use std::path::PathBuf;

use clap::Args;

pub(super) use effective::Thresholds;
pub(super) use globs::{Globs, pattern};
pub(super) use mistake::complain_about;
pub(super) use of_texts::SettingsOfTexts;
pub(super) use shelf::{Mistaken, SheetRef, Shelf};

/// The names of settings files, the one that counts first.
const FILE_NAMES: [&str; 2] = ["nginspect.toml", ".nginspect.toml"];

/// What is wrong in the text of a settings file, and where.
pub(super) fn mistakes(text: &str) -> Vec<(Option<Range<usize>>, String)> {
    reading::read(text).1.into_iter().map(|mistake| (mistake.span, mistake.message)).collect()
}

/// Which settings files count.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SettingsOptions {
    /// The settings file, whatever lies around the configurations (also: NGINSPECT_CONFIG).
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(super) config: Option<PathBuf>,

    /// Read no settings file.
    #[arg(long)]
    pub(super) isolated: bool,
}

impl SettingsOptions {
    /// The file that counts for everything, if one is named.
    fn named_file(&self) -> Option<PathBuf> {
        let from_environment = || std::env::var_os("NGINSPECT_CONFIG").filter(|file| !file.is_empty());
        self.config.clone().or_else(|| from_environment().map(PathBuf::from))
    }
}
