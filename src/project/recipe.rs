//! How a text of the project is to be read: what the renderer of a template replaces, and by what.

use std::path::Path;

use super::deployment::Deployment;
use super::rendering::{Mode, Rendering};
use crate::source::{Sources, Span};
use crate::template::envsubst::Selection;
use crate::template::image::Entrypoint;
use crate::template::{self, Recipe};

impl Deployment {
    /// How a text is to be read: what a script or an image renders is a template, whatever its name. `told` are the values
    /// that the user gives; these win.
    pub fn recipe_of(&self, path: &Path, shown: &Path, sources: &Sources, told: &template::Environment) -> Recipe {
        let by_name = Recipe::of_name(shown, told);
        let Some(rendering) = self.rendering_of(path) else { return by_name };
        let evidence = evidence(&rendering, sources);
        let selection = Some(&rendering).filter(|rendering| rendering.unrendered.is_empty());
        let (mode, selection) = match selection.and_then(|rendering| selection_of(rendering, told)) {
            Some(found) => found,
            None => return Recipe { is_template: is_template(&rendering, by_name.is_template), evidence, ..by_name },
        };
        let mut recipe = Recipe { is_template: true, mode, evidence, selection, ..by_name };
        recipe.is_complete = rendering.environment.is_closed;
        let mut values = template::Environment::default();
        for (name, variable) in &rendering.environment.variables {
            // Who leaves a value empty has others fill it in.
            let known = variable.value.as_ref().filter(|value| !value.is_empty()).zip(variable.span);
            match known {
                Some((value, span)) => values.insert(name, value, &place(sources, span)),
                None => drop(recipe.unknown.insert(name.clone())),
            }
        }
        values.take_in(told);
        recipe.unknown.retain(|name| values.get(name).is_none());
        recipe.values = values;
        recipe
    }
}

/// The name of the mode and the names that are replaced; none if that is nothing, or cannot be known.
fn selection_of(rendering: &Rendering<'_>, told: &template::Environment) -> Option<(&'static str, Selection)> {
    match &rendering.mode {
        Mode::All => Some(("all", Selection::All)),
        Mode::Listed(names) => Some(("list", Selection::Listed(names.clone()))),
        Mode::Defined { filter } => {
            let filter = filter.as_ref().map(|(filter, _)| filter.clone()).unwrap_or_default();
            let entrypoint = Entrypoint { filter, ..Entrypoint::of(&template::Environment::default()) };
            let names = rendering.environment.variables.keys().map(String::as_str).chain(told.names());
            Some(("image", entrypoint.selection(names)?))
        }
        Mode::Computed | Mode::Raw | Mode::Other(_) | Mode::Unknown => None,
    }
}

/// Is it a template, although it is not known which names go?
fn is_template(rendering: &Rendering<'_>, by_name: bool) -> bool {
    match rendering.mode {
        // Envsubst reads it, with a list that only a shell can work out.
        Mode::Computed => true,
        Mode::Raw if rendering.is_told => false,
        _ => by_name,
    }
}

/// What says how it is rendered, in words.
fn evidence(rendering: &Rendering<'_>, sources: &Sources) -> String {
    let what = match &rendering.mode {
        _ if rendering.is_told => return "the settings say so".to_owned(),
        _ if !rendering.unrendered.is_empty() => "the image leaves it alone",
        Mode::All => "envsubst without a list",
        Mode::Listed(_) => "envsubst with a list",
        Mode::Computed => "envsubst with a list that only a shell can work out",
        Mode::Defined { .. } => "the image renders it",
        Mode::Raw => "nginx gets it as it is",
        Mode::Other(name) => return format!("{name} renders it{}", at(rendering, sources)),
        Mode::Unknown => "it is not known how the image renders it",
    };
    format!("{what}{}", at(rendering, sources))
}

fn at(rendering: &Rendering<'_>, sources: &Sources) -> String {
    rendering.evidence.map(|span| format!(", {}", place(sources, span))).unwrap_or_default()
}

/// `docker-compose.yml:7`.
fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.source);
    format!("{}:{}", source.display_path(), source.line_of(span.start))
}
