//! Compose files: their services, with the variables of `.env` filled in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::dockerfile::Start;
use super::env::{self, Interpolated};
use super::shell::{Script, words_of};
use super::volume::{Port, Volume, inner_port, protected};
use super::yaml::{Document, Yaml};
use crate::source::{SourceId, Span};

/// More services, or more entries of one list, than this are left out.
const MAX_SERVICES: usize = 300;
const MAX_ENTRIES: usize = 1_000;

/// Keys that bring files into a container, beside `volumes:`.
const OTHER_FILES: &[&str] = &["configs", "secrets", "volumes_from", "tmpfs", "develop"];

/// A compose file.
#[derive(Debug)]
pub(crate) struct ComposeFile {
    /// Its path.
    pub(crate) path: PathBuf,
    /// Its services in the order of the text.
    pub(crate) services: Vec<ComposeService>,
}

/// A service as one file describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ComposeService {
    /// Its name.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) span: Span,
    /// `image:`.
    pub(crate) image: Option<(String, Span)>,
    /// `build:`.
    pub(crate) build: Option<Build>,
    /// `environment:`; a value that is not known is none.
    pub(crate) environment: Vec<(String, Option<String>, Span)>,
    /// `env_file:`.
    pub(crate) env_files: Vec<(String, Span)>,
    /// `command:`.
    pub(crate) command: Option<Start>,
    /// `entrypoint:`.
    pub(crate) entrypoint: Option<Start>,
    /// `volumes:`.
    pub(crate) volumes: Vec<Volume>,
    /// `ports:` and `expose:`, as they are written.
    pub(crate) ports: Vec<Port>,
    /// Names of other services or containers by which other services find it: `container_name`, aliases.
    pub(crate) names: Vec<String>,
    /// `links:`, `external_links:` and `extra_hosts:`, by the names that they give.
    pub(crate) links: Vec<String>,
    /// Where `volumes:` stands.
    pub(crate) volumes_key: Option<Span>,
    /// Does it get files by other ways than volumes?
    pub(crate) has_other_files: bool,
    /// Can it see containers that other files describe?
    pub(crate) sees_others: bool,
    /// `extends:`: the file, if it is another one, and the service.
    pub(crate) extends: Option<(Option<String>, String)>,
}

/// How an image is built.
#[derive(Debug, Clone, Default)]
pub(crate) struct Build {
    pub(crate) context: String,
    pub(crate) dockerfile: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) arguments: BTreeMap<String, String>,
}

impl ComposeFile {
    /// Reads a file; none if it is malformed or has no services. `variables` are those of the `.env` beside it.
    pub(crate) fn read(id: SourceId, path: &Path, text: &str, variables: &BTreeMap<String, String>) -> Option<Self> {
        let document = Document::read(text)?;
        let root = document.root();
        let networks = root.get("networks").map(Yaml::entries).unwrap_or_default();
        let has_external =
            root.get("include").is_some() || networks.iter().any(|(_, one)| one.get("external").is_some());
        let configs = root.get("configs").map(Yaml::entries).unwrap_or_default().into_iter();
        let configs = configs.filter_map(|(name, config)| Some((name.text()?.to_owned(), config.text_of("file")?)));
        let reader = Reader { id, has_external, variables, configs: configs.take(MAX_ENTRIES).collect() };
        let services = root.get("services").filter(|services| services.is_mapping())?;
        let entries = services.entries();
        let services = entries.into_iter().take(MAX_SERVICES).filter_map(|(key, value)| reader.service(key, value));
        let services = services.collect();
        Some(Self { path: path.to_path_buf(), services })
    }
}

impl ComposeService {
    /// This service with what another one has and it has not, as `extends` and override files have it.
    pub(crate) fn on_top_of(mut self, base: &Self) -> Self {
        self.image = self.image.or_else(|| base.image.clone());
        self.build = self.build.or_else(|| base.build.clone());
        self.command = self.command.or_else(|| base.command.clone());
        self.entrypoint = self.entrypoint.or_else(|| base.entrypoint.clone());
        self.environment = base.environment.iter().cloned().chain(self.environment).collect();
        self.env_files = base.env_files.iter().cloned().chain(self.env_files).collect();
        self.volumes = base.volumes.iter().cloned().chain(self.volumes).collect();
        self.ports = base.ports.iter().cloned().chain(self.ports).collect();
        self.names.extend(base.names.iter().cloned());
        self.links.extend(base.links.iter().cloned());
        self.volumes_key = self.volumes_key.or(base.volumes_key);
        self.has_other_files |= base.has_other_files;
        self.sees_others |= base.sees_others;
        self.extends = None;
        self
    }
}

struct Reader<'v> {
    id: SourceId,
    /// Does the file name networks or files of others?
    has_external: bool,
    variables: &'v BTreeMap<String, String>,
    /// `configs:` of the file: names and files.
    configs: BTreeMap<String, &'v str>,
}

impl Reader<'_> {
    fn span(&self, value: Yaml<'_>) -> Span {
        let (start, end) = value.place();
        Span::new(self.id, start, end)
    }

    fn filled(&self, text: &str) -> Interpolated {
        env::interpolate(text, self.variables)
    }

    /// The value of a key, variables filled in as compose does.
    fn text(&self, service: Yaml<'_>, name: &str) -> Option<String> {
        service.text_of(name).map(|text| self.filled(text).text)
    }

    fn service(&self, key: Yaml<'_>, value: Yaml<'_>) -> Option<ComposeService> {
        let name = key.text()?.to_owned();
        let list = |name: &str| value.get(name).map(Yaml::texts).unwrap_or_default();
        let image = value.get("image").and_then(|image| {
            let filled = self.filled(image.text()?);
            // A tag that only the host knows must not be taken for no tag.
            let text = if filled.is_open { image.text()?.to_owned() } else { filled.text };
            Some((text, self.span(image)))
        });
        let extends = value.get("extends").and_then(|extends| match extends.text() {
            Some(service) => Some((None, service.to_owned())),
            None => Some((extends.text_of("file").map(str::to_owned), extends.text_of("service")?.to_owned())),
        });
        let links = list("links").into_iter().chain(list("external_links"));
        let links = links.filter_map(|link| link.text()?.rsplit(':').next().map(str::to_owned));
        let hosts = list("extra_hosts").into_iter();
        let hosts = hosts.filter_map(|host| host.text()?.split([':', '=']).next().map(str::to_owned));
        let keys = value.get("extra_hosts").filter(|hosts| hosts.is_mapping()).map(Yaml::entries).unwrap_or_default();
        let keys = keys.into_iter().filter_map(|(host, _)| host.text().map(str::to_owned));
        let links = links.chain(hosts).chain(keys).collect();
        Some(ComposeService {
            name,
            span: self.span(key),
            image,
            build: value.get("build").map(|build| self.build(build)),
            environment: value.get("environment").map(|entries| self.environment(entries)).unwrap_or_default(),
            env_files: value.get("env_file").map(|files| self.env_files(files)).unwrap_or_default(),
            command: value.get("command").and_then(|command| self.start(command)),
            entrypoint: value.get("entrypoint").and_then(|command| self.start(command)),
            volumes: self.volumes(value).into_iter().chain(self.configs(value)).collect(),
            ports: self.ports(value),
            names: self.names(value),
            links,
            volumes_key: value
                .entries()
                .iter()
                .find(|(key, _)| key.text() == Some("volumes"))
                .map(|(key, _)| self.span(*key)),
            has_other_files: OTHER_FILES.iter().any(|key| value.get(key).is_some()),
            sees_others: value.get("network_mode").is_some() || self.has_external,
            extends,
        })
    }

    fn build(&self, build: Yaml<'_>) -> Build {
        if let Some(context) = build.text() {
            return Build { context: self.filled(context).text, ..Build::default() };
        }
        let entries = build.get("args").map(|arguments| self.environment(arguments)).unwrap_or_default();
        Build {
            context: self.text(build, "context").unwrap_or_else(|| ".".to_owned()),
            dockerfile: self.text(build, "dockerfile"),
            target: self.text(build, "target"),
            arguments: entries.into_iter().filter_map(|(name, value, _)| Some((name, value?))).collect(),
        }
    }

    /// A list of `NAME=value`, or a mapping.
    fn environment(&self, entries: Yaml<'_>) -> Vec<(String, Option<String>, Span)> {
        let known = |text: &str| Some(self.filled(text)).filter(|filled| !filled.is_open).map(|filled| filled.text);
        if entries.is_mapping() {
            let pairs = entries.entries().into_iter().take(MAX_ENTRIES);
            let read = pairs.filter_map(|(key, value)| {
                let (start, end) = (self.span(key), self.span(value));
                // `NAME:` without a value takes the host's.
                let value = value.text().filter(|text| !text.is_empty() || start.to(end).end > end.start);
                Some((key.text()?.to_owned(), value.and_then(known), start.to(end)))
            });
            return read.collect();
        }
        let read = entries.texts().into_iter().take(MAX_ENTRIES).filter_map(|entry| {
            let text = entry.text()?;
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, known(value)),
                None => (text, self.variables.get(text).cloned()),
            };
            env::is_name(name).then(|| (name.to_owned(), value, self.span(entry)))
        });
        read.collect()
    }

    fn env_files(&self, files: Yaml<'_>) -> Vec<(String, Span)> {
        let one = |file: Yaml<'_>| {
            let path = file.text().or_else(|| file.text_of("path"))?;
            Some((self.filled(path).text, self.span(file)))
        };
        if files.is_list() { files.items().filter_map(one).collect() } else { one(files).into_iter().collect() }
    }

    /// `command:` and `entrypoint:`: a text that is split like a shell does, or the words themselves.
    fn start(&self, command: Yaml<'_>) -> Option<Start> {
        let span = self.span(command);
        let (words, filled_in) = match command.text() {
            Some("" | "null" | "~") => return None,
            Some(text) => {
                let filled = self.filled(text);
                let script = Script::default();
                let words = words_of(&filled.text).into_iter();
                let shown = |word| script.values(&word, &|_| None).into_iter().next().unwrap_or_else(|| word.shown());
                (words.map(shown).collect(), filled.names)
            }
            None => {
                let filled: Vec<Interpolated> =
                    command.texts().iter().filter_map(|word| word.text()).map(|text| self.filled(text)).collect();
                let names = filled.iter().flat_map(|filled| filled.names.clone()).collect();
                (filled.into_iter().map(|filled| filled.text).collect(), names)
            }
        };
        Some(Start { words, span, filled_in })
    }

    fn volumes(&self, service: Yaml<'_>) -> Vec<Volume> {
        let volumes = service.get("volumes").into_iter().flat_map(Yaml::items);
        let read = volumes.take(MAX_ENTRIES).filter_map(|volume| {
            let span = self.span(volume);
            if let Some(text) = volume.text() {
                let filled = self.filled(text);
                let text = if filled.is_open { protected(text) } else { filled.text };
                return Some(Volume::parse(&text, span));
            }
            let is_empty = volume.text_of("type") == Some("tmpfs");
            Some(Volume {
                source: self.text(volume, "source").or_else(|| self.text(volume, "src")).filter(|_| !is_empty),
                target: self.text(volume, "target").or_else(|| self.text(volume, "destination"))?,
                read_only: matches!(volume.text_of("read_only"), Some("true" | "yes")),
                span,
            })
        });
        read.collect()
    }

    /// Single files, which compose mounts as well.
    fn configs(&self, service: Yaml<'_>) -> Vec<Volume> {
        let used = service.get("configs").into_iter().flat_map(Yaml::items).take(MAX_ENTRIES);
        let read = used.filter_map(|config| {
            let name = config.text().or_else(|| config.text_of("source"))?;
            let file = self.filled(self.configs.get(name)?).text;
            let is_path = file.starts_with(['.', '/', '~', '$']);
            Some(Volume {
                source: Some(if is_path { file } else { format!("./{file}") }),
                target: self.text(config, "target").unwrap_or_else(|| format!("/{name}")),
                read_only: true,
                span: self.span(config),
            })
        });
        read.collect()
    }

    fn ports(&self, service: Yaml<'_>) -> Vec<Port> {
        let list =
            |name: &str| service.get(name).into_iter().flat_map(Yaml::items).take(MAX_ENTRIES).collect::<Vec<_>>();
        let published = list("ports").into_iter().map(|port| {
            let text = port.text().or_else(|| port.text_of("target")).unwrap_or_default();
            Port { container: inner_port(&self.filled(text).text), is_published: true, span: self.span(port) }
        });
        let exposed = list("expose").into_iter().map(|port| {
            let container = inner_port(&self.filled(port.text().unwrap_or_default()).text);
            Port { container, is_published: false, span: self.span(port) }
        });
        published.chain(exposed).collect()
    }

    fn names(&self, service: Yaml<'_>) -> Vec<String> {
        let own = ["container_name", "hostname"].into_iter().filter_map(|name| self.text(service, name));
        let networks = service.get("networks").map(Yaml::entries).unwrap_or_default();
        let aliases = networks.into_iter().filter_map(|(_, network)| network.get("aliases")).flat_map(Yaml::texts);
        own.chain(aliases.filter_map(|alias| alias.text().map(str::to_owned))).collect()
    }
}

/// Is this, by its name, a compose file?
pub(crate) fn is_compose_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with(".yml") || name.ends_with(".yaml") || name == "docker-compose" || name == "compose"
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "x-e: &e\n  LOG: warn\nservices:\n  web:\n    image: nginx:${TAG:-1.27}\n    env_file: [a.env, {path: b.env}]\n    environment:\n      <<: *e\n      HOST: ${HOST}\n      X: \"1\"\n    command: sh -c \"a '$$B' ${C}\"\n    volumes:\n      - ./n:/etc/nginx:ro\n      - data:/d\n      - /anon\n      - {type: bind, source: ../x, target: /x, read_only: true}\n    ports: [\"127.0.0.1:8080:80/tcp\", 443]\n    expose: [9000]\n    container_name: front\n    networks:\n      n:\n        aliases: [edge]\n  app:\n    build:\n      context: ./app\n      dockerfile: D\n      target: t\n      args: [A=1]\n    environment: [P=1, Q]\n    extends: web\n";

    fn read() -> ComposeFile {
        let variables = [("Q".to_owned(), "q".to_owned())].into();
        ComposeFile::read(SourceId::default(), Path::new("compose.yml"), TEXT, &variables).expect("it is one")
    }

    fn environment(service: &ComposeService) -> Vec<(&str, Option<&str>, &str)> {
        let entries = service.environment.iter();
        entries
            .map(|(name, value, span)| (name.as_str(), value.as_deref(), &TEXT[span.start as usize..span.end as usize]))
            .collect()
    }

    #[test]
    fn services_with_all_that_they_say() {
        let file = read();
        let web = &file.services[0];
        assert_eq!(web.image.as_ref().map(|image| image.0.as_str()), Some("nginx:1.27"));
        assert_eq!(web.env_files.iter().map(|file| file.0.as_str()).collect::<Vec<_>>(), ["a.env", "b.env"]);
        let found = environment(web);
        assert_eq!(found[..2], [("HOST", None, "HOST: ${HOST}"), ("X", Some("1"), "X: \"1\"")]);
        assert_eq!((found[2].0, found[2].1), ("LOG", Some("warn")));
        let command = web.command.as_ref().expect("it has one");
        assert_eq!(
            (&command.words[..], &command.filled_in[..]),
            (&["sh", "-c", "a '${B}' "].map(str::to_owned)[..], &["C".to_owned()][..])
        );
        let volumes: Vec<_> =
            web.volumes.iter().map(|v| (v.source.as_deref(), v.target.as_str(), v.is_bind(), v.read_only)).collect();
        assert_eq!(
            volumes,
            [
                (Some("./n"), "/etc/nginx", true, true),
                (Some("data"), "/d", false, false),
                (None, "/anon", false, false),
                (Some("../x"), "/x", true, true)
            ]
        );
        let ports: Vec<_> = web.ports.iter().map(|port| (port.container, port.is_published)).collect();
        assert_eq!(ports, [(Some(80), true), (Some(443), true), (Some(9000), false)]);
        assert_eq!(web.names, ["front", "edge"]);
    }

    #[test]
    fn builds_and_services_on_top_of_others() {
        let file = read();
        let app = &file.services[1];
        let build = app.build.as_ref().expect("it is built");
        assert_eq!(
            (build.context.as_str(), build.dockerfile.as_deref(), build.target.as_deref()),
            ("./app", Some("D"), Some("t"))
        );
        assert_eq!(build.arguments.get("A").map(String::as_str), Some("1"));
        assert_eq!(environment(app), [("P", Some("1"), "P=1"), ("Q", Some("q"), "Q")]);
        let whole = app.clone().on_top_of(&file.services[0]);
        assert_eq!((whole.environment.len(), whole.volumes.len()), (5, 4));
    }
}
