//! How a text is to be read: is it a template, which of its names go, and what is known of their values.

use std::collections::BTreeSet;
use std::path::Path;

use super::envsubst::Selection;
use super::{Environment, Mode, is_template_name};

/// How a text is to be read.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Does envsubst, or something alike, make a configuration of it?
    pub is_template: bool,
    /// The name of the mode.
    pub mode: &'static str,
    /// What says so, in words.
    pub evidence: String,
    /// The names that are replaced.
    pub selection: Selection,
    /// The values that are known.
    pub values: Environment,
    /// Names that have a value which is not known here.
    pub unknown: BTreeSet<String>,
    /// Are these all names that have a value? Otherwise someone else may give them one.
    pub is_complete: bool,
}

impl Default for Recipe {
    /// A configuration as it stands.
    fn default() -> Self {
        Self::of_name(Path::new(""), &Environment::default())
    }
}

impl Recipe {
    /// Where nothing but the name of the file tells: what the user gives a value is replaced in templates.
    pub fn of_name(path: &Path, told: &Environment) -> Self {
        Self {
            is_template: is_template_name(path),
            mode: Mode::Known.name(),
            evidence: "nothing tells how it is rendered; --mode does".to_owned(),
            selection: Selection::Listed(told.names().map(str::to_owned).collect()),
            values: told.clone(),
            unknown: BTreeSet::new(),
            is_complete: false,
        }
    }

    /// Is a name replaced by something that is known? That is its value, or nothing.
    pub fn replaces(&self, name: &str) -> bool {
        let is_erased = || self.is_complete && !self.unknown.contains(name);
        self.selection.contains(name) && (self.values.get(name).is_some() || is_erased())
    }

    /// The names of a text that are replaced by something that is known.
    pub fn selection_in(&self, text: &[u8]) -> Selection {
        let names = super::envsubst::placeholders(text).map(|placeholder| placeholder.name);
        Selection::Listed(names.filter(|name| self.replaces(name)).map(str::to_owned).collect())
    }
}
