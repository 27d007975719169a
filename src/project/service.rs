//! A container that runs nginx: its image, its files, its environment, what it starts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::build::Built;
use super::dockerfile::Start;
use super::image::{Image, ImageKind};
use super::path_map::{Mapping, MappingKind, PathMap, below};
use super::shell::Script;
use super::volume::{Port, Volume};
use crate::source::{SourceId, Span};

/// Who gives a variable to the processes of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The image does, for every container.
    Image,
    /// `ENV` of a Dockerfile.
    Dockerfile,
    /// `environment:` of a compose file, or `docker run -e`.
    Compose,
    /// A file that `env_file:` names.
    EnvFile,
    /// The script that renders.
    Script,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its value; none if it is not known here.
    pub value: Option<String>,
    /// Who gives it.
    pub origin: Origin,
    /// Where it is written; the image's are not.
    pub span: Option<Span>,
}

/// The environment of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// Are these all there are? Otherwise someone else may add to them.
    pub is_closed: bool,
}

/// How a container starts, as far as the templates of the official image are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boot {
    /// Through the image's entrypoint, which renders templates first.
    Stock,
    /// By something else that is known, so that nothing is rendered.
    Bypassed(Span),
    /// It cannot be known.
    Unknown,
}

/// A container that is described in the project.
#[derive(Debug, Clone)]
pub struct Service {
    /// The name of the compose service; none for a Dockerfile alone.
    pub name: Option<String>,
    /// Where it is described: the name of the service, or the image of a Dockerfile.
    pub span: Span,
    /// The image that it comes from in the end, and where that is named.
    pub image: Option<(Image, Span)>,
    /// Which files of the project are where inside.
    pub paths: PathMap,
    /// The environment of its processes.
    pub environment: Environment,
    /// What it starts.
    pub boot: Boot,
    /// `command:`, or `CMD`.
    pub command: Option<Start>,
    /// `entrypoint:`, or `ENTRYPOINT`.
    pub entrypoint: Option<Start>,
    /// Volumes and mounts of a compose file.
    pub volumes: Vec<Volume>,
    /// Where `volumes:` stands.
    pub volumes_key: Option<Span>,
    /// Does it get files by other ways than volumes?
    pub has_other_files: bool,
    /// Can it see containers that other files describe?
    pub sees_others: bool,
    /// `VOLUME` of the Dockerfile: anonymous and empty unless mounted.
    pub anonymous_volumes: Vec<(String, Span)>,
    /// Ports of a compose file.
    pub ports: Vec<Port>,
    /// The names by which other services find it.
    pub names: Vec<String>,
    /// Names that it has for others: `links:`.
    pub links: Vec<String>,
    /// What its templates become: the path inside, and the template.
    pub results: Vec<(String, PathBuf)>,
    /// Everything that includes can lead to: its files, and the results of its templates.
    pub(crate) whole: Arc<PathMap>,
    /// The commands of its build and of its start, where their texts are, and the folder that they run in.
    pub(crate) commands: Vec<Commands>,
}

/// Commands of a service, read as a script.
#[derive(Debug, Clone)]
pub(crate) struct Commands {
    pub(crate) source: SourceId,
    pub(crate) script: Script,
    pub(crate) folder: String,
}

/// Where a configuration is inside of a container, and what else is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The files of the project, and those that its templates become.
    pub paths: Arc<PathMap>,
    /// The path of the configuration inside; none if that is not known.
    pub container: Option<String>,
    /// The folder of nginx's main file.
    pub folder: &'static str,
}

impl Place {
    /// The folder that relative includes start from.
    pub fn include_folder(&self, is_main: bool) -> &str {
        let own = self.container.as_deref().filter(|_| is_main).and_then(|path| path.rsplit_once('/'));
        own.map_or(self.folder, |(folder, _)| folder)
    }
}

/// What every container of the official image has in its environment.
const ALWAYS: &[&str] = &[
    "PATH",
    "HOME",
    "HOSTNAME",
    "PWD",
    "NGINX_VERSION",
    "PKG_RELEASE",
    "NJS_VERSION",
    "NJS_RELEASE",
    "DYNPKG_RELEASE",
    "ACME_VERSION",
];

/// Folders of nginx in images; who copies there has nginx.
const NGINX_FOLDERS: &[&str] = &["/etc/nginx", "/usr/local/openresty/nginx/conf", "/opt/bitnami/nginx/conf"];

impl Environment {
    /// Adds a variable; it wins over one of that name.
    pub(crate) fn set(&mut self, name: String, value: Option<String>, origin: Origin, span: Option<Span>) {
        self.variables.insert(name, Variable { value, origin, span });
    }

    /// The value of a variable, if it is known.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.value.as_deref()
    }

    /// Adds what the image itself brings.
    pub(crate) fn add_stock(&mut self) {
        let switch = self.variables.contains_key("NGINX_ENTRYPOINT_LOCAL_RESOLVERS");
        let names = ALWAYS.iter().copied().chain(switch.then_some("NGINX_LOCAL_RESOLVERS"));
        for name in names {
            let variable = Variable { value: None, origin: Origin::Image, span: None };
            self.variables.entry(name.to_owned()).or_insert(variable);
        }
    }
}

impl Service {
    /// Does it run nginx, as its image or the files in it tell?
    pub fn runs_nginx(&self) -> bool {
        let kind = self.image.as_ref().map(|(image, _)| image.kind);
        let has_files = || NGINX_FOLDERS.iter().any(|folder| self.paths.list(folder).is_some());
        matches!(kind, Some(ImageKind::Official | ImageKind::OtherNginx)) || has_files()
    }

    /// The folder of nginx's main file inside.
    pub fn nginx_folder(&self) -> &'static str {
        match &self.image {
            Some((image, _)) if image.name.contains("openresty") => "/usr/local/openresty/nginx/conf",
            Some((image, _)) if image.name.contains("bitnami") => "/opt/bitnami/nginx/conf",
            _ => "/etc/nginx",
        }
    }

    /// Is this its main file, by its path inside?
    pub(crate) fn is_main(&self, container: &str) -> bool {
        below(container, self.nginx_folder()) == Some("nginx.conf")
    }

    /// Does the stock main file include this file, by its path inside?
    pub(crate) fn is_loaded(&self, container: &str) -> bool {
        let rest = below(container, self.nginx_folder()).unwrap_or_default();
        let direct = |folder: &str| below(rest, folder).is_some_and(|name| !name.is_empty() && !name.contains('/'));
        (direct("conf.d") && rest.ends_with(".conf")) || direct("sites-enabled")
    }

    /// A service of a Dockerfile alone: who runs its image may add to the environment.
    pub(crate) fn of_image(built: Built, span: Span) -> Self {
        let mut environment = Environment::default();
        for (name, value, span) in built.environment {
            environment.set(name, value, Origin::Dockerfile, Some(span));
        }
        let runs = built.runs.into_iter().map(|(script, folder)| Commands { source: span.source, script, folder });
        let commands = runs.collect();
        Self {
            name: None,
            span,
            image: built.image,
            paths: built.paths,
            environment,
            boot: Boot::Unknown,
            command: built.command,
            entrypoint: built.entrypoint,
            volumes: Vec::new(),
            volumes_key: None,
            has_other_files: false,
            sees_others: false,
            anonymous_volumes: built.volumes,
            ports: Vec::new(),
            names: Vec::new(),
            links: Vec::new(),
            results: Vec::new(),
            whole: Arc::default(),
            commands,
        }
    }

    /// Takes in what its templates become. Of two that become the same file, only one can be there.
    pub(crate) fn set_results(&mut self, results: Vec<(String, PathBuf)>) {
        let mut whole = self.paths.clone();
        for (container, project) in &results {
            let is_only = results.iter().all(|(other, template)| other != container || template == project);
            if is_only {
                let (container, project) = (container.clone(), project.clone());
                whole.add(Mapping { container, project, kind: MappingKind::Copy, span: None });
            } else {
                whole.add_opaque(container.clone());
            }
        }
        (self.results, self.whole) = (results, Arc::new(whole));
    }

    /// Takes the commands that it starts in.
    pub(crate) fn add_start_commands(&mut self, folder: &str) {
        for start in [&self.entrypoint, &self.command].into_iter().flatten() {
            let script = Script::of_words(&start.words, (start.span.start, start.span.end));
            self.commands.push(Commands { source: start.span.source, script, folder: folder.to_owned() });
        }
    }

    /// Finds out how it starts. `script_of` knows the texts of the files inside.
    pub(crate) fn find_boot(&self, script_of: &dyn Fn(&str) -> Option<String>) -> Boot {
        let is_entrypoint =
            |text: &str| text.contains("docker-entrypoint.sh") || text.contains("20-envsubst-on-templates");
        // The words, and the scripts of the project among them.
        let says = |start: &Start| -> (bool, bool) {
            let texts: Vec<String> = start.words.iter().filter_map(|word| script_of(word)).collect();
            let named = start.words.iter().any(|word| is_entrypoint(word) && script_of(word).is_none());
            (named || texts.iter().any(|text| is_entrypoint(text)), !texts.is_empty())
        };
        let is_shell = |start: &Start| {
            let first = start.words.first().and_then(|word| word.rsplit('/').next());
            matches!(first, Some("sh" | "bash" | "ash")) && start.words.iter().any(|word| word == "-c")
        };
        let runs_nginx =
            |start: &Start| matches!(start.words.first().map(String::as_str), Some("nginx" | "nginx-debug"));
        let entrypoint = self.entrypoint.as_ref().filter(|start| !start.words.is_empty());
        for start in entrypoint.into_iter().chain(self.command.as_ref().filter(|start| !start.words.is_empty())) {
            let (through_stock, is_visible) = says(start);
            let is_entry = entrypoint.is_some_and(|entry| std::ptr::eq(entry, start));
            if through_stock && !is_entry {
                return Boot::Stock;
            }
            // An entrypoint that hands over to the stock one leaves the command to decide.
            if through_stock && (is_visible || start.words.len() == 1) {
                continue;
            }
            if through_stock {
                return Boot::Stock;
            }
            if runs_nginx(start) && !is_entry {
                return Boot::Stock;
            }
            let is_bypassed = is_visible || is_shell(start) || runs_nginx(start);
            return if is_bypassed { Boot::Bypassed(start.span) } else { Boot::Unknown };
        }
        Boot::Stock
    }
}
