//! What a stage of a Dockerfile comes to: files of the project inside, environment, what it starts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dockerfile::{Dockerfile, Stage, Start, Step};
use super::image::Image;
use super::path_map::{self, Mapping, MappingKind, PathMap, join, join_project};
use super::shell::{Command, Script};
use crate::nginx::glob;
use crate::source::Span;

/// A Dockerfile with more stages than this is not understood.
const MAX_STAGES: usize = 50;

/// Folders that images have, so that a file copied to one of these names lands in it.
const FOLDERS: &[&str] = &[
    "/",
    "/etc",
    "/etc/nginx",
    "/etc/nginx/conf.d",
    "/etc/nginx/templates",
    "/etc/nginx/sites-available",
    "/etc/nginx/sites-enabled",
    "/etc/nginx/snippets",
    "/docker-entrypoint.d",
    "/opt",
    "/tmp",
    "/usr/local/bin",
    "/usr/share/nginx/html",
    "/usr/bin",
    "/bin",
    "/app",
    "/srv",
];

/// A stage, put together with all that it starts from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Built {
    /// The image at the bottom, and where it is named.
    pub(crate) image: Option<(Image, Span)>,
    pub(crate) paths: PathMap,
    pub(crate) environment: Vec<(String, Option<String>, Span)>,
    pub(crate) command: Option<Start>,
    pub(crate) entrypoint: Option<Start>,
    /// The commands of `RUN`, and the folder that each runs in.
    pub(crate) runs: Vec<(Script, String)>,
    /// `VOLUME`.
    pub(crate) volumes: Vec<(String, Span)>,
    /// The folder that commands start in.
    pub(crate) folder: String,
}

/// What a Dockerfile is built with.
pub(crate) struct Context<'p> {
    pub(crate) dockerfile: &'p Dockerfile,
    /// The folder whose files can be copied.
    pub(crate) folder: &'p Path,
    /// The files of the project.
    pub(crate) files: &'p Arc<BTreeSet<PathBuf>>,
}

impl Context<'_> {
    /// Puts a stage together; the last one if none is named.
    pub(crate) fn build(&self, target: Option<&str>) -> Option<Built> {
        let wanted = self.dockerfile.stage(target)?;
        let mut stages: Vec<Built> = Vec::new();
        for stage in self.dockerfile.stages.iter().take(MAX_STAGES.min(wanted + 1)) {
            let built = self.stage(stage, &stages);
            stages.push(built);
        }
        (stages.len() > wanted).then(|| stages.pop())?
    }

    /// Puts a stage together; those before it are.
    fn stage(&self, stage: &Stage, before: &[Built]) -> Built {
        let mut built = stage.parent.and_then(|parent| before.get(parent).cloned()).unwrap_or_else(|| Built {
            paths: PathMap::new(Arc::clone(self.files)),
            image: Some((Image::new(&stage.base), stage.span)),
            folder: "/".to_owned(),
            ..Built::default()
        });
        for step in &stage.steps {
            match step {
                Step::Env(name, value, span) => built.environment.push((name.clone(), value.clone(), *span)),
                Step::Folder(folder) => built.folder = join(&built.folder, folder),
                Step::Command(start) => built.command = Some(start.clone()),
                Step::Entrypoint(start) => {
                    // A new entrypoint makes the base's command void.
                    (built.entrypoint, built.command) = (Some(start.clone()), None);
                }
                Step::Volume(path, span) => built.volumes.push((path.clone(), *span)),
                Step::Run(script) => built.run(script),
                Step::Copy { from, sources, target, span } => {
                    let folder = join(&built.folder, target);
                    let is_folder = target.ends_with(['/', '.']) || FOLDERS.contains(&folder.as_str());
                    match from {
                        None => self.copy(&mut built.paths, sources, &folder, is_folder, *span),
                        Some(from) => {
                            let other = self.dockerfile.stage(Some(from)).and_then(|other| before.get(other));
                            built.copy_from(other, sources, &folder, is_folder, *span);
                        }
                    }
                }
            }
        }
        built
    }

    fn copy(&self, paths: &mut PathMap, sources: &[String], target: &str, is_folder: bool, span: Span) {
        let found: Vec<PathBuf> = sources.iter().flat_map(|source| self.matches(source)).collect();
        if found.is_empty() {
            // What is built or fetched before lies in no repository.
            paths.add_opaque(target.to_owned());
        }
        let is_folder = is_folder || found.len() > 1;
        for project in found {
            let name = project.file_name().unwrap_or_default().to_string_lossy();
            let is_file = self.files.contains(&project);
            let container = if is_file && is_folder { join(target, &name) } else { target.to_owned() };
            paths.add(Mapping { container, project, kind: MappingKind::Copy, span: Some(span) });
        }
    }

    /// The files and folders of the context that a source names.
    fn matches(&self, source: &str) -> Vec<PathBuf> {
        let mut found = vec![self.folder.to_path_buf()];
        for part in source.split('/').filter(|part| !part.is_empty() && *part != ".") {
            let is_pattern = part.contains(['*', '?', '[']);
            let next = found.iter().flat_map(|folder| match is_pattern {
                true => self.children(folder, part),
                false => vec![join_project(folder, part)],
            });
            found = next.collect();
        }
        found.retain(|path| self.files.contains(path) || path_map::is_folder(self.files, path));
        found
    }

    fn children(&self, folder: &Path, pattern: &str) -> Vec<PathBuf> {
        let files = self.files.range(folder.to_path_buf()..).take_while(|file| file.starts_with(folder));
        let names = files.filter_map(|file| file.strip_prefix(folder).ok()?.components().next());
        let names: BTreeSet<String> = names.map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
        let matching = names.into_iter().filter(|name| glob::matches(pattern.as_bytes(), name.as_bytes()));
        matching.map(|name| folder.join(name)).collect()
    }

    /// How many of the sources of this stage's copies are there? Tells which folder is the context.
    pub(crate) fn sources_found(&self) -> usize {
        let steps = self.dockerfile.stages.iter().flat_map(|stage| &stage.steps);
        let sources = steps.filter_map(|step| match step {
            Step::Copy { from: None, sources, .. } => Some(sources),
            _ => None,
        });
        sources.flatten().filter(|source| !self.matches(source).is_empty()).count()
    }
}

impl Built {
    fn copy_from(&mut self, other: Option<&Self>, sources: &[String], target: &str, is_folder: bool, span: Span) {
        let Some(other) = other else { return self.paths.add_opaque(target.to_owned()) };
        for source in sources {
            let source = join("/", source);
            let derived = other.paths.derive(&source, target, is_folder, Some(span));
            if derived.is_empty() || other.paths.has_opaque(&source) {
                self.paths.add_opaque(target.to_owned());
            }
            derived.into_iter().for_each(|mapping| self.paths.add(mapping));
        }
    }

    /// What commands of a build do to the files inside.
    fn run(&mut self, script: &Script) {
        for command in &script.commands {
            let written = command.redirects.iter().filter(|redirect| redirect.writes);
            for path in written.filter_map(|redirect| redirect.target.text()).filter(|path| path != "/dev/null") {
                self.paths.add_opaque(join(&self.folder, &path));
            }
            self.move_files(command);
        }
        self.runs.push((script.clone(), self.folder.clone()));
    }

    fn move_files(&mut self, command: &Command) {
        let Some((program, arguments)) = command.program() else { return };
        let texts = arguments.iter().filter_map(|word| word.text()).filter(|text| !text.starts_with('-'));
        let paths: Vec<String> = texts.map(|text| join(&self.folder, &text)).collect();
        match (program.as_str(), &paths[..]) {
            ("rm", paths) => paths.iter().for_each(|path| self.paths.remove(path)),
            ("cp" | "mv" | "ln", [sources @ .., target]) if !sources.is_empty() => {
                let is_folder = sources.len() > 1 || FOLDERS.contains(&target.as_str());
                for source in sources {
                    let derived = self.paths.derive(source, target, is_folder, None);
                    derived.into_iter().for_each(|mapping| self.paths.add(mapping));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::SourceId;

    fn inside(dockerfile: &str, files: &[&str]) -> Vec<(String, String)> {
        let files: Arc<BTreeSet<PathBuf>> = Arc::new(files.iter().map(PathBuf::from).collect());
        let dockerfile = Dockerfile::read(SourceId::default(), dockerfile, &BTreeMap::new()).expect("it is one");
        let context = Context { dockerfile: &dockerfile, folder: Path::new("d"), files: &files };
        let built = context.build(None).expect("it has stages");
        let mapped = files.iter().flat_map(|file| {
            let containers = built.paths.containers_of(file);
            containers.into_iter().map(|(path, _)| (file.display().to_string(), path)).collect::<Vec<_>>()
        });
        mapped.collect()
    }

    fn pair(project: &str, container: &str) -> (String, String) {
        (project.to_owned(), container.to_owned())
    }

    #[test]
    fn copies_of_all_kinds() {
        let files = ["d/a.conf", "d/b.conf", "d/n/c.conf", "d/n/s/d.conf", "e/x.conf"];
        assert_eq!(
            inside("FROM nginx\nCOPY ./n/* /etc/nginx/\nCOPY a.conf b.conf /etc/nginx/conf.d", &files),
            [
                pair("d/a.conf", "/etc/nginx/conf.d/a.conf"),
                pair("d/b.conf", "/etc/nginx/conf.d/b.conf"),
                pair("d/n/c.conf", "/etc/nginx/c.conf"),
                pair("d/n/s/d.conf", "/etc/nginx/d.conf"),
            ]
        );
        assert_eq!(inside("FROM nginx\nWORKDIR /w\nCOPY n m/", &files)[0], pair("d/n/c.conf", "/w/m/c.conf"));
        assert_eq!(
            inside("FROM nginx\nCOPY a.conf /etc/nginx/nginx.conf", &files),
            [pair("d/a.conf", "/etc/nginx/nginx.conf")]
        );
    }

    #[test]
    fn files_that_move() {
        let files = ["d/a.conf", "d/n/c.conf"];
        let text = "FROM node AS b\nCOPY . /src\nFROM nginx\nCOPY --from=b /src/n/c.conf /etc/nginx/conf.d/x.conf\nRUN mv /etc/nginx/conf.d/x.conf /etc/nginx/y.conf";
        assert!(inside(text, &files).contains(&pair("d/n/c.conf", "/etc/nginx/y.conf")));
        let text = "FROM nginx\nCOPY a.conf /etc/nginx/conf.d/\nRUN rm /etc/nginx/conf.d/a.conf";
        assert!(inside(text, &files).is_empty());
        let text = "FROM node AS b\nCOPY . /src\nFROM nginx\nCOPY --from=b /src/n /etc/nginx";
        assert!(inside(text, &files).contains(&pair("d/n/c.conf", "/etc/nginx/c.conf")));
    }
}
