//! How a template becomes a configuration: who fills it in, which names go, and what is known of their values.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::calls::{self, Call, List, Renderer};
use super::certainty::is_chained;
use super::deployment::Deployment;
use super::path_map::{below, join, join_project};
use super::service::{Boot, Environment, Origin, Service};
use super::shell::Script;
use crate::source::{SourceId, Span};

/// Which names a renderer replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// `envsubst` without a list: every name; what is not defined becomes nothing.
    All,
    /// `envsubst` with a list: these names.
    Listed(BTreeSet<String>),
    /// `envsubst` with a list that only a shell can work out.
    Computed,
    /// The entrypoint of the nginx image: every name that is defined and that the filter lets through.
    Defined {
        /// `NGINX_ENVSUBST_FILTER`: a regular expression, and where it is set.
        filter: Option<(String, Option<Span>)>,
    },
    /// Nothing is replaced: nginx gets the file as it is.
    Raw,
    /// Another program, by name.
    Other(String),
    /// It cannot be known.
    Unknown,
}

/// Why the entrypoint of the nginx image leaves a template alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrendered {
    /// Its name does not end in this.
    Suffix(String),
    /// The container starts with something else than nginx; here.
    Bypassed(Span),
    /// The folder for the results is mounted read-only; here.
    ReadOnly(Option<Span>),
    /// The image is too old to do it.
    OldImage,
}

/// How one template is rendered.
#[derive(Debug, Clone)]
pub struct Rendering<'p> {
    /// Which names go.
    pub mode: Mode,
    /// Does the user say so?
    pub is_told: bool,
    /// The command, the mount or the COPY that says so.
    pub evidence: Option<Span>,
    /// The list that `envsubst` gets.
    pub list: Option<List>,
    /// Where that list stands in the script.
    pub list_span: Option<Span>,
    /// Does the command render this one file, and no other?
    pub is_alone: bool,
    /// Does another program read the template as well, or what comes of it?
    pub is_chained: bool,
    /// The path of the result inside of the container.
    pub output: Option<String>,
    /// Names that become themselves, or another text with a dollar: `host` with the value `$host`.
    pub self_mapped: Vec<(String, String)>,
    /// Names that the script sets and may not hand on to the renderer.
    pub unexported: Vec<String>,
    /// Templates that become the same file in another branch.
    pub alternatives: Vec<PathBuf>,
    /// Why the image's own step leaves it alone, if it should do it and does not.
    pub unrendered: Vec<Unrendered>,
    /// The container that it happens in.
    pub service: Option<&'p Service>,
    /// The environment of the renderer.
    pub environment: Environment,
}

/// A call with the text that it stands in.
struct Found<'p> {
    source: SourceId,
    script: &'p Script,
    call: Call,
    /// The other calls of that text.
    others: Vec<Call>,
}

impl Deployment {
    /// How a template is rendered, as far as the project tells.
    pub(super) fn found_rendering_of(&self, template: &Path) -> Option<Rendering<'_>> {
        let inside = Some(self.nginx_services_of(template)).filter(|inside| !inside.is_empty());
        let inside = inside.unwrap_or_else(|| self.services_of(template));
        for (service, container) in &inside {
            if let Some(found) = self.call_inside(service, container, template) {
                return Some(self.by_call(&found, Some(service)));
            }
        }
        for (service, container) in &inside {
            if let Some(mut rendering) = by_image(service, container, template) {
                let is_bypassed = matches!(service.boot, Boot::Bypassed(_));
                if is_bypassed && self.may_render_inside(service) {
                    rendering.mode = Mode::Unknown;
                }
                rendering.environment.is_closed &= !self.starts_other_script(service, None);
                return Some(rendering);
            }
        }
        if let Some((found, service)) = self.call_by_name(template) {
            return Some(self.by_call(&found, service));
        }
        let (service, container) = inside.iter().find(|(service, container)| {
            service.runs_nginx() && (service.is_loaded(container) || service.is_main(container))
        })?;
        let mapping = service.paths.project_path(container).map(|(_, mapping)| mapping);
        let mode = if self.may_render_inside(service) { Mode::Unknown } else { Mode::Raw };
        let mut rendering = Rendering::new(mode, Some(service));
        rendering.evidence = mapping.and_then(|mapping| mapping.span);
        rendering.output = Some(container.clone());
        Some(rendering)
    }

    /// A call in a container's own commands, or in a script of the project that it has, that reads this file.
    fn call_inside(&self, service: &Service, container: &str, template: &Path) -> Option<Found<'_>> {
        let known = |name: &str| service.environment.value(name).map(str::to_owned);
        let reads = |call: &Call| call.inputs.iter().any(|input| is_input(input, container));
        let own = self.services.iter().find(|own| own.span == service.span)?.commands.iter();
        let own = own.map(|commands| (commands.source, &commands.script, commands.folder.as_str()));
        let scripts = self.scripts.iter().filter(|file| !service.paths.containers_of(&file.path).is_empty());
        let scripts = scripts.map(|file| (file.id, &file.script, "/"));
        own.chain(scripts).find_map(|(source, script, folder)| {
            let calls = calls::find(script, Some(folder), &known);
            pick(source, script, &calls, &|call| reads(call) || self.may_read(call, None, template))
        })
    }

    /// A call anywhere in the project that reads a file of this name.
    fn call_by_name(&self, template: &Path) -> Option<(Found<'_>, Option<&Service>)> {
        let nothing = |_: &str| None;
        let by_script = self.scripts.iter().find_map(|file| {
            let folder = file.path.parent().unwrap_or(Path::new(""));
            let reads = |call: &Call| self.may_read(call, Some(folder), template);
            Some((pick(file.id, &file.script, &file.calls, &reads)?, self.only_service(&file.path)))
        });
        by_script.or_else(|| {
            self.services.iter().find_map(|service| {
                service.commands.iter().find_map(|commands| {
                    let calls = calls::find(&commands.script, Some(&commands.folder), &nothing);
                    let reads = |call: &Call| self.may_read(call, None, template);
                    Some((pick(commands.source, &commands.script, &calls, &reads)?, Some(service)))
                })
            })
        })
    }

    /// Does a call read a file of this name that is not known to be another one? `folder` is where its script lies.
    fn may_read(&self, call: &Call, folder: Option<&Path>, template: &Path) -> bool {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = template.file_name().unwrap_or_default().to_string_lossy();
        call.inputs.iter().any(|input| {
            let last = input.rsplit('/').next().unwrap_or_default();
            if last != wanted && !last.contains('*') {
                return false;
            }
            let path = Path::new(input);
            if input.contains('*') {
                let around = |path: &Path| path.parent().map(name).filter(|name| !name.is_empty());
                let matches = crate::nginx::glob::matches(name(path).as_bytes(), name(template).as_bytes());
                return matches && around(path).is_none_or(|folder| around(template) == Some(folder));
            }
            let beside = folder.filter(|_| path.is_relative()).map(|folder| join_project(folder, input));
            let known = beside.filter(|path| self.told.has_file(path));
            let inside = || self.services.iter().find_map(|service| service.paths.project_path(input));
            match known.or_else(|| inside().map(|(path, _)| path)) {
                Some(known) => known == template,
                None => true,
            }
        })
    }

    /// The container that a script runs in: the one that has it, or the only one that may be nginx.
    fn only_service(&self, script: &Path) -> Option<&Service> {
        let having = self.services_of(script);
        if let [(service, _)] = having[..] {
            return Some(service);
        }
        let is_other = |service: &Service| {
            service.image.as_ref().is_some_and(|(image, _)| image.kind == super::image::ImageKind::Other)
        };
        let mut possible = self.services.iter().filter(|service| service.runs_nginx());
        let mut all = self.services.iter().filter(|service| !is_other(service));
        let only = |first: Option<&'_ Service>, second: Option<&Service>| first.is_some() && second.is_none();
        let (first, second) = (possible.next(), possible.next());
        if only(first, second) {
            return first;
        }
        let (first, second) = (all.next(), all.next());
        if only(first, second) { first } else { None }
    }

    fn by_call<'p>(&'p self, found: &Found<'_>, service: Option<&'p Service>) -> Rendering<'p> {
        let call = &found.call;
        let mode = match (&call.renderer, &call.list) {
            (Renderer::Other(name), _) => Mode::Other(name.clone()),
            (Renderer::Envsubst, _) if self.has_other_envsubst => Mode::Other("another envsubst".to_owned()),
            (Renderer::Envsubst, None) => Mode::All,
            (Renderer::Envsubst, Some(list)) => match (&list.received, list.replaced.is_empty()) {
                (Some(text), _) => Mode::Listed(names_of_list(text)),
                (None, _) => Mode::Computed,
            },
        };
        let mut rendering = Rendering::new(mode, service);
        rendering.evidence = Some(Span::new(found.source, call.place.0, call.place.1));
        rendering.list.clone_from(&call.list);
        rendering.output = call.outputs.first().cloned();
        if let Some(list) = &mut rendering.list {
            let starts = service.into_iter().flat_map(|service| [&service.entrypoint, &service.command]);
            let start = starts.flatten().find(|start| Some(start.span) == rendering.evidence);
            list.replaced.extend(start.into_iter().flat_map(|start| start.filled_in.clone()));
        }
        rendering.list_span = call.list.as_ref().map(|list| Span::new(found.source, list.place.0, list.place.1));
        rendering.is_alone = matches!(&call.inputs[..], [input] if !input.contains('*'));
        rendering.is_chained = is_chained(call, &found.others);
        rendering.take_script(found);
        rendering.environment.is_closed &=
            service.is_none_or(|service| !self.starts_other_script(service, Some(found.source)));
        let excluded = found.others.iter().filter(|other| {
            calls::exclude_each_other(&call.branch, &other.branch)
                && other.outputs.iter().any(|output| call.outputs.contains(output))
        });
        let project =
            |input: &String| service.and_then(|service| service.paths.project_path(input)).map(|(path, _)| path);
        rendering.alternatives = excluded.flat_map(|other| &other.inputs).filter_map(project).collect();
        rendering
    }
}

impl<'p> Rendering<'p> {
    pub(super) fn new(mode: Mode, service: Option<&'p Service>) -> Self {
        Self {
            mode,
            is_told: false,
            evidence: None,
            list: None,
            list_span: None,
            is_alone: false,
            is_chained: false,
            output: None,
            self_mapped: Vec::new(),
            unexported: Vec::new(),
            alternatives: Vec::new(),
            unrendered: Vec::new(),
            service,
            environment: service.map(|service| service.environment.clone()).unwrap_or_default(),
        }
    }

    /// Adds the variables that the script sets before it renders.
    fn take_script(&mut self, found: &Found<'_>) {
        let known: Environment = self.environment.clone();
        let outside = |name: &str| known.value(name).map(str::to_owned);
        for (name, (value, place)) in calls::variables(found.script, &outside) {
            if let Some(value) = value.as_ref().filter(|value| value.starts_with('$')) {
                self.self_mapped.push((name.clone(), value.clone()));
            }
            let is_seen = found.script.exports(&name) || found.call.assigned.contains(&name);
            if is_seen || known.variables.contains_key(&name) {
                let span = Span::new(found.source, place.0, place.1);
                self.environment.set(name, value, Origin::Script, Some(span));
            } else {
                self.unexported.push(name);
            }
        }
        // `. file`, `export $(cat file)`: which names these bring is not known.
        let opens = |command: &super::shell::Command| {
            let Some((name, arguments)) = command.program() else { return false };
            let is_computed = |word: &super::shell::Word| word.assignment().is_none() && word.text().is_none();
            let evaluates = command.words.iter().any(|word| word.text().as_deref() == Some("eval"));
            evaluates
                || matches!(name.as_str(), "." | "source")
                || (name == "export" && arguments.iter().any(is_computed))
        };
        self.environment.is_closed &= !found.script.commands.iter().any(opens);
    }
}

/// The first call that reads the template, one of envsubst if there is any.
fn pick<'p>(source: SourceId, script: &'p Script, calls: &[Call], reads: &dyn Fn(&Call) -> bool) -> Option<Found<'p>> {
    let is_envsubst = |call: &Call| call.renderer == Renderer::Envsubst;
    let best = calls.iter().position(|call| is_envsubst(call) && reads(call));
    let at = best.or_else(|| calls.iter().position(reads))?;
    let others = calls.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, call)| call.clone()).collect();
    Some(Found { source, script, call: calls[at].clone(), others })
}

/// Does a path of a command stand for this file? It may be a pattern or a folder.
fn is_input(input: &str, container: &str) -> bool {
    let is_pattern = input.contains('*') && {
        let (folder, name) = input.rsplit_once('/').unwrap_or(("", input));
        below(container, folder)
            .is_some_and(|rest| !rest.contains('/') && crate::nginx::glob::matches(name.as_bytes(), rest.as_bytes()))
    };
    input == container || is_pattern
}

/// The names with a dollar in the list of `envsubst`.
pub(super) fn names_of_list(text: &str) -> BTreeSet<String> {
    let behind = text.split('$').skip(1);
    let names = behind.filter_map(|rest| {
        let inner = rest.strip_prefix('{');
        let start = inner.unwrap_or(rest);
        let end = start.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(start.len());
        let (name, after) = start.split_at(end);
        let is_closed = inner.is_none() || after.starts_with('}');
        (is_closed && super::env::is_name(name)).then(|| name.to_owned())
    });
    names.collect()
}

/// What the entrypoint of the nginx image makes of a file below its folder of templates.
fn by_image<'p>(service: &'p Service, container: &str, template: &Path) -> Option<Rendering<'p>> {
    let setting = |name: &str, default: &str| {
        service.environment.value(name).filter(|value| !value.is_empty()).unwrap_or(default).to_owned()
    };
    let folder = setting("NGINX_ENVSUBST_TEMPLATE_DIR", "/etc/nginx/templates");
    let rest = below(container, &folder).filter(|rest| !rest.is_empty())?;
    let (image, _) = service.image.as_ref()?;
    let filter = service.environment.variables.get("NGINX_ENVSUBST_FILTER");
    let filter = filter.and_then(|filter| Some((filter.value.clone()?, filter.span)));
    let mut rendering = Rendering::new(Mode::Defined { filter }, Some(service));
    rendering.evidence = service.paths.project_path(container).and_then(|(_, mapping)| mapping.span);
    rendering.environment.is_closed &= !service.has_own_variables();
    let is_unknown = image.kind != super::image::ImageKind::Official || service.boot == Boot::Unknown;
    if is_unknown {
        rendering.mode = Mode::Unknown;
        return Some(rendering);
    }
    let suffix = setting("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".template");
    let stream_suffix = setting("NGINX_ENVSUBST_STREAM_TEMPLATE_SUFFIX", ".stream-template");
    let target = setting("NGINX_ENVSUBST_OUTPUT_DIR", "/etc/nginx/conf.d");
    let name = template.file_name().unwrap_or_default().to_string_lossy();
    match rest.strip_suffix(suffix.as_str()) {
        Some(result) => rendering.output = Some(join(&target, result)),
        None if name.ends_with(stream_suffix.as_str()) => {}
        None => rendering.unrendered.push(Unrendered::Suffix(suffix)),
    }
    if let Boot::Bypassed(span) = service.boot {
        rendering.unrendered.push(Unrendered::Bypassed(span));
    }
    if !image.renders_templates() {
        rendering.unrendered.push(Unrendered::OldImage);
    }
    let locked = service.volumes.iter().filter(|volume| volume.read_only && join("/", &volume.target) == target);
    rendering.unrendered.extend(locked.map(|volume| Unrendered::ReadOnly(Some(volume.span))));
    Some(rendering)
}
