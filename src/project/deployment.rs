//! The containers that a project describes, put together from Dockerfiles, compose files, and what these name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::path_map::{Mapping, PathMap, join};
use super::reader::{ProjectFile, Reader, ScriptFile};
use super::rendering::Mode;
use super::service::{Place, Service};
use crate::nginx::version::Version;
use crate::source::Span;
use crate::template::is_template_name;

/// More templates than this, and the others are not looked at.
const MAX_TEMPLATES: usize = 500;

/// The containers of a project, and its scripts.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Every container that is described, those without nginx, too.
    pub services: Vec<Service>,
    /// The scripts of the project that call renderers.
    pub(crate) scripts: Vec<ScriptFile>,
    /// What the user says about paths.
    pub(crate) told: Arc<PathMap>,
}

impl Deployment {
    /// Puts together what the files tell. `paths` are all files of the project, `told` are mappings by the user.
    pub(crate) fn read(files: &[ProjectFile<'_>], paths: Arc<BTreeSet<PathBuf>>, told: &[Mapping]) -> Self {
        let templates = paths.iter().filter(|path| is_template_name(path)).take(MAX_TEMPLATES);
        let templates: Vec<PathBuf> = templates.cloned().collect();
        let mut told_paths = PathMap::new(Arc::clone(&paths));
        told.iter().for_each(|mapping| told_paths.add(mapping.clone()));
        let reader = Reader::new(files, paths);
        let (mut services, scripts) = (reader.services(), reader.scripts());
        let text_of = |path: &Path| reader.text(path).map(|(_, text)| text.to_owned());
        for service in &mut services {
            let script_of = |word: &str| text_of(&service.paths.project_path(&join("/", word))?.0);
            service.boot = service.find_boot(&script_of);
            told.iter().for_each(|mapping| service.paths.add(mapping.clone()));
        }
        let mut deployment = Self { services, scripts, told: Arc::new(told_paths) };
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

    /// Where a configuration of the project is inside of a container, one that runs nginx if there are several.
    pub fn place_of(&self, path: &Path) -> Option<Place> {
        let having = self.services_of(path);
        let best = having.iter().find(|(service, _)| service.runs_nginx()).or(having.first());
        let Some((service, container)) = best else {
            let told = Arc::clone(&self.told);
            return (!told.is_empty()).then_some(Place { paths: told, container: None, folder: "/etc/nginx" });
        };
        let result = service.results.iter().find(|(_, template)| template == path);
        let container = Some(result.map_or(container, |(result, _)| result).clone());
        Some(Place { paths: Arc::clone(&service.whole), container, folder: service.nginx_folder() })
    }

    /// The containers that have a file of the project, with its paths inside.
    pub fn services_of(&self, path: &Path) -> Vec<(&Service, String)> {
        let found = self.services.iter().flat_map(|service| {
            let containers = service.paths.containers_of(path).into_iter();
            containers.map(move |(container, _)| (service, container)).collect::<Vec<_>>()
        });
        found.collect()
    }

    /// The release that a configuration of the project runs on, if the images of all containers that have it agree.
    pub fn version_of(&self, path: &Path) -> Option<(Version, Span)> {
        let services = self.services_of(path).into_iter().map(|(service, _)| service);
        let mut versions = services.map(|service| {
            let (image, span) = service.image.as_ref()?;
            Some((image.version?, *span))
        });
        let first = versions.next()??;
        versions.all(|other| other.is_some_and(|other| other.0 == first.0)).then_some(first)
    }

    /// Where another container than this one gets a variable of this name.
    pub fn defined_elsewhere(&self, name: &str, except: Option<&Service>) -> Option<(&Service, Span)> {
        let others = self.services.iter().filter(|service| except.is_none_or(|except| except.span != service.span));
        others.filter_map(|service| Some((service, service.environment.variables.get(name)?.span?))).next()
    }

    /// The main files of a container that has this fragment: where the project brings an `nginx.conf` with it.
    pub fn mains_of(&self, path: &Path) -> Vec<PathBuf> {
        let services = self.services_of(path).into_iter().map(|(service, _)| service);
        let mains = services.filter_map(|service| {
            service.paths.project_path(&join(service.nginx_folder(), "nginx.conf")).map(|(path, _)| path)
        });
        mains.filter(|main| main != path).collect()
    }
}
