//! The containers that a project describes, put together from Dockerfiles, compose files, and what these name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::path_map::{PathMap, below, join};
use super::reader::ScriptFile;
use super::service::{Place, Service};
use crate::nginx::version::Version;
use crate::source::Span;
use crate::template;

/// The containers of a project, and its scripts.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Every container that is described, those without nginx, too.
    pub services: Vec<Service>,
    /// The scripts of the project that call renderers.
    pub(crate) scripts: Vec<ScriptFile>,
    /// May something render files without naming them?
    pub(crate) renders_unseen: bool,
    /// Is `envsubst` here another program of that name, which knows defaults?
    pub(crate) has_other_envsubst: bool,
    /// The texts of all shell scripts.
    pub(crate) shell_texts: Vec<(PathBuf, String)>,
    /// What the user says about paths.
    pub(crate) told: Arc<PathMap>,
    /// How files are rendered, as the user says; none for those that nginx gets as they are.
    pub(crate) told_modes: BTreeMap<PathBuf, Option<template::Mode>>,
}

impl Deployment {
    /// Where a configuration of the project is inside of a container that runs nginx, the first if there are several.
    pub fn place_of(&self, path: &Path) -> Option<Place> {
        let having = self.nginx_services_of(path);
        let Some((service, container)) = having.first() else {
            let told = Arc::clone(&self.told);
            return (!told.is_empty()).then_some(Place { paths: told, container: None, folder: "/etc/nginx" });
        };
        let is_nginx = |container: &str| below(container, service.nginx_folder()).is_some();
        // A result that lies elsewhere is moved afterwards, most often over the file that it was made of.
        let counts = |result: &str| is_nginx(result) || !is_nginx(container);
        let result = service.results.iter().find(|(result, template)| template == path && counts(result));
        let container = Some(result.map_or(container, |(result, _)| result).clone());
        Some(Place { paths: Arc::clone(&service.whole), container, folder: service.nginx_folder() })
    }

    /// The containers that run nginx and have a file of the project, with its paths inside. Those of an application often
    /// have a copy of the whole project.
    pub fn nginx_services_of(&self, path: &Path) -> Vec<(&Service, String)> {
        self.services_of(path).into_iter().filter(|(service, _)| service.runs_nginx()).collect()
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
        let services = self.nginx_services_of(path).into_iter().map(|(service, _)| service);
        let mut versions = services.map(|service| {
            let (image, span) = service.image.as_ref()?;
            Some((image.version?, *span))
        });
        let first = versions.next()??;
        versions.all(|other| other.is_some_and(|other| other.0 == first.0)).then_some(first)
    }

    /// The container of a compose file that has a configuration, if its network is described here to the end.
    pub fn closed_network_of(&self, path: &Path) -> Option<&Service> {
        let having = self.nginx_services_of(path);
        let is_closed =
            !having.is_empty() && having.iter().all(|(service, _)| service.is_composed() && !service.sees_others);
        // Where nothing but nginx is described, all applications are described elsewhere.
        let has_applications = self.services.iter().any(|service| service.is_composed() && !service.runs_nginx());
        having.first().filter(|_| is_closed && has_applications).map(|(service, _)| *service)
    }

    /// Does a container of the project go by this name?
    pub fn knows_host(&self, host: &str) -> bool {
        let is_it = |name: &str| {
            // `project-app-1` is the name that compose gives to the container of `app`.
            let is_made = || name.len() > 1 && host.ends_with(|c: char| c.is_ascii_digit()) && host.contains(name);
            name.eq_ignore_ascii_case(host) || name.contains('$') || is_made()
        };
        let names = |service: &Service| {
            let others = service.names.iter().chain(&service.links).any(|name| is_it(name));
            others || service.name.as_deref().is_some_and(is_it)
        };
        self.services.iter().any(names)
    }

    /// Where another container than this one gets a variable of this name.
    pub fn defined_elsewhere(&self, name: &str, except: Option<&Service>) -> Option<(&Service, Span)> {
        let others = self.services.iter().filter(|service| except.is_none_or(|except| except.span != service.span));
        others.filter_map(|service| Some((service, service.environment.variables.get(name)?.span?))).next()
    }

    /// The main files of a container that has this fragment: where the project brings an `nginx.conf` with it.
    pub fn mains_of(&self, path: &Path) -> Vec<PathBuf> {
        let services = self.nginx_services_of(path).into_iter().map(|(service, _)| service);
        let mains = services.filter_map(|service| {
            service.paths.project_path(&join(service.nginx_folder(), "nginx.conf")).map(|(path, _)| path)
        });
        mains.filter(|main| main != path).collect()
    }
}
