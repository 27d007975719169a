//! Puts a deployment together, and works out what its templates become.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::deployment::Deployment;
use super::path_map::{Mapping, PathMap, join};
use super::reader::{ProjectFile, Reader};
use super::rendering::Mode;
use crate::source::Span;
use crate::template::is_template_name;

/// More templates than this, and the others are not looked at.
const MAX_TEMPLATES: usize = 500;

impl Deployment {
    /// Puts together what the files tell. `paths` are all files of the project, `told` are mappings by the user.
    pub(crate) fn read(files: &[ProjectFile<'_>], paths: Arc<BTreeSet<PathBuf>>, told: &[Mapping]) -> Self {
        let templates = paths.iter().filter(|path| is_template_name(path)).take(MAX_TEMPLATES);
        let templates: Vec<PathBuf> = templates.cloned().collect();
        let mut told_paths = PathMap::new(Arc::clone(&paths));
        told.iter().for_each(|mapping| told_paths.add(mapping.clone()));
        let reader = Reader::new(files, paths);
        let (mut services, (scripts, evaluates)) = (reader.services(), reader.scripts());
        let text_of = |path: &Path| reader.text(path).map(|(_, text)| text.to_owned());
        for service in &mut services {
            let script_of = |word: &str| text_of(&service.paths.project_path(&join("/", word))?.0);
            service.boot = service.find_boot(&script_of);
            told.iter().for_each(|mapping| service.paths.add(mapping.clone()));
        }
        let mut deployment = Self { services, scripts, renders_unseen: false, told: Arc::new(told_paths) };
        deployment.renders_unseen = evaluates || deployment.find_unseen();
        deployment.find_results(&templates);
        deployment
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
