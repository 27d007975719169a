//! Puts a deployment together, and works out what its templates become.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::calls::{self, Renderer};
use super::deployment::Deployment;
use super::path_map::{PathMap, join};
use super::reader::{ProjectFile, Reader};
use super::rendering::Mode;
use super::told::Told;
use crate::nginx::glob;
use crate::source::Span;
use crate::template::is_template_name;

/// More templates than this, and the others are not looked at.
const MAX_TEMPLATES: usize = 500;

impl Deployment {
    /// Puts together what the files tell. `paths` are all files of the project, `told` is what the user says.
    pub(crate) fn read(files: &[ProjectFile<'_>], paths: Arc<BTreeSet<PathBuf>>, told: &Told) -> Self {
        let mut told_paths = PathMap::new(Arc::clone(&paths));
        told.mappings.iter().for_each(|mapping| told_paths.add(mapping.clone()));
        let reader = Reader::new(files, Arc::clone(&paths));
        let (mut services, (scripts, evaluates)) = (reader.services(), reader.scripts());
        let text_of = |path: &Path| reader.text(path).map(|(_, text)| text.to_owned());
        for service in &mut services {
            let script_of = |word: &str| text_of(&service.paths.project_path(&join("/", word))?.0);
            service.boot = service.find_boot(&script_of);
            told.mappings.iter().for_each(|mapping| service.paths.add(mapping.clone()));
        }
        let shell_texts = reader.shell_texts();
        let mut deployment = Self {
            services,
            scripts,
            shell_texts,
            renders_unseen: false,
            has_other_envsubst: reader.mentions("a8m/envsubst"),
            told: Arc::new(told_paths),
            told_modes: told.modes.clone(),
        };
        deployment.renders_unseen = evaluates || deployment.find_unseen();
        let inputs = deployment.inputs();
        let is_template = |path: &&PathBuf| {
            is_template_name(path) || told.modes.contains_key(*path) || inputs.iter().any(|input| is_named(path, input))
        };
        let templates = paths.iter().filter(is_template).take(MAX_TEMPLATES);
        deployment.find_results(&templates.cloned().collect::<Vec<_>>());
        deployment
    }

    /// The names of the files that calls of envsubst read, without their folders.
    fn inputs(&self) -> BTreeSet<String> {
        let of_services = self.services.iter().flat_map(|service| &service.commands);
        let calls = of_services.flat_map(|commands| calls::find(&commands.script, None, &|_| None));
        let calls = self.scripts.iter().flat_map(|file| file.calls.iter().cloned()).chain(calls);
        let inputs = calls.filter(|call| call.renderer == Renderer::Envsubst).flat_map(|call| call.inputs);
        inputs.filter_map(|input| input.rsplit('/').next().map(str::to_owned)).filter(|name| !name.is_empty()).collect()
    }

    /// Works out what the templates become in each container.
    fn find_results(&mut self, templates: &[PathBuf]) {
        let mut results: BTreeMap<Span, Vec<(String, PathBuf)>> = BTreeMap::new();
        for template in templates {
            let Some(rendering) = self.rendering_of(template) else { continue };
            let is_rendered = !matches!(rendering.mode, Mode::Raw | Mode::Unknown) && rendering.unrendered.is_empty();
            if let (Some(service), Some(output), true) = (rendering.service, rendering.output, is_rendered) {
                results.entry(service.span).or_default().push((output, template.clone()));
            }
        }
        for service in &mut self.services {
            service.set_results(results.remove(&service.span).unwrap_or_default());
        }
    }
}

/// Is this the file's name, or a pattern for it?
fn is_named(path: &Path, pattern: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == pattern || (pattern.contains('*') && glob::matches(pattern.as_bytes(), name.as_bytes()))
}
