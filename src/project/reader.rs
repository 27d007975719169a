//! Reads the files of a project that describe containers, and what these name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{Built, Context};
use super::calls::{self, Call};
use super::compose::{ComposeFile, ComposeService, is_compose_name};
use super::docker_run;
use super::dockerfile::Dockerfile;
use super::env;
use super::image::{Image, ImageKind};
use super::mounts::without_here;
use super::path_map::{Mapping, MappingKind, PathMap, is_folder, join, join_project};
use super::service::{Environment, Origin, Service};
use super::shell::Script;
use super::volume::Volume;
use crate::source::{Source, SourceId, Span};

/// More services than this, and the others are left out.
const MAX_SERVICES: usize = 300;
/// Services that extend services are followed so far.
const MAX_EXTENDS: usize = 8;

/// A file of a project that was read.
#[derive(Debug, Clone, Copy)]
pub struct ProjectFile<'s> {
    /// Its number.
    pub id: SourceId,
    /// Its one name.
    pub path: &'s Path,
    /// Its text.
    pub source: &'s Source,
}

/// A shell script or a Makefile.
#[derive(Debug, Clone)]
pub(crate) struct ScriptFile {
    pub(crate) path: PathBuf,
    pub(crate) id: SourceId,
    pub(crate) script: Script,
    /// Its calls, as far as its own variables tell.
    pub(crate) calls: Vec<Call>,
}

/// The texts of a project.
pub(crate) struct Reader<'f> {
    texts: BTreeMap<&'f Path, (SourceId, &'f str)>,
    paths: Arc<BTreeSet<PathBuf>>,
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

impl<'f> Reader<'f> {
    pub(crate) fn new(files: &[ProjectFile<'f>], paths: Arc<BTreeSet<PathBuf>>) -> Self {
        let text =
            |file: &ProjectFile<'f>| Some((file.path, (file.id, std::str::from_utf8(file.source.bytes()).ok()?)));
        Self { texts: files.iter().filter_map(text).collect(), paths }
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &Path) -> Option<(SourceId, &'f str)> {
        self.texts.get(path).copied()
    }

    /// Is this spoken of in one of the files?
    pub(crate) fn mentions(&self, text: &str) -> bool {
        self.texts.values().any(|(_, content)| content.contains(text))
    }

    /// Every container that is described.
    pub(crate) fn services(&self) -> Vec<Service> {
        let mut composes = self.composes();
        composes.extend(self.all_scripts().filter_map(|(path, id, script)| docker_run::read(id, path, &script)));
        let (mut services, mut used) = (Vec::new(), BTreeSet::new());
        for compose in &composes {
            for service in compose.services.iter().take(MAX_SERVICES.saturating_sub(services.len())) {
                services.push(self.service(compose, service, &composes, &mut used));
            }
        }
        let alone = self.dockerfiles().filter(|path| !used.contains(*path)).take(MAX_SERVICES);
        services.extend(alone.filter_map(|path| self.image_alone(path)));
        services
    }

    fn dockerfiles(&self) -> impl Iterator<Item = &'f Path> {
        let is_dockerfile = |path: &&Path| {
            let name = name_of(path);
            name.starts_with("dockerfile") || name.starts_with("containerfile") || name.ends_with(".dockerfile")
        };
        self.texts.keys().copied().filter(is_dockerfile)
    }

    /// The variables of the `.env` beside a compose file.
    fn variables(&self, folder: &Path) -> BTreeMap<String, String> {
        let entries = self.text(&folder.join(".env")).map(|(_, text)| env::read(text)).unwrap_or_default();
        entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?))).collect()
    }

    fn composes(&self) -> Vec<ComposeFile> {
        let files = self.texts.iter().filter(|(path, _)| is_compose_name(path));
        let read = files.filter_map(|(path, (id, text))| {
            text.contains("services:").then(|| ComposeFile::read(*id, path, text, &self.variables(parent(path))))?
        });
        read.collect()
    }

    /// A service with what it extends, or with what the main compose file says of it.
    fn merged(
        &self,
        file: &ComposeFile,
        service: &ComposeService,
        all: &[ComposeFile],
        depth: usize,
    ) -> ComposeService {
        let folder = parent(&file.path);
        let base = match &service.extends {
            _ if depth > MAX_EXTENDS => None,
            Some((other, name)) => {
                let path = other.as_ref().map_or(file.path.clone(), |other| join_project(folder, other));
                find(all, &path, name).filter(|(_, base)| base.span != service.span)
            }
            None if service.image.is_none() && service.build.is_none() => {
                let mains = ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
                let mains = mains.iter().map(|name| folder.join(name)).filter(|path| *path != file.path);
                mains.filter_map(|path| find(all, &path, &service.name)).next()
            }
            None => None,
        };
        match base {
            Some((file, base)) => service.clone().on_top_of(&self.merged(file, base, all, depth + 1)),
            None => service.clone(),
        }
    }

    fn service(
        &self,
        file: &ComposeFile,
        service: &ComposeService,
        all: &[ComposeFile],
        used: &mut BTreeSet<PathBuf>,
    ) -> Service {
        let merged = self.merged(file, service, all, 0);
        let folder = parent(&file.path);
        let built = merged.build.as_ref().and_then(|build| {
            let context = join_project(folder, &build.context);
            let path = join_project(&context, build.dockerfile.as_deref().unwrap_or("Dockerfile"));
            let (id, text) = self.text(&path)?;
            used.insert(path);
            let dockerfile = Dockerfile::read(id, text, &build.arguments)?;
            Context { dockerfile: &dockerfile, folder: &context, files: &self.paths }.build(build.target.as_deref())
        });
        let is_built = built.is_some();
        let built = built.unwrap_or_else(|| Built {
            paths: PathMap::new(Arc::clone(&self.paths)),
            folder: "/".to_owned(),
            ..Built::default()
        });
        let working_folder = built.folder.clone();
        let mut result = Service::of_image(built, service.span);
        if !is_built && merged.build.is_none() {
            result.image = merged.image.as_ref().map(|(name, span)| (Image::new(name), *span));
        }
        if let Some(entrypoint) = merged.entrypoint {
            (result.entrypoint, result.command) = (Some(entrypoint), None);
        }
        result.command = merged.command.or(result.command);
        result.name = Some(merged.name);
        result.names = merged.names;
        result.links = merged.links;
        result.ports = merged.ports;
        self.mount(&mut result.paths, &merged.volumes, folder);
        result.volumes = merged.volumes;
        result.volumes_key = merged.volumes_key;
        (result.has_other_files, result.sees_others) = (merged.has_other_files, merged.sees_others);
        let known_files = self.environment_files(&mut result.environment, &merged.env_files, folder);
        for (name, value, span) in merged.environment {
            result.environment.set(name, value, Origin::Compose, Some(span));
        }
        let others = all.iter().filter(|other| other.path != file.path && parent(&other.path) == folder);
        let is_extended = others.flat_map(|other| &other.services).any(|other| other.name == service.name);
        let has_stock = result.image.as_ref().is_some_and(|(image, _)| image.kind == ImageKind::Official);
        result.environment.is_closed = known_files && has_stock && !is_extended;
        result.environment.add_stock();
        result.add_start_commands(&working_folder);
        result
    }

    fn mount(&self, paths: &mut PathMap, volumes: &[Volume], folder: &Path) {
        let mut volumes: Vec<&Volume> = volumes.iter().collect();
        // What is mounted further inside lies over what is mounted further outside.
        volumes.sort_by_key(|volume| volume.target.len());
        for volume in volumes {
            let container = join("/", &volume.target);
            let source = volume.source.as_deref().filter(|_| volume.is_bind());
            let project = source.map(|source| join_project(folder, without_here(source)));
            match project.filter(|project| self.paths.contains(project) || is_folder(&self.paths, project)) {
                Some(project) => {
                    let kind = MappingKind::Mount { read_only: volume.read_only };
                    paths.add(Mapping { container, project, kind, span: Some(volume.span) });
                }
                None => paths.add_opaque(container),
            }
        }
    }

    /// Adds what `env_file:` brings; could all of them be read?
    fn environment_files(&self, environment: &mut Environment, files: &[(String, Span)], folder: &Path) -> bool {
        let mut all_known = true;
        for (name, _) in files {
            let Some((id, text)) = self.text(&join_project(folder, name)) else {
                all_known = false;
                continue;
            };
            for entry in env::read(text) {
                let span = Span::new(id, entry.place.0, entry.place.1);
                environment.set(entry.name, entry.value, Origin::EnvFile, Some(span));
            }
        }
        all_known
    }

    /// The image of a Dockerfile that no compose file builds. Its context is the folder around it in which the most of its
    /// sources are there.
    fn image_alone(&self, path: &Path) -> Option<Service> {
        let (id, text) = self.text(path)?;
        let dockerfile = Dockerfile::read(id, text, &BTreeMap::new())?;
        let folders = path.ancestors().skip(1).take(4);
        let contexts = folders.map(|folder| Context { dockerfile: &dockerfile, folder, files: &self.paths });
        // Of several that are as good, the first one.
        let best = contexts.rev_by_first(|context| context.sources_found())?;
        let built = best.build(None)?;
        let (span, folder) = (built.image.as_ref()?.1, built.folder.clone());
        let mut service = Service::of_image(built, span);
        service.environment.add_stock();
        service.add_start_commands(&folder);
        Some(service)
    }

    /// Shell scripts and Makefiles, read.
    fn all_scripts(&self) -> impl Iterator<Item = (&'f Path, SourceId, Script)> + '_ {
        self.texts.iter().filter_map(|(path, (id, text))| {
            let script = match (is_shell(path, text), is_make(path)) {
                (_, true) => Script::read(&recipes(text)),
                (true, false) => Script::read(text),
                _ => return None,
            };
            Some((*path, *id, script))
        })
    }

    /// The texts of all shell scripts.
    pub(crate) fn shell_texts(&self) -> Vec<(PathBuf, String)> {
        let shell = self.texts.iter().filter(|(path, (_, text))| is_shell(path, text));
        shell.map(|(path, (_, text))| (path.to_path_buf(), (*text).to_owned())).collect()
    }

    /// The scripts that call renderers; and whether any script evaluates a text.
    pub(crate) fn scripts(&self) -> (Vec<ScriptFile>, bool) {
        let (mut files, mut evaluates) = (Vec::new(), false);
        for (path, id, script) in self.all_scripts() {
            evaluates |= calls::evaluates(&script);
            if calls::has_any(&script) {
                let calls = calls::find(&script, None, &|_| None);
                files.push(ScriptFile { path: path.to_path_buf(), id, script, calls });
            }
        }
        (files, evaluates)
    }
}

/// Is it a script of a shell, by its name or its first line?
pub(crate) fn is_shell(path: &Path, text: &str) -> bool {
    let name = name_of(path);
    name.ends_with(".sh") || name.ends_with(".bash") || text.starts_with("#!")
}

/// Is it a Makefile, by its name?
pub(crate) fn is_make(path: &Path) -> bool {
    let name = name_of(path);
    name == "makefile" || name.ends_with(".mk") || name == "justfile"
}

/// The first of the best.
trait FirstBest: Iterator + Sized {
    fn rev_by_first<K: Ord>(self, key: impl Fn(&Self::Item) -> K) -> Option<Self::Item> {
        self.fold(None, |best: Option<(K, Self::Item)>, item| {
            let value = key(&item);
            if best.as_ref().is_some_and(|(known, _)| *known >= value) { best } else { Some((value, item)) }
        })
        .map(|(_, item)| item)
    }
}

impl<I: Iterator> FirstBest for I {}

fn find<'c>(all: &'c [ComposeFile], path: &Path, name: &str) -> Option<(&'c ComposeFile, &'c ComposeService)> {
    let file = all.iter().find(|file| file.path == path)?;
    Some((file, file.services.iter().find(|service| service.name == name)?))
}

/// The commands of a Makefile as a shell gets them, at the same places: `$$` is a dollar, and all else is blank.
fn recipes(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if let Some(recipe) = line.strip_prefix(['\t', ' ']) {
            let silent = recipe.len() - recipe.trim_start_matches(['@', '-', '+', '\t', ' ']).len();
            result.push(' ');
            result.extend(std::iter::repeat_n(' ', silent));
            result.push_str(&recipe[silent..].replace("$$", "\u{1}$"));
        } else {
            result.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
    }
    result
}
