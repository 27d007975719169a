//! What the user says about a project, which counts more than what its files tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::deployment::Deployment;
use super::path_map::Mapping;
use super::rendering::{Mode, Rendering, names_of_list};
use crate::template;

/// What the user says about a project.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What is where inside of containers; the last one wins.
    pub mappings: Vec<Mapping>,
    /// How files are rendered; none for those that nginx gets as they are.
    pub modes: BTreeMap<PathBuf, Option<template::Mode>>,
}

impl Deployment {
    /// How a template is rendered; none if neither the user nor anything in the project tells.
    pub fn rendering_of(&self, template: &Path) -> Option<Rendering<'_>> {
        let found = self.found_rendering_of(template);
        let Some(mode) = self.told_modes.get(template) else { return found };
        let filter = found.as_ref().and_then(|found| match &found.mode {
            Mode::Defined { filter } => filter.clone(),
            _ => None,
        });
        let found = found.unwrap_or_else(|| Rendering::new(Mode::Unknown, None));
        let mode = match mode {
            None => Mode::Raw,
            Some(template::Mode::All) => Mode::All,
            Some(template::Mode::List(list)) => Mode::Listed(names_of_list(list)),
            Some(template::Mode::Image) => Mode::Defined { filter },
            Some(template::Mode::Known) => Mode::Unknown,
        };
        let (list, list_span, unrendered) = (None, None, Vec::new());
        Some(Rendering { mode, is_told: true, list, list_span, unrendered, ..found })
    }
}
