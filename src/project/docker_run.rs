//! `docker run` in scripts: each call is a container, described like a service of a compose file.

use std::path::Path;

use super::compose::{ComposeFile, ComposeService};
use super::dockerfile::Start;
use super::env;
use super::shell::{Command, Script, Word};
use super::volume::{Port, Volume};
use crate::source::{SourceId, Span};

/// Options that take the next word as their value, among those of several letters.
const VALUED: &[&str] = &[
    "add-host",
    "cap-add",
    "cap-drop",
    "cpus",
    "device",
    "dns",
    "entrypoint",
    "env",
    "env-file",
    "expose",
    "gpus",
    "health-cmd",
    "hostname",
    "ip",
    "ipc",
    "label",
    "link",
    "log-driver",
    "log-opt",
    "memory",
    "mount",
    "name",
    "net",
    "net-alias",
    "network",
    "network-alias",
    "pid",
    "platform",
    "publish",
    "pull",
    "restart",
    "security-opt",
    "shm-size",
    "stop-signal",
    "stop-timeout",
    "tmpfs",
    "ulimit",
    "user",
    "volume",
    "volumes-from",
    "workdir",
];

/// Letters of short options that take a value.
const VALUED_LETTERS: &str = "acehlmpuvw";

/// The containers that a script runs.
pub(crate) fn read(id: SourceId, path: &Path, script: &Script) -> Option<ComposeFile> {
    let services: Vec<ComposeService> = script.commands.iter().filter_map(|command| container(id, command)).collect();
    (!services.is_empty()).then(|| ComposeFile { path: path.to_path_buf(), services })
}

fn container(id: SourceId, command: &Command) -> Option<ComposeService> {
    let (program, arguments) = command.program()?;
    let is_run = |word: &&Word| word.text().is_some_and(|text| text == "run" || text == "create");
    let at = arguments
        .iter()
        .take(2)
        .position(|word| is_run(&word))
        .filter(|_| matches!(program.as_str(), "docker" | "podman"))?;
    let mut service = ComposeService::default();
    let mut words = arguments[at + 1..].iter();
    let span = |word: &Word| Span::new(id, word.start, word.end);
    while let Some(word) = words.next() {
        let text = word.shown();
        let Some((name, value)) = option(&text) else {
            service.image = Some((text, span(word)));
            service.span = span(word);
            break;
        };
        let (value, place) = match value {
            Some(value) => (value, span(word)),
            None if is_valued(name) => {
                let value = words.next()?;
                (value.shown(), span(value))
            }
            None => continue,
        };
        take(&mut service, name, value, place);
    }
    let (image, span) = service.image.clone()?;
    let rest: Vec<&Word> = words.collect();
    if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
        let span = Span::new(id, first.start, last.end.max(first.start));
        service.command =
            Some(Start { words: rest.iter().map(|word| word.shown()).collect(), span, filled_in: Vec::new() });
    }
    service.name = service.names.first().cloned().unwrap_or(image);
    service.span = span;
    Some(service)
}

/// `--name=value`, `--name` or `-abc` as the option's name and the value in the same word.
fn option(text: &str) -> Option<(&str, Option<String>)> {
    if let Some(long) = text.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_owned())));
        return Some((name, value));
    }
    let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    let valued = letters.find(|letter| VALUED_LETTERS.contains(letter));
    let Some(at) = valued else { return Some((letters, None)) };
    let value = &letters[at + 1..];
    Some((&letters[at..=at], (!value.is_empty()).then(|| value.trim_start_matches('=').to_owned())))
}

fn is_valued(name: &str) -> bool {
    VALUED.contains(&name) || (name.len() == 1 && VALUED_LETTERS.contains(name))
}

fn take(service: &mut ComposeService, name: &str, value: String, span: Span) {
    match name {
        "v" | "volume" => service.volumes.push(Volume::parse(&value, span)),
        "mount" => service.volumes.extend(mount(&value, span)),
        "e" | "env" => {
            let (name, value) =
                value.split_once('=').map_or((value.as_str(), None), |(name, value)| (name, Some(value)));
            let value = value.filter(|value| !value.contains('$')).map(str::to_owned);
            service.environment.extend(env::is_name(name).then(|| (name.to_owned(), value, span)));
        }
        "env-file" => service.env_files.push((value, span)),
        "p" | "publish" => {
            let inner = value.split('/').next().and_then(|ports| ports.rsplit(':').next()?.parse().ok());
            service.ports.push(Port { container: inner, is_published: true, span });
        }
        "name" | "network-alias" | "net-alias" | "h" | "hostname" => service.names.push(value),
        "link" => service.links.extend(value.rsplit(':').next().map(str::to_owned)),
        "entrypoint" => service.entrypoint = Some(Start { words: vec![value], span, filled_in: Vec::new() }),
        _ => {}
    }
}

/// `type=bind,source=a,target=b,readonly`.
fn mount(text: &str, span: Span) -> Option<Volume> {
    let get = |names: &[&str]| {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(name, _)| names.contains(name)).map(|(_, value)| value.to_owned()).next()
    };
    let read_only = text.split(',').any(|word| matches!(word, "readonly" | "ro" | "readonly=true"));
    Some(Volume { source: get(&["source", "src"]), target: get(&["target", "dst", "destination"])?, read_only, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_what_follows() {
        let text = "docker container run -d --name edge -p 80:80 -e A=1 --env B -dv \"$(pwd)/n:/etc/nginx:ro\" --mount type=bind,src=./x,dst=/x --rm nginx:1.25 nginx -g x\n";
        let file = read(SourceId::default(), Path::new("run.sh"), &Script::read(text)).expect("there is one");
        let service = &file.services[0];
        assert_eq!(service.image.as_ref().map(|image| image.0.as_str()), Some("nginx:1.25"));
        assert_eq!(&text[service.span.start as usize..service.span.end as usize], "nginx:1.25");
        assert_eq!((service.name.as_str(), service.ports[0].container), ("edge", Some(80)));
        let volumes: Vec<_> =
            service.volumes.iter().map(|volume| (volume.source.as_deref(), volume.target.as_str())).collect();
        assert_eq!(volumes, [(Some("$(pwd)/n"), "/etc/nginx"), (Some("./x"), "/x")]);
        let names: Vec<_> =
            service.environment.iter().map(|(name, value, _)| (name.as_str(), value.as_deref())).collect();
        assert_eq!(names, [("A", Some("1")), ("B", None)]);
        assert_eq!(service.command.as_ref().map(|command| command.words.join(" ")), Some("nginx -g x".to_owned()));
    }

    #[test]
    fn other_calls_are_none() {
        for text in ["docker build -t x .", "run nginx", "docker run --rm", "docker exec web nginx -t"] {
            assert!(read(SourceId::default(), Path::new("run.sh"), &Script::read(text)).is_none(), "{text}");
        }
    }
}
